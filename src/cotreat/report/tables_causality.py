"""Which drug was blamed for which event, alone or among others; and what judges and dates say of it."""

from collections.abc import Iterable

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_label
from cotreat.report.numbers import compute_count_text, compute_number_text
from cotreat.report.tables import ABSENT, CI_HEADING, Notes, compute_interval_cell, compute_share_cell

ATTRIBUTION, CAUSALITY, AGREEMENT = "attribution", "causality", "judge_agreement"
_UNIT = "event"
_MOST_DRUGS = 6
_MOST_TERMS = 60
_ANY, _SOLE = "any_suspect", "sole_suspect"
# What dates say in favour of a suspect; everything else that is known is the denominator.
_DATES = (
    ("causality_timing", "on_board", "On board at onset"),
    ("causality_dechallenge", "ended_after_stop", "Ended after it was stopped"),
    ("causality_rechallenge", "came_back", "Came back on it"),
)


def _drugs(index: EstimateIndex) -> list[str]:
    """The suspects, most often blamed first, the combination last."""
    found = {
        e.group.partition("=")[2]: e.numerator or 0
        for e in index.of_measure(ATTRIBUTION)
        if e.level == _ANY and e.statistic == "count" and " & " not in e.group
    }
    return sorted(found, key=lambda drug: (drug == "combination", -found[drug], drug))


def _find(index: EstimateIndex, measure: str, group: str, level: str, statistic: str) -> Estimate | None:
    return index.find(measure, _UNIT, statistic, group=group, level=level)


def _name(drug: str) -> str:
    return compute_label(drug, "adverse_event_attribution")


def table_suspects(index: EstimateIndex) -> TableBlock | None:
    """Events by suspected drug: any suspect, sole suspect, and what dates say of those attributed to it."""
    notes = Notes()
    rows: list[Row] = []
    has_dates = any(index.of_measure(measure) for measure, _, _ in _DATES)
    for drug in _drugs(index):
        group = f"drug={drug}"
        any_suspect, sole = (_find(index, ATTRIBUTION, group, level, "proportion") for level in (_ANY, _SOLE))
        cells = [
            _name(drug),
            compute_share_cell(any_suspect, notes),
            compute_interval_cell(any_suspect, notes),
            compute_share_cell(sole, notes),
            compute_interval_cell(sole, notes),
        ]
        if has_dates:
            cells += [_said(index, measure, group, level) for measure, level, _ in _DATES]
        rows.append(Row(tuple(cells)))
    if not rows:
        return None
    columns = (
        Column("Attributed to"),
        Column("Any suspect, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
        Column("Sole suspect, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
        *(Column(f"{label}, n/N", is_number=True) for _, _, label in _DATES if has_dates),
    )
    note = (
        "N of suspects has the adverse events without a suspect too; an event with several suspects "
        "counts for each of them."
    )
    dates = (
        "What dates say: of the events attributed to the drug of which it is known; dates alone are no "
        "judgement of cause, and two drugs that are stopped together speak alike."
        if has_dates
        else ""
    )
    caption = "Adverse events by suspected drug."
    return TableBlock("suspects", caption, columns, tuple(rows), notes.lines(note, dates), is_wide=has_dates)


def _said(index: EstimateIndex, measure: str, group: str, level: str) -> str:
    all_levels = [e for e in index.of_measure(measure) if e.group == group]
    if not all_levels:
        return ABSENT
    found = next((e for e in all_levels if e.level == level), None)
    known = all_levels[0].denominator
    if known is None or (found is not None and found.numerator is None):
        return ABSENT
    numerator = 0 if found is None else found.numerator or 0
    return f"{compute_count_text(numerator)}/{compute_count_text(known)}"


def table_attribution_matrix(index: EstimateIndex) -> TableBlock | None:
    """Events by term and suspected drug: any suspect, and in brackets sole suspect."""
    drugs = _drugs(index)[:_MOST_DRUGS]
    terms = _terms(e for e in index.of_measure(ATTRIBUTION) if " & term=" in e.group)
    if not terms or not drugs:
        return None
    rows = [
        Row((compute_label(term, "adverse_event_term"), *(_cell(index, drug, term) for drug in drugs)))
        for term in terms[:_MOST_TERMS]
    ]
    left_out = len(terms) - len(rows)
    more = f"{left_out} rarer terms are in results.csv only." if left_out else ""
    columns = (Column("Term"), *(Column(f"{_name(drug)}, n", is_number=True) for drug in drugs))
    note = "Events attributed to the drug alone or among others; in brackets: to it alone."
    caption = "Adverse events by term and suspected drug."
    return TableBlock("attribution_matrix", caption, columns, tuple(rows), Notes().lines(note, more))


def _terms(estimates: Iterable[Estimate]) -> list[str]:
    counts: dict[str, int] = {}
    for e in estimates:
        if e.level == _ANY and e.statistic == "count":
            term = e.group.partition(" & term=")[2]
            counts[term] = counts.get(term, 0) + (e.numerator or 0)
    return sorted(counts, key=lambda term: (-counts[term], compute_label(term, "adverse_event_term")))


def _cell(index: EstimateIndex, drug: str, term: str) -> str:
    group = f"drug={drug} & term={term}"
    any_suspect, sole = (_find(index, ATTRIBUTION, group, level, "count") for level in (_ANY, _SOLE))
    if any_suspect is None:
        return compute_count_text(0)
    if any_suspect.numerator is None or sole is None or sole.numerator is None:
        return ABSENT
    return f"{compute_count_text(any_suspect.numerator)} ({compute_count_text(sole.numerator)})"


def table_causality(index: EstimateIndex) -> TableBlock | None:
    """Judged categories by suspected drug and method."""
    rows = [
        Row((_judged(e), compute_label(e.level), _share(e)))
        for e in index.of_measure(CAUSALITY)
        if e.numerator is not None
    ]
    if not rows:
        return None
    columns = (Column("Suspect, method"), Column("Judged"), Column("Events, n/N", is_number=True))
    note = (
        "N: events attributed to the drug that were judged by this method. Judges differ: by the same method "
        "they came to different categories."
    )
    caption = "Judged causality by suspected drug."
    return TableBlock("causality", caption, columns, tuple(rows), Notes().lines(note))


def table_agreement(index: EstimateIndex) -> TableBlock | None:
    """How far every two judges agree by one method: the same category, and Cohen's kappa."""
    notes = Notes()
    rows = [
        Row((*_judges(e), _share(e), _kappa(e), compute_interval_cell(e, notes)))
        for e in index.of_measure(AGREEMENT)
    ]
    if not rows:
        return None
    columns = (
        Column("Judges"),
        Column("Method"),
        Column("Same category, n/N", is_number=True),
        Column("Cohen's kappa", is_number=True),
        Column(CI_HEADING, is_number=True),
    )
    note = (
        "N: pairs of an event and a drug that both judged. No kappa: fewer than two such pairs, or one judge "
        "gave the same category to all."
    )
    caption = "Agreement of judges on causality."
    return TableBlock(AGREEMENT, caption, columns, tuple(rows), notes.lines(note))


def _judges(e: Estimate) -> tuple[str, str]:
    levels = dict(part.split("=", 1) for part in e.group.split(" & "))
    return levels.get("judges", ""), compute_label(levels.get("method", ""))


def _kappa(e: Estimate) -> str:
    return ABSENT if e.estimate is None else compute_number_text(e.estimate, 2)


def _share(e: Estimate) -> str:
    if e.numerator is None or e.denominator is None:
        return ABSENT
    return f"{compute_count_text(e.numerator or 0)}/{compute_count_text(e.denominator or 0)}"


def _judged(e: Estimate) -> str:
    levels = dict(part.split("=", 1) for part in e.group.split(" & "))
    return f"{_name(levels['drug'])}, {compute_label(levels.get('method', ''))}"
