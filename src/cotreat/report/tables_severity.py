"""How bad adverse events were, by what was taken; and those of special interest by the patients' risks."""

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_label
from cotreat.report.numbers import compute_count_text
from cotreat.report.tables import ABSENT, Notes, compute_level_order, compute_share_cell

_PATIENTS = ("adverse_event_proportion", "patient")
_EVENTS = ("adverse_event_rate", "event")
_GROUPINGS = (("state", "By exposure state"), ("regimen", "By regimen"))
_CLASSES = ("", "seriousness=serious", "severity=grade_3_or_worse")
_AESI = ("aesi", "patient", "any")
_RISK = "risk_flag"
# Beside each risk: any of them, none, and patients of whom it is not known.
_LAST_RISKS = ("any", "none", "unknown")


def compute_class_group(group: str, event_class: str) -> str:
    """The group of person-time and the class of events as one group."""
    return " & ".join(sorted(part for part in (group, event_class) if part))


def table_severity(index: EstimateIndex) -> TableBlock | None:
    """Patients with events and events, all, serious and of grade 3 or worse; None without dates."""
    rule = index.rule(*_PATIENTS, "any")
    if index.find(*_PATIENTS, "proportion", rule=rule, group=_CLASSES[-1]) is None:
        return None
    notes = Notes()
    rows = [_row(index, rule, "", "All", notes)]
    for variable, heading in _GROUPINGS:
        groups = index.groups(*_PATIENTS, rule, variable)
        if groups:
            rows.append(Row((heading, *("",) * 7), is_group=True))
        rows += [_row(index, rule, g, compute_label(g.partition("=")[2], variable), notes) for g in groups]
    columns = (
        Column(""),
        Column("Any: patients, n/N (%)", is_number=True),
        Column("Events, n", is_number=True),
        Column("Serious: patients, n/N (%)", is_number=True),
        Column("Events, n", is_number=True),
        Column("Grade 3 or worse: patients, n/N (%)", is_number=True),
        Column("Events, n", is_number=True),
        Column("Grade unknown, patients", is_number=True),
    )
    note = (
        "Patients: with at least one such event, of those with time at risk in whom this is known. Events: "
        "those that surely began in this time. Grade: severity as recorded, on the scale of CTCAE (1 to 5). "
        "Serious and severe are not the same. Grade unknown: patients who may have had such an event, but "
        "its severity or its day is not recorded."
    )
    caption = "Adverse events by exposure, seriousness and severity."
    return TableBlock("severity", caption, columns, tuple(rows), notes.lines(note), is_wide=True)


def _row(index: EstimateIndex, rule: str, group: str, label: str, notes: Notes) -> Row:
    cells: list[str] = []
    share: Estimate | None = None
    for event_class in _CLASSES:
        own = compute_class_group(group, event_class)
        share = index.find(*_PATIENTS, "proportion", rule=rule, group=own)
        events = index.find(*_EVENTS, "rate", rule=index.rule(*_EVENTS, ""), group=own)
        cells += [compute_share_cell(share, notes), _count(None if events is None else events.numerator)]
    return Row((label, *cells, _count(None if share is None else share.n_missing)))


def _count(count: int | None) -> str:
    return ABSENT if count is None else compute_count_text(count)


def table_aesi_by_risk(index: EstimateIndex) -> TableBlock | None:
    """Events of special interest, n/N (%) of patients with and without each risk; None without risks."""
    levels = [e.level for e in compute_level_order(index.levels(*_AESI))]
    known = [g.partition("=")[2] for g in index.groups(*_AESI, _RISK)]
    risks = [r for r in known if r not in _LAST_RISKS] + [r for r in _LAST_RISKS if r in known]
    if not levels or not risks:
        return None
    notes = Notes()
    shares = {r: {e.level: e for e in index.levels(*_AESI, f"{_RISK}={r}")} for r in risks}
    rows = tuple(
        Row((compute_label(level, "aesi"), *(compute_share_cell(shares[r].get(level), notes) for r in risks)))
        for level in levels
    )
    columns = (
        Column("Event of special interest"),
        *(Column(f"{compute_label(risk, _RISK)}, n/N (%)", is_number=True) for risk in risks),
    )
    note = (
        "Risks are those on the first day of a patient's first combination; a patient with several risks "
        "stands in several columns. Patients: of those in whom it is known whether they had this event."
    )
    caption = "Adverse events of special interest by the patients' risks."
    return TableBlock("aesi_by_risk", caption, columns, rows, notes.lines(note), is_wide=True)
