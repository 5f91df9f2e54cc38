"""Every table of a study: its columns, grain, units and allowed values, declared once.

Units: days are whole days since 1970-01-01, both ends inclusive. NULL means unknown;
the term ``none`` means there was none. A ``NUM`` is never summed or averaged in SQL:
it is grouped by value and counted, so that the same data always give the same bytes.
"""

from collections.abc import Mapping
from types import MappingProxyType

from cotreat.study_tables.built_tables import BUILT_TABLES
from cotreat.study_tables.columns import (
    END_RULES,
    ENDS,
    KINDS,
    ORDERS,
    PLACEMENTS,
    PRECISIONS,
    RESPONSES,
    STATES,
    Column,
    ColumnType,
    TableSchema,
)

__all__ = [
    "BUILT_TABLES",
    "ENDS",
    "END_RULES",
    "KINDS",
    "ORDERS",
    "PLACEMENTS",
    "PRECISIONS",
    "RESPONSES",
    "SCHEMAS",
    "STATES",
    "STUDY_TABLES",
    "Column",
    "ColumnType",
    "TableSchema",
]

_K, _D, _C, _T, _TERM, _N, _F = (
    ColumnType.KEY,
    ColumnType.DAY,
    ColumnType.COUNT,
    ColumnType.TEXT,
    ColumnType.TERM,
    ColumnType.NUM,
    ColumnType.FLAG,
)

_PATIENT = Column("patient_key", _K, "1..n by patient_id in code-point order")
_PAIR = Column("pair_key", _K, "the declared case that the row belongs to; NULL outside case tables")
_SOURCE = (
    Column("source_id", _K, "row in sources"),
    Column("source_row", _K, "the line that a person would look for"),
)


def _study(name: str, grain: str, *columns: Column, key: tuple[str, ...]) -> TableSchema:
    return TableSchema(name, grain, (*columns, *_SOURCE), key)


STUDY_TABLES: tuple[TableSchema, ...] = (
    _study(
        "patients",
        "patient",
        _PATIENT,
        Column("patient_id", _T, "as recorded; stands in this table only"),
        Column("sex", _TERM, "", ("female", "male", "other")),
        Column("birth_day", _D),
        Column("age_years", _N, "recorded, at the first row"),
        Column("disease", _TERM),
        Column("observed_from", _D),
        Column("observed_to", _D, "last day on which anything could have been recorded"),
        Column("death_day", _D),
        key=("patient_key",),
    ),
    _study(
        "conditions",
        "patient x condition",
        _PATIENT,
        Column("term", _TERM, "`none`: recorded that there was none"),
        Column("term_text", _T),
        Column("start_day", _D),
        Column("kind", _TERM, "", ("comorbidity", "disease", "risk_factor")),
        key=("patient_key", "kind", "term"),
    ),
    _study(
        "prior_therapies",
        "patient or pair x therapy",
        _PATIENT,
        _PAIR,
        Column("drug", _TERM, "a drug or a therapy; NULL: the list is incomplete"),
        Column("drug_text", _T),
        Column("place", _C, "in the list of its cell, from 1; NULL: it stands alone"),
        Column("is_failed", _F),
        key=("patient_key", "pair_key", "drug"),
    ),
    _study(
        "exposures",
        "recorded supply or administration",
        Column("exposure_key", _K),
        _PATIENT,
        Column("drug", _TERM),
        Column("start_day", _D),
        Column("end_day", _D),
        Column("is_ongoing", _F),
        Column("supply_days", _C, "days' supply, or of one administration its dosing interval"),
        Column("date_precision", _TERM, "", PRECISIONS),
        Column("end_rule", _TERM, "", END_RULES),
        Column("dose_text", _T),
        Column("dose_mg", _N, "mg per administration"),
        Column("dose_interval_days", _N),
        Column("dose_ng_day", _C, "ng per day, whole, for sums only"),
        Column("route", _TERM),
        Column("dose_flag", _TERM),
        Column("reason_started", _TERM),
        Column("end_reason", _TERM),
        key=("exposure_key",),
    ),
    _study(
        "declared_pairs",
        "case of a case table",
        Column("pair_key", _K, "1..n in the order of the rows"),
        Column("case_id", _T),
        _PATIENT,
        Column("course_id", _T, "cases of a patient with the same course_id share a course"),
        Column("age_years", _N, "age recorded in the case's own row"),
        Column("anchor", _TERM),
        Column("partner", _TERM),
        Column("start_day", _D),
        Column("end_day", _D),
        Column("duration_days", _N, "months x 30.4375, not rounded"),
        Column("is_ongoing", _F),
        Column("anchor_dose_mg_day", _N, "mg per day; NULL: unknown or not derivable"),
        Column("anchor_dose_text", _T),
        Column("anchor_route", _TERM),
        Column("partner_dose_mg_day", _N, "mg per day; NULL: unknown or not derivable"),
        Column("partner_dose_text", _T),
        Column("partner_route", _TERM),
        Column("reason_started", _TERM),
        Column("monotherapy_response", _TERM, "on the anchor alone", RESPONSES),
        Column("response", _TERM, "on the combination", RESPONSES),
        Column("end_reason", _TERM, "the first reason in the protocol's order"),
        Column("end_reason_other", _TERM, "a second reason given in the same words"),
        Column("end", _TERM, "", ENDS),
        Column("next_treatment", _TERM, "a drug, restart, none or not_observed"),
        key=("pair_key",),
    ),
    _study(
        "assessments",
        "measurement or judgement",
        _PATIENT,
        _PAIR,
        Column("day", _D),
        Column("instrument", _TERM),
        Column("value", _N),
        Column("response", _TERM, "", RESPONSES),
        Column("context", _TERM, "", ("monotherapy", "combination")),
        key=("patient_key", "day", "instrument"),
    ),
    _study(
        "laboratory",
        "result",
        _PATIENT,
        Column("day", _D),
        Column("test", _TERM),
        Column("value", _N),
        Column("unit", _T),
        Column("is_molar", _F, "recorded in moles, for which CTCAE rounds its bounds apart"),
        Column("lln", _N),
        Column("uln", _N),
        key=("patient_key", "day", "test"),
    ),
    _study(
        "adverse_events",
        "adverse event; or a case whose adverse-event cell is empty (certainty unknown, no term)",
        Column("event_key", _K),
        _PATIENT,
        _PAIR,
        Column("term", _TERM),
        Column("term_text", _T),
        Column("onset_day", _D, "NULL unless the day is known"),
        Column("earliest_onset_day", _D, "the first day that the recorded onset may mean"),
        Column("latest_onset_day", _D, "the last day that the recorded onset may mean"),
        Column("date_precision", _TERM, "of the onset", PRECISIONS),
        Column("end_day", _D),
        Column("severity_grade", _C, "CTCAE grade 1 to 5"),
        Column("is_serious", _F),
        Column("outcome", _TERM),
        Column("certainty", _TERM, "", ("recorded", "unknown")),
        key=("event_key",),
    ),
    _study(
        "attributions",
        "adverse event x suspected drug",
        Column("event_key", _K),
        Column("drug", _TERM, "a drug, or `combination`"),
        Column("category", _TERM),
        Column("method", _TERM),
        Column("judge", _T),
        Column("action_taken", _TERM),
        key=("event_key", "drug"),
    ),
    TableSchema(
        "sources",
        "input file or sheet",
        (
            Column("source_id", _K),
            Column("file", _T),
            Column("sheet", _T),
            Column("sha256", _T),
            Column("about", _T, "what was detected: encoding, delimiter, decimal sign"),
            Column("rows_read", _C),
            Column("rows_used", _C),
            Column("rows_left_out", _C),
        ),
        ("source_id",),
    ),
    TableSchema(
        "attrition",
        "counting step",
        (
            Column("step", _C, "1..n in the order in which rows were counted"),
            Column("table", _T),
            Column("reason", _TERM, "`read`, `used`, or why rows were left out"),
            Column("rows", _C),
            Column("patients", _C, "NULL where patients cannot be told apart"),
        ),
        ("step",),
    ),
)

SCHEMAS: Mapping[str, TableSchema] = MappingProxyType({t.name: t for t in (*STUDY_TABLES, *BUILT_TABLES)})
