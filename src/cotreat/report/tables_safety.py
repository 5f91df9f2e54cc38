"""Adverse events: how many patients, which terms, which drug was blamed, and those of special interest."""

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_label
from cotreat.report.numbers import compute_count_text, compute_interval_text
from cotreat.report.sentences import compute_at_least_text
from cotreat.report.tables import (
    ABSENT,
    CI_HEADING,
    Notes,
    compute_count_cell,
    compute_interval_cell,
    compute_level_order,
    compute_share_cell,
)
from cotreat.report.tables_treatment import GROUPINGS

MOST_TERMS = 200
_EVENTS = ("adverse_events", "event")
_PATIENTS = ("patients_with_adverse_event", "patient")
_PAIRS = ("pairs_with_adverse_event", "pair")
_BY_ROW = (
    "N can differ between rows: one combination without an entry leaves its patient unknown for everything "
    "that the patient's other combinations do not show."
)
_SERIOUSNESS = (
    "For serious infection, a patient is unknown also when the seriousness of a recorded infection is "
    "unknown."
)


def table_adverse_events(index: EstimateIndex) -> TableBlock | None:
    """Patients and combinations with at least one adverse event, and events, all and by group."""
    rules = {m: index.rule(m, u, "any", "") for m, u in (_EVENTS, _PATIENTS, _PAIRS)}
    if not any(index.rules(*measure) for measure in (_EVENTS, _PATIENTS, _PAIRS)):
        return None
    notes = Notes()
    rows = [_event_row(index, rules, "", "All", notes)]
    for variable, heading in GROUPINGS:
        found = {g for m, u in (_EVENTS, _PATIENTS, _PAIRS) for g in index.groups(m, u, rules[m], variable)}
        if found:
            rows.append(Row((heading, *("",) * 7), is_group=True))
        rows += [
            _event_row(index, rules, g, compute_label(g.partition("=")[2], variable), notes)
            for g in sorted(found)
        ]
    columns = (
        Column(""),
        Column("Patients, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
        Column("Unknown, n", is_number=True),
        Column("Combinations, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
        Column("Unknown, n", is_number=True),
        Column("Events, n", is_number=True),
    )
    note = (
        "n/N: with at least one adverse event / in whom it is known whether there was one. A patient with "
        "several combinations can stand in several groups."
    )
    caption = "Patients and combinations with adverse events, and events."
    at_least = compute_at_least_text(index.find(*_PATIENTS, "proportion", rule=rules[_PATIENTS[0]]))
    counted = f"Counted over all patients, also the unknown: {at_least}." if at_least else ""
    return TableBlock("adverse_events", caption, columns, tuple(rows), notes.lines(note, counted))


def _event_row(index: EstimateIndex, rules: dict[str, str], group: str, label: str, notes: Notes) -> Row:
    cells: list[str] = []
    for measure, unit in (_PATIENTS, _PAIRS):
        estimate = index.find(measure, unit, "proportion", rule=rules[measure], group=group)
        cells += [
            compute_share_cell(estimate, notes),
            compute_interval_cell(estimate, notes),
            _unknown(estimate),
        ]
    measure, unit = _EVENTS
    events = index.find(measure, unit, "count", rule=rules[measure], group=group)
    return Row((label, *cells, compute_count_cell(events, notes)))


def table_terms(index: EstimateIndex) -> TableBlock | None:
    """Adverse events by term, as shares of the events and of the patients."""
    note = (
        "Events: of all events. Patients: of those in whom it is known whether they had this event. "
        f"{_BY_ROW}"
    )
    return _events_and_patients(
        index, "adverse_event_term", "adverse_event_terms", "Adverse events by term.", "Term", note
    )


def table_attributions(index: EstimateIndex) -> TableBlock | None:
    """Adverse events by the drug they were attributed to, as shares of the events and of the patients."""
    note = (
        "An event can be attributed to several drugs, so that shares may add up to more than 100%. Patients: "
        f"of those in whom it is known whether they had an event with this suspect. {_BY_ROW}"
    )
    caption = "Adverse events by the drug they were attributed to."
    return _events_and_patients(
        index, "adverse_event_attribution", "adverse_event_attributions", caption, "Attributed to", note
    )


def _events_and_patients(
    index: EstimateIndex, measure: str, name: str, caption: str, heading: str, note: str
) -> TableBlock | None:
    event_rule = index.rule(measure, "event", "")
    patient_rule = index.rule(measure, "patient", "any", "")
    events = {e.level: e for e in index.levels(measure, "event", event_rule)}
    patients = {e.level: e for e in index.levels(measure, "patient", patient_rule)}
    ordered = compute_level_order({**patients, **events}.values())
    if not ordered:
        return None
    notes = Notes()
    rows = [_term_row(e.level, measure, events, patients, notes) for e in ordered[:MOST_TERMS]]
    left_out = len(ordered) - len(rows)
    more = f"{left_out} rarer ones are in results.csv only." if left_out else ""
    columns = (
        Column(heading),
        Column("Events, n/N (%)", is_number=True),
        Column("Patients, n/N (%)", is_number=True),
        Column(f"Patients, {CI_HEADING}", is_number=True),
        Column("Patients unknown, n", is_number=True),
    )
    return TableBlock(name, caption, columns, tuple(rows), notes.lines(note, more))


def _term_row(
    level: str, measure: str, events: dict[str, Estimate], patients: dict[str, Estimate], notes: Notes
) -> Row:
    patient = patients.get(level)
    cells = (
        compute_share_cell(events.get(level), notes),
        compute_share_cell(patient, notes),
        compute_interval_cell(patient, notes),
        _unknown(patient),
    )
    return Row((compute_label(level, measure), *cells))


def _unknown(estimate: Estimate | None) -> str:
    return (
        ABSENT if estimate is None or estimate.n_missing is None else compute_count_text(estimate.n_missing)
    )


def table_aesi(index: EstimateIndex) -> TableBlock | None:
    """Adverse events of special interest: n/N (%) of patients, and the upper bound of every zero."""
    rule = index.rule("aesi", "patient", "any", "")
    estimates = compute_level_order(index.levels("aesi", "patient", rule))
    if not estimates:
        return None
    notes = Notes()
    bounds: dict[str, None] = {}
    rows: list[Row] = []
    for estimate in estimates:
        bound = index.upper_bound("aesi", "patient", rule, "", estimate.level)
        at_most = compute_interval_text(None, bound.ci_upper, is_share=True) if bound else ""
        if bound and at_most:
            bounds.setdefault(bound.ci_method.replace(" %", "%"))
        cells = (
            compute_share_cell(estimate, notes),
            compute_interval_cell(estimate, notes),
            at_most or ABSENT,
            _unknown(estimate),
        )
        rows.append(Row((compute_label(estimate.level, "aesi"), *cells)))
    columns = (
        Column("Event of special interest"),
        Column("Patients, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
        Column("One-sided 95% bound, %", is_number=True),
        Column("Unknown, n", is_number=True),
    )
    note = (
        "No recorded event is no proof of none: the bound says which risk the number of patients rules out."
    )
    known = f"Patients: of those in whom it is known whether they had this event. {_BY_ROW}"
    infection = _SERIOUSNESS if any(e.level == "serious_infection" for e in estimates) else ""
    if bounds:
        note += f" Bound: {'; '.join(bounds)}."
    caption = "Adverse events of special interest."
    return TableBlock(
        "aesi", caption, columns, tuple(rows), notes.lines(f"{known} {infection}".strip(), note)
    )
