"""What can be wrong with the rows of a long table: one condition each, over its staged rows."""

from dataclasses import dataclass

from cotreat.findings import Severity
from cotreat.readers.long_tables import LongField
from cotreat.readers.table_files import LongTable
from cotreat.readers.table_sql import IMPLAUSIBLE, NOT_READ
from cotreat.readers.table_words import NONE


@dataclass(frozen=True, slots=True)
class RowRule:
    """One thing that can be wrong with one row; each such row is a finding.

    Attributes
    ----------
    severity, code, field
        As in a finding; the field's column is named.
    condition
        SQL over a staged row, never NULL; it holds where something is wrong.
    why
        The reason, one sentence.
    what_to_do
        What the reader can do about it.
    unknown
        Columns of the study table that are then unknown.
    is_left_out
        Whether the row is left out; an error always is.
    """

    severity: Severity
    code: str
    field: str
    condition: str
    why: str
    what_to_do: str
    unknown: tuple[str, ...] = ()
    is_left_out: bool = False

    @property
    def leaves_out(self) -> bool:
        """Whether a row with this problem is not used."""
        return self.is_left_out or self.severity == "error"


_NO_END = ("end_day", "is_ongoing")
_DATE_HELP = 'Write 2024-03-31, or set `date_format` under [source], such as "%d.%m.%Y".'


def build_row_rules(
    table: LongTable, *, cutoff: int | None, is_open_without_end: bool
) -> tuple[RowRule, ...]:
    """The rules of a table, by its fields and their kinds; a row is left out for the first that holds.

    Parameters
    ----------
    cutoff
        Last day that counts, in days since 1970-01-01.
    is_open_without_end
        Whether the protocol takes an exposure without an end as ongoing.
    """
    rules = [rule for field in table.types for rule in _field_rules(table, field)]
    own = {
        "patients": _patient_rules,
        "exposures": _exposure_rules,
        "assessments": _assessment_rules,
        "laboratory": _laboratory_rules,
        "adverse_events": _event_rules,
    }
    if table.name in own:
        rules += own[table.name](table)
    if table.name == "exposures":
        rules += _end_rules(table, is_open_without_end=is_open_without_end)
        rules += _cutoff_rules(cutoff)
    if table.name == "patients":
        rules += _birth_rules(table, cutoff)
    return tuple(rule for rule in rules if table.has(rule.field))


def _field_rules(table: LongTable, field: LongField) -> list[RowRule]:
    name = field.name
    rules: list[RowRule] = []
    if field.is_required:
        has_other = f" AND {field.alternative}_text IS NULL" if table.has(field.alternative) else ""
        rules.append(
            RowRule(
                "error",
                f"missing_{name}",
                name,
                f"{name}_text IS NULL{has_other}",
                f"The row has no {name.replace('_', ' ')}.",
                "Enter it, or take the row out.",
            )
        )
    if field.is_date:
        rules += _date_rules(table, field)
    if field.kind == "number":
        rules += _number_rules(field)
    return rules


def _date_rules(table: LongTable, field: LongField) -> list[RowRule]:
    # An end that is there and cannot be read is not the same as no end: nothing is made up in its place.
    is_needed = field.is_required or (table.name == "exposures" and field.name == "end_date")
    severity: Severity = "error" if is_needed else "warning"
    return [
        RowRule(
            severity,
            "date_not_read",
            field.name,
            f"COALESCE({field.name}_problem = {NOT_READ}, FALSE)",
            "The cell is not a date of the calendar in a known form.",
            _DATE_HELP,
        ),
        RowRule(
            severity,
            "implausible_date",
            field.name,
            f"COALESCE({field.name}_problem = {IMPLAUSIBLE}, FALSE)",
            "The year is before 1900 or after 2100.",
            "Correct the date"
            + (
                "; if it stands for no end, name it in `open_end` under [source]."
                if field.kind == "end"
                else "."
            ),
        ),
    ]


def _number_rules(field: LongField) -> list[RowRule]:
    rules = [
        RowRule(
            "warning",
            f"{field.name}_not_read",
            field.name,
            f"{field.name}_problem = {NOT_READ}",
            "The cell is not a number; it is unknown.",
            "Correct the cell.",
        )
    ]
    if field.low is not None or field.high is not None:
        bounds = [
            f"{word} {bound:g}"
            for word, bound in (("from", field.low), ("to", field.high))
            if bound is not None
        ]
        rules.append(
            RowRule(
                "warning",
                f"implausible_{field.name}",
                field.name,
                f"{field.name}_problem = {IMPLAUSIBLE}",
                f"The number is not plausible ({' '.join(bounds)}); it is unknown.",
                "Correct the cell.",
            )
        )
    return rules


def _patient_rules(table: LongTable) -> list[RowRule]:
    rules = [
        RowRule(
            "error",
            "duplicate_patient",
            "patient",
            "patient_text IS NOT NULL AND place > 1 AND NOT is_copy",
            "An earlier row is about the same patient and says something else.",
            "Keep one row for each patient.",
        )
    ]
    if table.has("observed_from") and table.has("observed_to"):
        rules.append(
            RowRule(
                "warning",
                "observed_to_before_from",
                "observed_to",
                "COALESCE(observed_to_last < observed_from_first, FALSE)",
                "The observation ends before it starts; both days are unknown.",
                "Correct the dates.",
                unknown=("observed_from", "observed_to"),
            )
        )
    return rules


def _birth_rules(table: LongTable, cutoff: int | None) -> list[RowRule]:
    rules = [
        RowRule(
            "warning",
            "birth_after_cutoff",
            "birth_date",
            f"COALESCE(birth_date_first > {cutoff}, FALSE)",
            "The birth is after the cut-off; it is unknown.",
            "Correct the date; years of two digits are read as 1969 to 2068.",
            unknown=("birth_day",),
        )
    ]
    if table.has("birth_date"):
        rules.append(
            RowRule(
                "warning",
                "death_before_birth",
                "death_date",
                "COALESCE(death_date_last < birth_date_first, FALSE)",
                "The death is before the birth; both are unknown.",
                "Correct the dates.",
                unknown=("birth_day", "death_day"),
            )
        )
    return rules if cutoff is not None else rules[1:]


def _exposure_rules(table: LongTable) -> list[RowRule]:
    del table
    return [
        RowRule(
            "error",
            "end_before_start",
            "end_date",
            "COALESCE(end_date_last < start_date_first, FALSE)",
            "The end is before the start.",
            "Correct the dates.",
        )
    ]


def _end_rules(table: LongTable, *, is_open_without_end: bool) -> list[RowRule]:
    """The flag `ongoing` against the end."""
    has_end = "end_date_text IS NOT NULL AND NOT end_date_is_open" if table.has("end_date") else "FALSE"
    has_supply = " OR ".join(
        f"{name}_number IS NOT NULL" for name in ("days_supply", "quantity_mg") if table.has(name)
    )
    return [
        RowRule(
            "warning",
            "ongoing_with_end",
            "ongoing",
            f"COALESCE(ongoing_level = 'yes' AND {has_end}, FALSE)",
            "The row says that the drug is still taken, and has an end; the end is used.",
            "Take out one of them.",
            unknown=("is_ongoing",),
        ),
        RowRule(
            "error" if is_open_without_end else "warning",
            "stopped_without_end",
            "ongoing",
            f"COALESCE(ongoing_level = 'no' AND NOT ({has_end}) AND NOT ({has_supply or 'FALSE'}), FALSE)",
            "The row says that the drug was stopped, and has no end: how long it was taken is unknown.",
            "Enter the end, or set `no_end` under [source.exposures] to a number of days.",
        ),
    ]


def _cutoff_rules(cutoff: int | None) -> list[RowRule]:
    if cutoff is None:
        return []
    return [
        RowRule(
            "warning",
            "start_after_cutoff",
            "start_date",
            f"COALESCE(start_date_first > {cutoff}, FALSE)",
            "The start is after the cut-off; the row is left out.",
            "Correct the date, if it is wrong.",
            is_left_out=True,
        )
    ]


def _assessment_rules(table: LongTable) -> list[RowRule]:
    del table
    return [
        RowRule(
            "warning",
            "value_out_of_range",
            "value",
            "COALESCE(value_number < instrument_low OR value_number > instrument_high, FALSE)",
            "The score is outside the range of its instrument; it is unknown.",
            "Correct the score, or the name of the instrument.",
            unknown=("value",),
        )
    ]


def _laboratory_rules(table: LongTable) -> list[RowRule]:
    rules = [
        RowRule(
            "warning",
            "implausible_result",
            "value",
            "is_implausible",
            "No patient has such a result in this unit; it is unknown.",
            "Correct the unit or the result: 810 lymphocytes are cells/uL, not 10*9/L.",
            unknown=("value",),
        )
    ]
    if not table.has("lln"):
        return rules
    return [
        *rules,
        RowRule(
            "warning",
            "limits_reversed",
            "uln",
            "COALESCE(lln_number > uln_number, FALSE)",
            "The lower limit of normal is above the upper one; both are unknown.",
            "Correct the limits.",
            unknown=("lln", "uln"),
        ),
    ]


def _event_rules(table: LongTable) -> list[RowRule]:
    none = RowRule(
        "info",
        "no_event",
        "term",
        f"COALESCE(term_level = '{NONE}', FALSE)",
        "The row says that there was no adverse event: it is none.",
        "Nothing; a patient without events needs no row.",
        is_left_out=True,
    )
    if not table.has("onset_date"):
        return [none]
    return [
        none,
        RowRule(
            "warning",
            "end_before_start",
            "end_date",
            "COALESCE(end_date_last < onset_date_first, FALSE)",
            "The end is before the onset; it is unknown.",
            "Correct the dates.",
            unknown=("end_day",),
        ),
    ]
