"""Row by row: the case table as journals print it, and the findings in the data."""

import re
from collections.abc import Mapping
from typing import Any

from cotreat.findings import Finding, Findings, compute_shown_count
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import ReportInput
from cotreat.report.labels import compute_label, compute_phrase, compute_terms_label
from cotreat.report.numbers import compute_count_text, compute_recorded_text

MOST_ROWS = 200
UNKNOWN = "unknown"

_CASE_COLUMNS = (
    "Case",
    "Patient",
    "Sex",
    "Age, years",
    "Disease",
    "Comorbidities",
    "Previous systemic therapies",
    "Anchor drug and dose (as recorded)",
    "Response to anchor alone",
    "Reason for combining",
    "Partner drug and dose (as recorded)",
    "Months",
    "Response",
    "Reason for ending",
    "Next treatment",
    "Adverse events (attributed to)",
)
_EVENT = re.compile(r"(?P<term>.+?) \((?P<drugs>[a-z0-9_]+(?:, [a-z0-9_]+)*)\)")
_CASE_NOTE = (
    "Doses as recorded; adverse events by the term of the vocabulary, else in the recorded words; "
    "“unknown”: not recorded."
)
_INCOMPLETE = "further not recorded"


def build_absence_text(inputs: ReportInput, name: str) -> str:
    """Why a listing is not shown; empty when it is."""
    if name in inputs.listings:
        return ""
    minimum = inputs.protocol.minimum_count
    if minimum:
        return (
            f"Not shown: the study is under disclosure control (counts below {minimum} are suppressed), "
            "and single patients are never listed."
        )
    pairs = inputs.estimates.find("pairs", "pair", "count", rule=inputs.estimates.rule("pairs", "pair", ""))
    if pairs and pairs.estimate is not None and pairs.estimate > MOST_ROWS:
        count = compute_count_text(int(pairs.estimate))
        return f"Not shown: {count} combinations, and no more than {MOST_ROWS} are listed one by one."
    return "Not shown: no listing of single cases was made for this study."


def table_cases(inputs: ReportInput) -> TableBlock | None:
    """The case table: one row per combination; None when the listing was not made."""
    listing = inputs.listings.get("cases")
    if listing is None:
        return None
    # A listing cannot tell that an event is unknown where events are not analysed by combination.
    hidden = {} if inputs.has_events else {"adverse_events": None}
    cells = [_case_cells(case | hidden) for case in listing.table.to_pylist()]
    # What is known of no case has no column; one column stays, whatever it says.
    known = [i for i in range(len(_CASE_COLUMNS)) if any(row[i] != UNKNOWN for row in cells)]
    shown = known or [0]
    columns = tuple(Column(_CASE_COLUMNS[i]) for i in shown)
    left_out = [_CASE_COLUMNS[i] for i in range(len(_CASE_COLUMNS)) if i not in shown]
    note = f"Known of no case, and therefore no column: {', '.join(left_out)}." if left_out else ""
    return TableBlock(
        "cases",
        "Combinations, case by case.",
        columns,
        tuple(Row(tuple(row[i] for i in shown)) for row in cells),
        tuple(n for n in (_CASE_NOTE, note) if n),
        is_wide=True,
    )


def _case_cells(case: Mapping[str, Any]) -> tuple[str, ...]:
    def label(column: str, measure: str = "") -> str:
        value = case.get(column)
        if not value:
            return UNKNOWN
        # That a list may be incomplete is said in the words of print, not in those of the source.
        text = str(value).replace("[...]", _INCOMPLETE)
        return compute_terms_label(text, measure or column)

    return (
        _text(case.get("case_id")),
        _text(case.get("patient_id")),
        label("sex"),
        _number(case.get("age_years")),
        label("disease"),
        "None" if case.get("comorbidities") == "none" else label("comorbidities", "comorbidity"),
        "None" if case.get("prior_therapies") == "none" else label("prior_therapies", "prior_therapy"),
        _drug_and_dose(case.get("anchor"), case.get("anchor_dose")),
        label("monotherapy_response"),
        label("reason_started"),
        _drug_and_dose(case.get("partner"), case.get("partner_dose")),
        _duration(case),
        label("response"),
        "Ongoing" if case.get("is_ongoing") and not case.get("end_reason") else label("end_reason"),
        _next_treatment(case),
        _events(case.get("adverse_events")),
    )


def _next_treatment(case: Mapping[str, Any]) -> str:
    value = case.get("next_treatment")
    if value == "none":
        return "None"
    if case.get("is_ongoing") and value in (None, "", "not_observed"):
        return "Ongoing"
    return compute_label(str(value), "next_treatment") if value else UNKNOWN


def _text(value: object) -> str:
    return UNKNOWN if value is None or value == "" else str(value)


def _number(value: object) -> str:
    if isinstance(value, int | float):
        return compute_recorded_text(float(value))
    return _text(value)


def _events(value: object) -> str:
    """Events by term, each with the drugs that were suspected by name."""
    text = _text(value)
    if text in ("none", UNKNOWN):
        return "None" if text == "none" else text
    return "; ".join(_event(part) for part in text.replace("[...]", _INCOMPLETE).split("; "))


def _event(text: str) -> str:
    found = _EVENT.fullmatch(text)
    if found is None:
        return compute_label(text, "adverse_event_term")
    drugs = ", ".join(
        compute_phrase(drug, "adverse_event_attribution") for drug in found["drugs"].split(", ")
    )
    return f"{compute_label(found['term'], 'adverse_event_term')} ({drugs})"


def _drug_and_dose(drug: object, dose: object) -> str:
    """Drug and recorded dose; a dose text that already names the drug stands alone."""
    name = compute_label(str(drug), "drug") if drug else ""
    text = str(dose) if dose else ""
    if not text:
        return name or UNKNOWN
    return text if name.casefold() in text.casefold() else f"{name} {text}".strip()


def _duration(case: Mapping[str, Any]) -> str:
    months = _number(case.get("duration_months"))
    return f"{months} (ongoing)" if case.get("is_ongoing") else months


def table_finding_counts(inputs: ReportInput) -> TableBlock | None:
    """How many findings of each severity and code there are; None when there are none."""
    if not len(inputs.findings):
        return None
    counted = inputs.findings.table.group_by(["severity", "code"]).aggregate([([], "count_all")]).to_pylist()
    order = ("error", "warning", "info")
    ranked = sorted(counted, key=lambda c: (order.index(c["severity"]), -c["count_all"], c["code"]))
    rows = tuple(
        Row((c["severity"], compute_label(c["code"]), _places(c["count_all"], inputs))) for c in ranked
    )
    columns = (Column("Severity"), Column("Finding"), Column("Places", is_number=True))
    note = (
        "error: the row cannot be used; warning: the row is used and one of its fields counts as unknown; "
        "info: the row is used in full."
    )
    return TableBlock("finding_counts", "Findings in the data, by severity.", columns, rows, (note,))


def _places(count: int, inputs: ReportInput) -> str:
    minimum = inputs.protocol.minimum_count
    shown = compute_shown_count(count, minimum)
    return f"fewer than {minimum}" if shown is None else compute_count_text(shown)


def table_findings(inputs: ReportInput) -> TableBlock | None:
    """Findings one by one, the first 200; None without findings or under disclosure control."""
    total = len(inputs.findings)
    if not total or inputs.protocol.minimum_count:
        return None
    shown = list(Findings(inputs.findings.ordered().table.slice(0, MOST_ROWS)))
    rows = tuple(Row(_finding_cells(finding)) for finding in shown)
    columns = (
        Column("Severity"),
        Column("Place"),
        Column("What stands there"),
        Column("Why it is a problem"),
        Column("What to do"),
    )
    more = total - len(shown)
    notes = (f"{compute_count_text(more)} more are in findings.csv.",) if more else ()
    return TableBlock("findings", "Findings in the data, place by place.", columns, rows, notes)


def _finding_cells(finding: Finding) -> tuple[str, ...]:
    place = [
        finding.file,
        f"sheet {finding.sheet}" if finding.sheet else "",
        f"row {finding.row}" if finding.row is not None else "",
        finding.column,
    ]
    return (
        finding.severity,
        ", ".join(p for p in place if p),
        finding.value,
        finding.why,
        finding.what_to_do,
    )
