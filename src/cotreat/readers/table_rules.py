"""What is wrong with the rows of a long table: one condition each, over its staged rows."""

from dataclasses import dataclass
from datetime import date

from cotreat.findings import Severity
from cotreat.readers.cells import compute_day
from cotreat.readers.long_tables import LongField
from cotreat.readers.table_files import LongTable

FIRST_DAY = compute_day(date(1900, 1, 1))
LAST_DAY = compute_day(date(2100, 12, 31))


@dataclass(frozen=True, slots=True)
class RowRule:
    """One thing that can be wrong with one row.

    Attributes
    ----------
    severity
        ``error``: the row cannot be used.
    code, field
        As in a finding; the field's column is named.
    condition
        SQL over a staged row; it holds where something is wrong.
    why
        SQL for the reason, a text.
    what_to_do
        What the reader can do about it.
    """

    severity: Severity
    code: str
    field: str
    condition: str
    why: str
    what_to_do: str


def build_row_rules(table: LongTable) -> tuple[RowRule, ...]:
    """The rules that hold for a table, by its fields and their kinds."""
    rules = [rule for field in table.types for rule in _field_rules(field)]
    return (*rules, *_table_rules(table))


def _field_rules(field: LongField) -> list[RowRule]:
    name = field.name
    rules: list[RowRule] = []
    if field.is_required:
        rules.append(
            RowRule(
                "error",
                f"missing_{name}",
                name,
                f"{name}_text IS NULL",
                f"'The row has no {name.replace('_', ' ')}.'",
                "Enter it, or take the row out.",
            )
        )
    if field.kind in ("start", "end", "exact"):
        rules += _date_rules(field)
    elif field.kind in ("number", "dose"):
        rules.append(
            _unread(field, "warning", f"{name}_not_read", "Correct the cell; until then it is unknown.")
        )
    elif field.kind in ("term", "flag"):
        severity: Severity = "info" if field.words == "drug" else "warning"
        what = "It is kept as written and followed by no role." if field.words == "drug" else ""
        confirm = f"{what} To name it, add its spelling under [values].".strip()
        rules.append(_unread(field, severity, f"unknown_{field.words or name}", confirm))
    return rules


def _unread(field: LongField, severity: Severity, code: str, what_to_do: str) -> RowRule:
    name = field.name
    proposal = f"COALESCE({name}_proposal, '')"
    hint = f"CASE WHEN {proposal} <> '' THEN ' Perhaps ' || {proposal} || ' was meant.' ELSE '' END"
    why = f"'The cell ' || {name}_why || '.' || {hint}"
    return RowRule(severity, code, name, f"{name}_why IS NOT NULL", why, what_to_do)


def _date_rules(field: LongField) -> list[RowRule]:
    name = field.name
    severity: Severity = "error" if field.is_required else "warning"
    return [
        RowRule(
            severity,
            "date_not_read",
            name,
            f"{name}_why IS NOT NULL",
            f"'The cell ' || {name}_why || '.'",
            'Write 2024-03-31, or set `date_format` under [source], such as "%d.%m.%Y".',
        ),
        RowRule(
            "error",
            "implausible_date",
            name,
            f"{name}_first NOT BETWEEN {FIRST_DAY} AND {LAST_DAY}",
            "'The year is before 1900 or after 2100.'",
            "Correct the date.",
        ),
    ]


def _table_rules(table: LongTable) -> list[RowRule]:
    rules: list[RowRule] = []
    starts = {"exposures": "start_date", "adverse_events": "onset_date"}
    start = starts.get(table.name)
    if start and table.has(start) and table.has("end_date"):
        rules.append(
            RowRule(
                "error" if table.name == "exposures" else "warning",
                "end_before_start",
                "end_date",
                f"end_date_last < {start}_first",
                "'The end is before the start.'",
                "Correct the dates.",
            )
        )
    if table.name == "exposures":
        rules.append(
            RowRule(
                "error",
                "start_after_cutoff",
                "start_date",
                "start_date_first > $cutoff",
                "'The start is after the cut-off.'",
                "Correct the date or the cut-off, or take the row out.",
            )
        )
    if table.name == "exposures" and table.has("days_supply"):
        rules.append(
            RowRule(
                "warning",
                "implausible_supply",
                "days_supply",
                "days_supply_number < 1 OR days_supply_number > 3660",
                "'A supply lasts from 1 day to 10 years.'",
                "Correct the days; until then they are unknown.",
            )
        )
    if table.name == "patients":
        rules.append(
            RowRule(
                "error",
                "duplicate_patient",
                "patient",
                "patient_text IS NOT NULL AND place > 1",
                "'An earlier row is about the same patient.'",
                "Keep one row for each patient.",
            )
        )
    return rules
