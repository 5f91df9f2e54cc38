"""Which columns of the invented patients are written into which table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class InventedTable:
    """One table of invented patients.

    Attributes
    ----------
    rows
        The working table that has its rows.
    order_by
        Columns that number the rows; numbers only.
    headings
        By heading of the file, the column of the working table.
    where
        Which of the rows.
    """

    rows: str
    order_by: str
    headings: Mapping[str, str]
    where: str = "TRUE"


def _table(rows: str, order_by: str, headings: str, where: str = "TRUE") -> InventedTable:
    """A table whose headings are given as a text: ``sex`` is itself, ``date=day`` holds the column `day`."""
    pairs = (word.partition("=") for word in headings.split())
    return InventedTable(rows, order_by, {heading: column or heading for heading, _, column in pairs}, where)


# With the standard headings of long tables, and in the order in which their reader numbers the files.
LONG: Mapping[str, InventedTable] = MappingProxyType(
    {
        "patients": _table(
            "patients",
            "patient_key",
            "patient_id sex birth_date=birth_day disease=disease_name "
            "observed_from observed_to death_date=death_day",
        ),
        "exposures": _table(
            "exposures",
            "patient_key, start_day, era, layer_key, place, copy",
            "patient_id drug=drug_name start_date=start_day end_date=end_day is_ongoing=ongoing_words "
            "days_supply=supply_days dose=dose_text route reason_started=reason_started_words "
            "end_reason=end_reason_words",
        ),
        "assessments": _table(
            "assessments",
            "patient_key, visit",
            "patient_id date=day instrument=instrument_words value response",
        ),
        "laboratory": _table(
            "laboratory",
            "patient_key, visit, test_key",
            "patient_id date=day test value unit lln uln",
        ),
        "adverse_events": _table(
            "adverse_events",
            "patient_key, onset_day, era",
            "patient_id term=term_text onset_date=onset_day end_date=end_day severity=severity_grade "
            "serious=serious_words outcome suspects",
        ),
        "conditions": _table(
            "conditions",
            "patient_key, condition_key",
            "patient_id term=term_text start_date=start_day kind",
        ),
        "prior_therapies": _table(
            "prior_therapies",
            "patient_key, therapy_key",
            "patient_id therapy=drug_text failed=failed_words",
        ),
    }
)

# What is true by construction, for the default parameters of a case series.
TRUTH: Mapping[str, InventedTable] = MappingProxyType(
    {
        "truth_patients": _table("patients", "patient_key", "patient_id scenario observation_end"),
        "truth_eras": _table(
            "eras",
            "patient_key, era",
            "patient_id drug start_date=start_day end_date=end_day is_ongoing record",
            where="role IS NOT NULL",
        ),
        "truth_pairs": _table(
            "pairs",
            "patient_key, pair",
            "patient_id anchor partner start_date=start_day end_date=end_day kind order end is_ongoing",
        ),
        "truth_courses": _table(
            "courses",
            "patient_key, course",
            "patient_id anchor partners n_pairs start_date=start_day end_date=end_day order end is_ongoing",
        ),
    }
)
