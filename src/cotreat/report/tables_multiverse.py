"""Which headline numbers depend on a choice? One row per number, and where it goes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from cotreat.analysis.multiverse import CHOICES
from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_rule_phrase, compute_unit_noun
from cotreat.report.numbers import (
    compute_count_text,
    compute_number_text,
    compute_rounded,
    compute_share_text,
)
from cotreat.report.tables import ABSENT

_NAMES = {
    "pairs": "Combinations",
    "courses": "Combinations",
    "response": "Complete response",
    "combination_duration_months": "Median duration, months",
    "drug_survival": "Still on the combination",
    "patients_with_adverse_event": "Patients with an adverse event",
}
_CHOICE_NAMES = {
    "grace_period": "grace period",
    "min_overlap": "shortest overlap",
    "short_courses": "short courses",
    "parallel_partners": "parallel partners",
}


@dataclass(frozen=True, slots=True)
class Universe:
    """One number under one combination of choices."""

    estimate: Estimate
    choices: Mapping[str, str]


def compute_universes(index: EstimateIndex, measure: str) -> list[Universe]:
    """The estimates of a headline number under every combination of choices, in their order."""
    found: list[Universe] = []
    for e in index.of_measure(measure):
        choices = dict(part.split("=", 1) for part in e.group.split(" & ")) if e.group else {}
        if choices and set(choices) <= set(CHOICES) and "one-sided" not in e.ci_method:
            found.append(Universe(e, choices))
    return found


def table_multiverse(index: EstimateIndex) -> TableBlock | None:
    """The headline numbers: least and greatest over all choices, and what moves each most."""
    rows: list[Row] = []
    for name in dict.fromkeys(_NAMES.values()):
        universes = [
            u
            for measure in _NAMES
            if _NAMES[measure] == name
            for u in compute_universes(index, measure)
            if u.estimate.estimate is not None
        ]
        if not universes:
            continue
        ordered = sorted(
            universes, key=lambda u: (u.estimate.estimate or 0.0, u.estimate.rule, u.estimate.group)
        )
        month = (
            f" at {ordered[0].estimate.level} months"
            if ordered[0].estimate.measure == "drug_survival"
            else ""
        )
        rows.append(
            Row(
                (
                    name + month,
                    compute_count_text(len(universes)),
                    _extreme(ordered[0]),
                    _extreme(ordered[-1]),
                    _what_moves(universes),
                )
            )
        )
    if not rows:
        return None
    columns = (
        Column("Number"),
        Column("Choices tried, n", is_number=True),
        Column("Least"),
        Column("Greatest"),
        Column("Moved most by"),
    )
    note = (
        "Every number was computed again under each combination of the choices in the protocol. Moved "
        "most by: the choice that, with the others kept, changes the number most on average, and by how much."
    )
    caption = "Headline numbers under other choices."
    return TableBlock("multiverse", caption, columns, tuple(rows), (note,))


def compute_asked_unit(universe: Universe) -> tuple[str, str]:
    """The unit and the rule that were asked for: a course of merged partners stands for a pair."""
    e = universe.estimate
    is_merged = universe.choices.get("parallel_partners") == "merged" and e.unit_of_analysis == "course"
    return ("pair", "") if is_merged and e.measure != "drug_survival" else (e.unit_of_analysis, e.rule)


def compute_value_text(e: Estimate) -> str:
    """The number with its unit of analysis: ``14/22 combinations (63.6%)``."""
    noun = compute_unit_noun(e.unit_of_analysis, e.denominator)
    if e.statistic == "proportion" and e.numerator is not None and e.denominator:
        return f"{compute_share_text(e.numerator, e.denominator)} {noun}"
    if e.statistic == "survival_at":
        of = f"{compute_count_text(e.denominator or 0)} {noun}"
        return f"{compute_rounded((e.estimate or 0.0) * 100, 1)}% of {of}"
    if e.statistic == "count":
        return compute_count_text(int(e.estimate or 0))
    return f"{compute_number_text(e.estimate or 0.0)} ({compute_count_text(e.denominator or 0)} {noun})"


def compute_choice_text(universe: Universe) -> str:
    """The choices in words: ``grace period 0, shortest overlap 28; by course``."""
    parts = [
        f"{_CHOICE_NAMES[name]} {choice.replace('_', ' ')}"
        for name, choice in sorted(universe.choices.items())
    ]
    rule = compute_rule_phrase(universe.estimate.rule)
    unit = compute_unit_noun(universe.estimate.unit_of_analysis, None)
    return f"{', '.join(parts)}; {unit}{f', {rule}' if rule else ''}"


def _extreme(universe: Universe) -> str:
    return f"{compute_value_text(universe.estimate)}: {compute_choice_text(universe)}"


def _what_moves(universes: list[Universe]) -> str:
    """The choice with the largest mean distance between its options, the others kept."""
    moved = {name: _mean_change(universes, name) for name in (*CHOICES, "unit of analysis")}
    name, change = max(moved.items(), key=lambda item: item[1])
    if not change:
        return f"nothing {ABSENT} the same under every choice" if len(universes) > 1 else ABSENT
    e = universes[0].estimate
    is_share = e.statistic in ("proportion", "survival_at")
    amount = (
        f"{compute_rounded(change * 100, 1)} percentage points" if is_share else compute_number_text(change)
    )
    return f"{_CHOICE_NAMES.get(name, name)} ({amount})"


def _mean_change(universes: list[Universe], name: str) -> float:
    kept: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for u in universes:
        unit = compute_asked_unit(u)
        others = tuple(sorted((k, v) for k, v in u.choices.items() if k != name))
        key = (others, unit) if name in CHOICES else (others,)
        kept[key].append(u.estimate.estimate or 0.0)
    ranges = [max(values) - min(values) for values in kept.values()]
    return sum(ranges) / len(ranges)
