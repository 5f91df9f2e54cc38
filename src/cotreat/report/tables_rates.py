"""How often adverse events came: patients with any, first events and all events by time at risk."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from cotreat.analysis.rate_intervals import CLUSTERED, DAYS_PER_YEAR, ONE_SIDED
from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_label
from cotreat.report.numbers import compute_count_text, compute_interval_text, compute_number_text
from cotreat.report.tables import ABSENT, Notes, compute_reason_cell, compute_share_cell

_PATIENTS = ("adverse_event_proportion", "patient")
_FIRST = ("adverse_event_first_rate", "patient")
_ALL = ("adverse_event_rate", "event")
_GROUPINGS = (("state", "By exposure state"), ("regimen", "By regimen"))


@dataclass(frozen=True, slots=True)
class RateRow:
    """The rate of all events of one group; a heading has none."""

    label: str
    estimate: Estimate | None = None
    is_heading: bool = False

    @property
    def counted(self) -> str:
        """``12/30.5``: events and patient-years."""
        e = self.estimate
        # Without time in which events are known there is nothing to count, not even none.
        if e is None or e.numerator is None or not e.denominator:
            return ABSENT
        return f"{compute_count_text(e.numerator)}/{_years(e)}"


def compute_rate_rows(index: EstimateIndex) -> list[RateRow]:
    """The rate of all events: everybody's, by exposure state, and by regimen, those with most time first."""
    return list(_rate_rows(index)) if index.rules(*_ALL) else []


def _rate_rows(index: EstimateIndex) -> Iterator[RateRow]:
    rule = _rule(index, _ALL)

    def find(group: str) -> Estimate | None:
        return _chosen(index.levels(*_ALL, rule, group, "rate"))

    yield RateRow("All", find(""))
    for variable, heading in _GROUPINGS:
        found = [(group, e) for group in index.groups(*_ALL, rule, variable) if (e := find(group))]
        if found:
            yield RateRow(heading, is_heading=True)
        if variable == "regimen":
            found.sort(key=lambda one: (-float(one[1].denominator or 0), one[0]))
        for group, e in found:
            yield RateRow(compute_label(group.partition("=")[2], variable), e)


def table_rates(index: EstimateIndex) -> TableBlock | None:
    """The three numbers that say how often adverse events came, all, by exposure state and by regimen."""
    if not index.rules(*_ALL):
        return None
    notes = Notes()
    rows = [_row(index, "", "All", notes)]
    for variable, heading in _GROUPINGS:
        groups = index.groups(*_ALL, _rule(index, _ALL), variable)
        if groups:
            rows.append(Row((heading, *("",) * 5), is_group=True))
        rows += [_row(index, g, compute_label(g.partition("=")[2], variable), notes) for g in groups]
    columns = (
        Column(""),
        Column("Patients, n/N (%)", is_number=True),
        Column("First events per 100 patient-years (95% CI)", is_number=True),
        Column("First events / patient-years", is_number=True),
        Column("Events per 100 patient-years (95% CI)", is_number=True),
        Column("Events / patient-years", is_number=True),
    )
    note = (
        "Patients: with at least one adverse event, of those with time at risk in whom this is known. First "
        "events: over the time until each patient's first event. Patient-years: those in "
        "which events were counted, where it is known whether there were any. Rates by term and by event of "
        "special interest are in results.csv."
    )
    caption = "How often adverse events came."
    return TableBlock("rates", caption, columns, tuple(rows), notes.lines(note), is_wide=True)


def _row(index: EstimateIndex, group: str, label: str, notes: Notes) -> Row:
    share = index.find(*_PATIENTS, "proportion", rule=_rule(index, _PATIENTS), group=group)
    cells = [compute_share_cell(share, notes)]
    for measure in (_FIRST, _ALL):
        found = index.levels(*measure, _rule(index, measure), group, "rate")
        cells += _rate_cells(_chosen(found), notes)
    return Row((label, *cells))


def _rule(index: EstimateIndex, measure: tuple[str, str]) -> str:
    return index.rule(*measure, "longest", "first", "any", "")


def _chosen(found: list[Estimate]) -> Estimate | None:
    """The estimate with patients as clusters if there is one, else with the exact two-sided interval."""
    two_sided = [e for e in found if e.ci_method != ONE_SIDED]
    return next((e for e in two_sided if e.ci_method == CLUSTERED), next(iter(two_sided), None))


def _rate_cells(e: Estimate | None, notes: Notes) -> tuple[str, str]:
    if e is None:
        return ABSENT, ABSENT
    if e.estimate is None:
        return compute_reason_cell(e, notes), ABSENT
    interval = compute_interval_text(e.ci_lower, e.ci_upper)
    rate = f"{compute_number_text(e.estimate)} ({interval}){notes.method(e)}"
    return rate, ABSENT if e.numerator is None else f"{compute_count_text(e.numerator)}/{_years(e)}"


def _years(e: Estimate) -> str:
    return compute_number_text(float(Fraction(e.denominator or 0) / Fraction(DAYS_PER_YEAR)))
