"""What the data answer to a query, under one reading: estimates of the registry, and nothing else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from cotreat.analysis.estimates import estimate
from cotreat.analysis.measure import Measure
from cotreat.analysis.measures import MEASURES
from cotreat.analysis.results import Estimate, Unit
from cotreat.analysis.selection import UNKNOWN_GROUP, Reading, StudyTables
from cotreat.audit.claims import Condition, Query, compute_focus
from cotreat.engine import Engine
from cotreat.vocabulary import read_aesi

_UNITS_MEASURES: Mapping[Unit, str] = {
    "patient": "patients",
    "pair": "pairs",
    "course": "courses",
    "event": "adverse_events",
}
_EVENT_MEASURES: Mapping[Unit, str] = {
    "patient": "patients_with_adverse_event",
    "pair": "pairs_with_adverse_event",
}
# Units in which a variable has all its levels, the finest first.
_LEVELS_BY: tuple[Unit, ...] = ("pair", "event", "patient", "course")
_ONE_SIDED = "one-sided"
EVERY_PAIR = Reading()


@dataclass(frozen=True, slots=True)
class Variant:
    """One reading of a query.

    Attributes
    ----------
    unit, rule
        Unit of analysis, and how its pairs become one answer.
    reading
        Pairs that are left out.
    statistic
        Of a number: the summary that is taken instead of the stated one.
    of_all
        Whether the share is of all units, those whose answer is unknown as "no".
    of_everybody
        Whether the share is of all units of the study, not of those in the group.
    related_once
        Whether events of one group of special interest in one combination count once, such
        as cholesterol and triglycerides.
    words
        How it departs from the text; empty when it does not.
    """

    unit: Unit
    rule: str
    reading: Reading = EVERY_PAIR
    statistic: str = ""
    of_all: bool = False
    related_once: bool = False
    of_everybody: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Numbers that the data give; None where they have none.

    Attributes
    ----------
    numerator, denominator, missing, censored
        Counts.
    values
        Of a number: the summaries by name.
    interval, bound
        Ends of the interval by statistic (empty for a share), and the one-sided upper bound.
    unit
        Unit of the values.
    note
        Why there is no number.
    """

    numerator: int | None = None
    denominator: int | None = None
    missing: int = 0
    censored: int | None = None
    values: Mapping[str, float] = field(default_factory=dict[str, float])
    interval: Mapping[str, tuple[float | None, float | None]] = field(
        default_factory=dict[str, tuple[float | None, float | None]]
    )
    bound: float | None = None
    unit: str = ""
    note: str = ""

    @property
    def share(self) -> Fraction | None:
        """The share, when there are both counts."""
        if self.numerator is None or not self.denominator:
            return None
        return Fraction(self.numerator, self.denominator)


@dataclass(frozen=True)
class Data:
    """A study whose numbers can be asked for.

    Attributes
    ----------
    engine, tables
        Hold the study's tables and how its numbers are computed.
    leave_out
        Measures that its source cannot give.
    levels
        Variable -> the levels that the data have.
    memo
        Estimates that were asked for before.
    """

    engine: Engine
    tables: StudyTables
    leave_out: Collection[str] = ()
    levels: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    memo: dict[object, list[Estimate]] = field(default_factory=dict[object, list[Estimate]], compare=False)

    def ask(
        self,
        measure: str,
        unit: Unit,
        rule: str,
        where: Sequence[Condition] = (),
        reading: Reading = EVERY_PAIR,
        by: str = "",
    ) -> list[Estimate]:
        """The estimates of a measure under filters."""
        key = (measure, unit, rule, tuple(sorted(where)), reading, by)
        if key not in self.memo:
            self.memo[key] = self._estimates(measure, unit, rule, where, reading, by)
        return self.memo[key]

    def _estimates(
        self, measure: str, unit: Unit, rule: str, where: Sequence[Condition], reading: Reading, by: str
    ) -> list[Estimate]:
        known = {variable: level for variable, level in where if level != UNKNOWN_GROUP}
        unknown = next((variable for variable, level in where if level == UNKNOWN_GROUP), "")
        found = estimate(
            self.engine,
            self.tables,
            measure=measure,
            unit=unit,
            rule=rule,
            where=known,
            reading=reading,
            by=unknown or by,
        )
        # Nothing can be filtered by what is not known; it is a group of its own.
        group = f"{unknown}={UNKNOWN_GROUP}"
        return [e for e in found if not unknown or group in e.group.split(" & ")]


def compute_measure(query: Query, unit: Unit) -> str:
    """The measure that answers a query about counts in a unit; empty when none does."""
    focus = compute_focus(query)
    has_events = focus is not None and focus[0] in MEASURES and "event" in MEASURES[focus[0]].rules
    if focus is None or (unit == "event" and not has_events):
        return _UNITS_MEASURES[unit]
    if focus[0] == "has_adverse_event":
        return _EVENT_MEASURES.get(unit, "")
    measure = MEASURES.get(focus[0])
    return focus[0] if measure is not None and unit in measure.rules else ""


def build_count_answer(data: Data, query: Query, variant: Variant) -> Answer | None:
    """The counts and the share of a query under one reading; None when the data have no such measure."""
    if variant.of_everybody:
        some = build_count_answer(data, query, replace(variant, of_everybody=False))
        everybody = _first(data.ask(_UNITS_MEASURES[variant.unit], variant.unit, "", (), variant.reading))
        if some is None or some.missing or everybody is None:
            return None
        return replace(some, denominator=everybody.numerator, interval={})
    measure = compute_measure(query, variant.unit)
    if measure in data.leave_out:
        return None
    focus = compute_focus(query)
    if variant.related_once and not (focus is None or measure in _UNITS_MEASURES.values()):
        return None
    others = tuple(c for c in (*query.conditions, *query.scope) if c != focus)
    if not measure:
        return _units_answer(data, query, variant)
    if focus is None or measure in _UNITS_MEASURES.values():
        return _size_answer(data, query, variant, measure)
    found = data.ask(measure, variant.unit, variant.rule, others, variant.reading)
    return _share_answer(found, measure, focus, variant)


def _size_answer(data: Data, query: Query, variant: Variant, measure: str) -> Answer:
    """How many there are, and of events of how many in all."""
    where = tuple(c for c in (*query.conditions, *query.scope) if c[0] != "has_adverse_event")
    if variant.related_once:
        some = compute_related_events(data, where)
        everything = compute_related_events(data, query.scope) if query.conditions else None
        return Answer(some, everything, 0)
    e = _first(data.ask(measure, variant.unit, "", where, variant.reading))
    if e is None:
        return Answer(0, None, 0, note="nobody has it")
    if variant.unit != "event" or not query.conditions:
        return Answer(e.numerator, None, e.n_missing or 0, note=e.note)
    everything = _first(data.ask(measure, variant.unit, "", query.scope, variant.reading))
    return Answer(e.numerator, everything.numerator if everything else None, e.n_missing or 0, note=e.note)


def _first(found: Sequence[Estimate]) -> Estimate | None:
    return found[0] if found else None


def compute_related_events(data: Data, where: Sequence[Condition]) -> int:
    """How many events there are when those of one group in one case count once."""
    groups = {term.term: aesi.aesi for aesi in read_aesi().values() for term in aesi.terms}
    found = data.ask("adverse_event_term", "event", "", where, by="case_id")
    kinds = {(e.group, groups.get(e.level, e.level)) for e in found if e.statistic == "count" and e.numerator}
    return len(kinds)


def _share_answer(found: Sequence[Estimate], measure: str, focus: Condition, variant: Variant) -> Answer:
    is_flag = MEASURES[measure].kind == "flag"
    level = "" if is_flag else focus[1]
    own = [e for e in found if e.level == level and e.statistic == "proportion"]
    if not own:
        return _absent(found)
    e = next((e for e in own if _ONE_SIDED not in e.ci_method), own[0])
    bound = next((o.ci_upper for o in own if _ONE_SIDED in o.ci_method), None)
    denominator = e.denominator or 0
    missing = e.n_missing or 0
    numerator = e.numerator or 0
    if is_flag and focus[1] == "no":
        numerator = denominator - numerator
    if variant.of_all:
        denominator, missing = denominator + missing, 0
    interval = (e.ci_lower, e.ci_upper) if not (is_flag and focus[1] == "no") else (None, None)
    return Answer(
        numerator, denominator, missing, e.n_censored, interval={"": interval}, bound=bound, note=e.note
    )


def _absent(found: Sequence[Estimate]) -> Answer:
    """Nobody has the level. Of how many that is known is told by another level that nobody has."""
    shares = [e for e in found if e.statistic == "proportion" and e.numerator == 0]
    if not shares:
        return Answer(0, None, 0, note="nobody has it")
    return Answer(0, shares[0].denominator, shares[0].n_missing or 0)


def _units_answer(data: Data, query: Query, variant: Variant) -> Answer | None:
    """How many units have all conditions, of those that have the scope."""
    measure = _UNITS_MEASURES[variant.unit]
    if measure in data.leave_out or variant.rule:
        return None
    some = _first(data.ask(measure, variant.unit, "", (*query.conditions, *query.scope), variant.reading))
    everybody = _first(data.ask(measure, variant.unit, "", query.scope, variant.reading))
    if some is None or everybody is None:
        return Answer(0, everybody.numerator if everybody else None, 0)
    return Answer(some.numerator, everybody.numerator, 0)


_QUANTITIES: Mapping[str, str] = {
    "age_years": "age_years",
    "duration": "combination_duration_months",
    "anchor_dose": "anchor_dose_mg_day",
    "partner_dose": "partner_dose_mg_week",
}


def compute_number_measure(quantity: str) -> str:
    """The measure of a quantity; empty when the data have none."""
    return _QUANTITIES.get(quantity, "")


def build_number_answer(data: Data, query: Query, variant: Variant) -> Answer | None:
    """The summaries of a number under one reading; None when the data have no such measure."""
    measure = compute_number_measure(query.quantity)
    if not measure or measure in data.leave_out or variant.unit not in MEASURES[measure].rules:
        return None
    where = (*query.conditions, *query.scope)
    found = data.ask(measure, variant.unit, variant.rule, where, variant.reading)
    if not found:
        return Answer(None, 0, 0, values={}, interval={}, note="no case has this")
    values = {e.statistic: e.estimate for e in found if e.estimate is not None}
    interval = {e.statistic: (e.ci_lower, e.ci_upper) for e in found}
    first = found[0]
    return Answer(
        None,
        first.denominator,
        first.n_missing or 0,
        first.n_censored,
        values=values,
        interval=interval,
        unit=first.unit,
        note=first.note,
    )


def read_levels(data: Data) -> dict[str, frozenset[str]]:
    """The levels that the data have, by variable."""
    found: dict[str, frozenset[str]] = {}
    for name, measure in MEASURES.items():
        if measure.kind != "category" or name in data.leave_out:
            continue
        unit = _finest(measure)
        found[name] = frozenset(e.level for e in data.ask(name, unit, measure.rules[unit][0]) if e.level)
    return found


def _finest(measure: Measure) -> Unit:
    """The first unit of the list that a measure has."""
    for unit in _LEVELS_BY:
        if unit in measure.rules:
            return unit
    return _LEVELS_BY[0]
