"""The tables that are built from the study tables: episodes, and what is placed in them."""

from cotreat.study_tables.columns import (
    ENDS,
    KINDS,
    ORDERS,
    RESPONSES,
    STATES,
    Column,
    ColumnType,
    TableSchema,
)

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

BUILT_TABLES: tuple[TableSchema, ...] = (
    TableSchema(
        "pairs",
        "anchor era x partner era, or declared case",
        (
            Column("pair_key", _K, "1..n by patient, start and drugs; by row in a case table"),
            Column("case_id", _T),
            _PATIENT,
            Column("course_key", _K, "NULL for pairs of a kind that is not counted"),
            Column("age_years", _N, "at the first day of the pair"),
            Column("anchor", _TERM),
            Column("partner", _TERM),
            Column("regimen", _TERM, "anchor + partner"),
            Column("has_dates", _F),
            Column("start_day", _D),
            Column("end_day", _D),
            Column("duration_days", _N),
            Column("is_ongoing", _F),
            Column("kind", _TERM, "", KINDS),
            Column("is_short_course", _F, "shorter than min_overlap"),
            Column("order", _TERM, "", ORDERS),
            Column("lead_days", _C, "partner start minus anchor start"),
            Column("end", _TERM, "", ENDS),
            Column("end_reason", _TERM),
            Column("end_reason_other", _TERM),
            Column("reason_started", _TERM),
            Column("monotherapy_response", _TERM, "", RESPONSES),
            Column("response", _TERM, "", RESPONSES),
            Column("next_treatment", _TERM, "a drug, restart, none or not_observed"),
            *(
                Column(f"{role}_dose_{what}", _N, "mg per day")
                for role in ("anchor", "partner")
                for what in ("first", "last", "max", "mean")
            ),
        ),
        ("pair_key",),
    ),
    TableSchema(
        "courses",
        "patient x anchor x linked counted pairs",
        (
            Column("course_key", _K, "1..n by first pair"),
            _PATIENT,
            Column("anchor", _TERM),
            Column("partners", _TERM, "a + b, sorted"),
            Column("n_pairs", _C),
            Column("has_dates", _F),
            Column("start_day", _D),
            Column("end_day", _D),
            Column("duration_days", _N),
            Column("is_ongoing", _F),
            Column("order", _TERM, "", ORDERS),
            Column("end", _TERM, "", ENDS),
        ),
        ("course_key",),
    ),
    TableSchema(
        "eras",
        "patient x drug x era",
        (
            Column("era_key", _K, "made of patient, drug and first day"),
            _PATIENT,
            Column("drug", _TERM),
            Column("start_day", _D),
            Column("end_day", _D),
            Column("is_ongoing", _F),
            Column("narrow_start_day", _D, "first day at its latest; NULL: all its dates are exact"),
            Column("narrow_end_day", _D, "last day at its earliest; NULL: all its dates are exact"),
        ),
        ("era_key",),
    ),
    TableSchema(
        "segments",
        "patient x maximal interval of one regimen",
        (
            _PATIENT,
            Column("start_day", _D),
            Column("end_day", _D),
            Column("regimen_mask", _K, "set of drugs, one bit each"),
            Column("n_drugs", _C),
            Column("days", _C),
        ),
        ("patient_key", "start_day"),
    ),
    TableSchema(
        "states",
        "patient x interval x exposure state, cut at calendar years",
        (
            _PATIENT,
            Column("start_day", _D),
            Column("end_day", _D),
            Column("state", _TERM, "", STATES),
            Column("days", _C),
        ),
        ("patient_key", "start_day"),
    ),
    TableSchema(
        "lines",
        "patient x line of therapy",
        (
            _PATIENT,
            Column("line", _C, "1..n of the patient"),
            Column("start_day", _D),
            Column("end_day", _D, "last treated day before the next line"),
            Column("regimen_mask", _K, "set of drugs on the first day, one bit each"),
            Column("regimen", _TERM, "a + b, sorted"),
            Column("days", _C, "from start to end, short untreated gaps included"),
            Column("is_ongoing", _F),
        ),
        ("patient_key", "line"),
    ),
    TableSchema(
        "regimens",
        "set of drugs",
        (Column("regimen_mask", _K), Column("regimen", _TERM, "a + b, sorted")),
        ("regimen_mask",),
    ),
    TableSchema(
        "reconciliation",
        "step from one view of the treatments to another, and item",
        (
            Column("step", _C, "in order; the tens number the step"),
            Column("from_view", _TERM),
            Column("to_view", _TERM),
            Column("item", _TERM, "`from`, what is added or taken off, `to`"),
            Column("days", _C, "negative: taken off"),
            Column("patients", _C, "with such days"),
        ),
        ("step",),
    ),
)
