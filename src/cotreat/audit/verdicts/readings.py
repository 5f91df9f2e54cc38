"""The declared readings of a query: the stated one, and each way in which authors often mean another.

The space is closed: unit of analysis and rule, pairs left out, mean for median, shares of
everybody (the unknown counted as no, or the group's share of all), cut off for rounded. Its
size is printed with every verdict, because finding one reading that fits among many is weak
evidence.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from cotreat.analysis.measures import FAILURE, MEASURES
from cotreat.analysis.results import Unit
from cotreat.analysis.selection import Reading
from cotreat.audit.claims import Query
from cotreat.audit.verdicts.answers import Variant, compute_measure, compute_number_measure

_LEFT_OUT: tuple[tuple[Reading, tuple[str, ...]], ...] = (
    (Reading(), ()),
    (Reading(short_courses=False), ("short courses left out",)),
    (Reading(ongoing=False), ("ongoing combinations left out",)),
    (
        Reading(short_courses=False, ongoing=False),
        ("short courses left out", "ongoing combinations left out"),
    ),
)
_BY: dict[Unit, str] = {
    "patient": "by patient",
    "pair": "by combination",
    "course": "by course, parallel partners once",
    "event": "by event",
}
_UNITS: tuple[Unit, ...] = ("patient", "pair", "course", "event")
_STATISTICS = {
    "mean": (("median", "the median, not the mean"),),
    "median": (("mean", "the mean, not the median"),),
    "each": (("median", "the median"), ("mean", "the mean"), ("min", "the smallest"), ("max", "the largest")),
}
_RULES = {
    "best": "best response of each",
    "first": "first combination of each",
    "last": "last combination of each",
    "longest": "",
    "any": "any combination of each",
    FAILURE: "not assessable counted as failure",
}
RELATED = "related events of one combination counted once"
_MOST_DEPARTURES = 2
_OF_EVENTS = frozenset({"adverse_event_term", "adverse_event_attribution"})
_OF_EVERYBODY = "of all, not of the group"
_UNKNOWN_AS_NO = "of all, the unknown counted as no"


def build_count_variants(query: Query, *, has_share: bool) -> list[Variant]:
    """The readings of a query about counts, the stated one first, then those with fewer departures.

    Parameters
    ----------
    query
        The question.
    has_share
        Whether a share or a denominator is claimed, which depends on what the unknown are.
    """
    units = list(_units_and_rules(query))
    if not units:
        return []
    base = _base(query, units)
    found: list[Variant] = []
    for (unit, rule), (reading, left_out) in product(units, _LEFT_OUT):
        words = (*(() if (unit, rule) == base else (_unit_words(unit, rule, base),)), *left_out)
        found.append(Variant(unit, rule, reading, words=words))
        if has_share and unit != "event" and not left_out:
            found.append(Variant(unit, rule, reading, of_all=True, words=(*words, _UNKNOWN_AS_NO)))
    if has_share and len(query.conditions) + len(query.scope) > 1:
        found += [
            replace(v, of_everybody=True, words=(*v.words, _OF_EVERYBODY)) for v in found if not v.of_all
        ]
    if any(unit == "event" for unit, _ in units):
        related = Variant("event", base[1] if base[0] == "event" else "", related_once=True, words=(RELATED,))
        # Of events it is the first departure that comes to mind, of anything else the last.
        found.insert(0 if base[0] == "event" else len(found), related)
    return _few(found)


def build_number_variants(query: Query, statistic: str) -> list[Variant]:
    """The readings of a query about a number, the stated one first, then those with fewer departures."""
    measure = compute_number_measure(query.quantity)
    if not measure:
        return []
    units: list[tuple[Unit, str]] = [
        (unit, rule) for unit in _UNITS for rule in MEASURES[measure].rules.get(unit, ())
    ]
    base = next((u for u in units if u[0] == query.unit), units[0])
    statistics = ((statistic, ""), *_STATISTICS.get(statistic, ()))
    found = [
        Variant(
            unit,
            rule,
            reading,
            statistic=taken,
            words=tuple(w for w in ("" if (unit, rule) == base else _BY[unit], *left_out, departure) if w),
        )
        for (unit, rule), (reading, left_out), (taken, departure) in product(units, _LEFT_OUT, statistics)
        if not (departure and left_out)
    ]
    return _few(found)


def _few(variants: list[Variant]) -> list[Variant]:
    """The readings with at most two departures, fewer first: with more of them, something fits anything."""
    return sorted((v for v in variants if len(v.words) <= _MOST_DEPARTURES), key=lambda v: len(v.words))


def _units_and_rules(query: Query) -> Iterator[tuple[Unit, str]]:
    variables = {variable for variable, _ in query.conditions}
    for unit in _UNITS:
        # A number of patients is never one of events, unless it is about events.
        if unit == "event" and query.unit != "event" and not variables & _OF_EVENTS:
            continue
        measure = compute_measure(query, unit)
        if measure:
            for rule in MEASURES[measure].rules.get(unit, ()):
                yield unit, rule
        elif query.conditions and unit != "event":
            yield unit, ""


def _base(query: Query, units: list[tuple[Unit, str]]) -> tuple[Unit, str]:
    """The stated unit and rule; without one the unit in which the measure is usually counted."""
    own = [u for u in units if u[0] == (query.unit or _usual_unit(query))] or units
    if query.rule == FAILURE:
        return next((u for u in own if u[1].endswith(FAILURE)), own[0])
    return next((u for u in own if query.rule and u[1] == query.rule), own[0])


def _usual_unit(query: Query) -> Unit:
    variables = {variable for variable, _ in query.conditions}
    if variables & {"adverse_event_term", "adverse_event_attribution"}:
        return "event"
    return "patient" if variables and variables <= {"sex", "disease", "comorbidity", "aesi"} else "pair"


def _unit_words(unit: Unit, rule: str, base: tuple[Unit, str]) -> str:
    parts = [_RULES.get(part.strip(), part.strip()) for part in rule.split(",") if part.strip()]
    named = [part for part in parts if part]
    return ", ".join([*([_BY[unit]] if unit != base[0] or not named else []), *named])
