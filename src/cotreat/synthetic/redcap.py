"""Invented studies as exports of a REDCap project that has cotreat's own instruments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.csv as pa_csv

from cotreat.engine import DuckDBEngine
from cotreat.errors import UsageError
from cotreat.readers.redcap_instrument import InstrumentForm, read_instrument_forms
from cotreat.synthetic.new_folder import write_new_folder
from cotreat.synthetic.patients import StudySize, build_invented_patients
from cotreat.synthetic.plan import build_plan

EXPORT = "export.csv"

_PATIENTS_AT_ONCE = 20_000
_COMPLETE = "2"  # how REDCap marks an instrument as complete
_OPTIONS = pa_csv.WriteOptions(quoting_style="needed", include_header=False)
_DAY = "CAST(DATE '1970-01-01' + CAST({0} AS INTEGER) AS VARCHAR)"


@dataclass(frozen=True, slots=True)
class _Entries:
    """Entries of one form: the working table that has them, their order, and SQL by variable."""

    rows: str
    order_by: str
    cells: Mapping[str, str]


def _day(column: str) -> str:
    return _DAY.format(column)


# Codes, as a raw export has them.
_ENTRIES: Mapping[str, _Entries] = {
    "patient": _Entries(
        "patients",
        "patient_key",
        {
            "sex": "sex",
            "birth_date": _day("birth_day"),
            "disease": "disease",
            "observed_from": _day("observed_from"),
        },
    ),
    "comorbidity": _Entries(
        "conditions",
        "condition_key",
        {"comorbidity": "term", "comorbidity_kind": "kind", "comorbidity_start": _day("start_day")},
    ),
    "prior_treatment": _Entries(
        "prior_therapies", "therapy_key", {"prior_therapy": "drug", "prior_failed": "is_failed"}
    ),
    "treatment": _Entries(
        "exposures",
        "start_day, era, layer_key, place, copy",
        {
            "drug": "drug",
            "treatment_start": _day("start_day"),
            "treatment_end": _day("end_day"),
            "treatment_ongoing": "is_ongoing",
            "days_supply": "supply_days",
            "dose": "dose_text",
            "route": "route",
            "reason_started": "reason_started",
            "reason_stopped": "end_reason",
        },
    ),
    "visit": _Entries(
        "assessments",
        "visit",
        {
            "visit_date": _day("day"),
            "salt": "CASE WHEN instrument = 'salt' THEN value END",
            "easi": "CASE WHEN instrument = 'easi' THEN value END",
            "response": "response",
        },
    ),
    "laboratory": _Entries(
        "laboratory",
        "visit, test_key",
        {
            "lab_date": _day("day"),
            "lab_test": "test",
            "lab_value": "value",
            "lab_unit": "unit",
            "lab_lln": "lln",
            "lab_uln": "uln",
        },
    ),
    "adverse_event": _Entries(
        "adverse_events",
        "onset_day, era",
        {
            "ae_term": "term",
            "ae_onset": _day("onset_day"),
            "ae_end": _day("end_day"),
            "ae_severity": "severity_grade",
            "ae_serious": "is_serious",
            "ae_outcome": "REPLACE(outcome, ' ', '_')",
            "ae_combination___combination": "CASE WHEN suspect_1 = 'combination' THEN 1 ELSE 0 END",
            "ae_drug_1": "NULLIF(suspect_1, 'combination')",
            "ae_drug_2": "suspect_2",
        },
    ),
    "follow_up": _Entries(
        "patients", "patient_key", {"last_contact": _day("observed_to"), "death_date": _day("death_day")}
    ),
}


def write_synthetic_redcap(
    folder: Path,
    *,
    n_patients: int,
    seed: int,
    form: Literal["flat", "eav"] = "flat",
) -> tuple[Path, ...]:
    """The raw export of an invented study, from a project with the instruments that cotreat ships.

    Parameters
    ----------
    folder
        A folder that does not exist, or an empty one.
    n_patients
        How many patients, at least 1. They are written 20,000 at a time.
    seed
        The study: the same number gives the same bytes, and the same patients as in every
        other form.
    form
        One row for each entry, or one for each value.

    Returns
    -------
    tuple[Path, ...]
        The file. It is written whole, or not at all.

    Raises
    ------
    UsageError
        There is no such form, `n_patients` is below 1, or `seed` is negative.
    OutputError
        `folder` is a file, holds something, or cannot be written.

    Notes
    -----
    The instruments have no place for the earlier treatments of an invented patient.
    """
    size = StudySize(n_patients, seed)
    if form not in ("flat", "eav"):
        msg = f"`form` is {form!r}; it must be flat or eav."
        raise UsageError(msg)
    with write_new_folder(folder) as work:
        _write(work / EXPORT, size, is_eav=form == "eav")
    return (folder / EXPORT,)


def _write(path: Path, size: StudySize, *, is_eav: bool) -> None:
    headings = _headings()
    sql = _eav_rows(headings) if is_eav else _flat_rows(headings)
    rows = sorted({entries.rows for entries in _ENTRIES.values()})
    with DuckDBEngine() as engine, path.open("wb") as file:
        build_plan(engine)
        for first in range(1, size.n_patients + 1, _PATIENTS_AT_ONCE):
            last = min(first + _PATIENTS_AT_ONCE - 1, size.n_patients)
            build_invented_patients(engine, size, first=first, last=last, wanted=rows)
            found = engine.fetch(sql)
            if first == 1:
                file.write(f"{','.join(found.column_names)}\n".encode())
            texts = pa.Table.from_arrays([c.cast(pa.string()) for c in found.columns], found.column_names)
            with pa_csv.CSVWriter(file, texts.schema, write_options=_OPTIONS) as writer:
                writer.write_table(texts)


def _headings() -> Sequence[str]:
    """The columns of the instruments' variables in an export, the record ID apart."""
    names: list[str] = []
    for form in read_instrument_forms():
        for field in form.fields:
            codes = [choice.split(",")[0].strip() for choice in field.choices.split("|")]
            ticks = [f"{field.name}___{code}" for code in codes]
            names += ticks if field.type == "checkbox" else [field.name]
        names.append(f"{form.name}_complete")
    return [name for name in names if name != "record_id"]


def _entries(number: int, form: InstrumentForm, headings: Sequence[str]) -> str:
    """SQL for the entries of one form, every variable of the project a column."""
    own = _ENTRIES[form.name]
    place = (
        f"ROW_NUMBER() OVER (PARTITION BY patient_key ORDER BY {own.order_by})" if form.repeats else "NULL"
    )
    known = {**own.cells, f"{form.name}_complete": _COMPLETE}
    cells = ", ".join(f"CAST({known.get(name, 'NULL')} AS VARCHAR) AS {name}" for name in headings)
    repeated = f"'{form.name}'" if form.repeats else "NULL"
    return (
        f"SELECT patient_key, {number if form.repeats else 0} AS form_place, patient_id AS record_id, "
        f"CAST({repeated} AS VARCHAR) AS redcap_repeat_instrument, "
        f"CAST({place} AS BIGINT) AS redcap_repeat_instance, {cells} FROM synthetic_{own.rows}"
    )


def _all_entries(headings: Sequence[str]) -> str:
    """SQL for every entry; forms that do not repeat share a row."""
    forms = read_instrument_forms()
    entries = " UNION ALL ".join(_entries(number, form, headings) for number, form in enumerate(forms))
    cells = ", ".join(f"MIN({name}) AS {name}" for name in headings)
    keys = "patient_key, form_place, record_id, redcap_repeat_instrument, redcap_repeat_instance"
    return f"SELECT {keys}, {cells} FROM ({entries}) GROUP BY {keys}"


def _flat_rows(headings: Sequence[str]) -> str:
    columns = ", ".join(("record_id", "redcap_repeat_instrument", "redcap_repeat_instance", *headings))
    return (
        f"SELECT {columns} FROM ({_all_entries(headings)}) "
        "ORDER BY patient_key, form_place, redcap_repeat_instance"
    )


def _eav_rows(headings: Sequence[str]) -> str:
    """One row per value; a checkbox has one for each choice that is ticked, with its code."""
    values = ", ".join(
        f"{{'place': {place}, 'field_name': '{name.split('___')[0]}', 'value': {_value(name)}}}"
        for place, name in enumerate(headings)
    )
    return (
        "SELECT record_id AS record, redcap_repeat_instrument, redcap_repeat_instance, "
        "cell.field_name AS field_name, cell.value AS value "
        f"FROM (SELECT *, UNNEST([{values}]) AS cell FROM ({_all_entries(headings)})) "
        "WHERE cell.value IS NOT NULL ORDER BY patient_key, form_place, redcap_repeat_instance, cell.place"
    )


def _value(name: str) -> str:
    variable, is_tick, code = name.partition("___")
    del variable
    return f"CASE WHEN {name} = '1' THEN '{code}' END" if is_tick else name
