"""The audit as a table: one row per number."""

import csv
import io
from pathlib import Path

from cotreat.audit.audited import Audit, AuditedClaim
from cotreat.audit.verdicts.wording import compute_filter_text, compute_measured_text
from cotreat.report.files import write_bytes
from cotreat.report.inert import compute_inert_cell, compute_legible_text

AUDIT_COLUMNS = (
    "claim_id",
    "section",
    "sentence",
    "number",
    "statistic",
    "measure",
    "unit_of_analysis",
    "filter",
    "verdict",
    "data_value",
    "reading",
    "readings_tried",
    "note",
)
# Spreadsheet programs take a file for UTF-8 only when it says so.
_BYTE_ORDER_MARK = "\ufeff"


def write_audit_csv(audit: Audit, path: Path) -> None:
    """Every number with its binding and its verdict; UTF-8 with a byte-order mark, every cell inert.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(AUDIT_COLUMNS)
    for claim in audit.claims:
        *cells, note = build_audit_row(claim)
        together = [check.text for check in audit.checks if claim.claim_id in check.claim_ids]
        row = [*cells, " ".join(text for text in (note, *together) if text)]
        lines.writerow([compute_inert_cell(compute_legible_text(cell)) for cell in row])
    write_bytes(path, (_BYTE_ORDER_MARK + out.getvalue()).encode())


def build_audit_row(audited: AuditedClaim) -> tuple[str, ...]:
    """The cells of one number, in the order of `AUDIT_COLUMNS`."""
    query = audited.statement.queries[0]
    verdict = audited.verdict
    return (
        audited.claim_id,
        audited.section,
        audited.sentence,
        audited.claim.text,
        audited.claim.aspect,
        compute_measured_text(query),
        query.unit,
        compute_filter_text(query),
        verdict.word,
        verdict.data_value,
        verdict.reading,
        str(verdict.readings_tried),
        verdict.note,
    )
