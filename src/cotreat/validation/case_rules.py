"""Rules over the cases of a case table: what one row alone cannot show."""

from cotreat.engine import Engine
from cotreat.findings import Findings
from cotreat.readers.sources import ReadStudy
from cotreat.validation.rules import Rule, validate_rule

# What must have been recorded on the anchor alone for a reason to hold.
_REASON_NEEDS = {
    "no_response": ("none",),
    "partial_response": ("partial",),
    "loss_of_response": ("complete", "partial"),
}
# Patient of the invented row in the template; it never counts beside real patients.
EXAMPLE_PATIENT = "EXAMPLE"
_LARGEST_AGE_GAP = 10  # years between two cases of one patient

_PLACE = "d.source_id, d.source_row"
_WHOLE = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"


def _changes(column: str) -> str:
    """Rows that state another sex or disease than the first row of their patient that states one."""
    return f"""
    SELECT d.source_id, d.source_row, d.{column} AS value,
        'Earlier rows of patient ' || d.patient_id || ' say ' || f.{column}
            || '; the earlier one is used.' AS why
    FROM case_rows AS d
    INNER JOIN (
        SELECT patient_key, {column},
            ROW_NUMBER() OVER (PARTITION BY patient_key ORDER BY pair_key) AS place
        FROM case_rows WHERE {column} IS NOT NULL
    ) AS f ON f.patient_key = d.patient_key AND f.place = 1
    WHERE d.{column} <> f.{column}
    """


def _contradictions() -> str:
    conditions = " OR ".join(
        f"(d.reason_started = '{reason}' AND d.monotherapy_response NOT IN ({', '.join(map(repr, needed))}))"
        for reason, needed in _REASON_NEEDS.items()
    )
    return f"""
    SELECT {_PLACE}, d.reason_started AS value,
        'The reason is ' || d.reason_started || ', but the response to the anchor alone is recorded as '
            || d.monotherapy_response || '.' AS why
    FROM declared_pairs AS d WHERE {conditions}
    """


def _example(others: str) -> str:
    """Rows of the template's invented patient, when there are other patients (> 0) or none (= 0)."""
    return f"""
    SELECT d.source_id, d.source_row, d.patient_id AS value,
        'The row is the invented example of the template.' AS why
    FROM case_rows AS d
    WHERE d.patient_id = '{EXAMPLE_PATIENT}'
        AND (SELECT COUNT(*) FROM case_rows AS o WHERE o.patient_id <> '{EXAMPLE_PATIENT}') {others}
    """


# Patients whose identifiers differ in case, blanks, signs or leading zeros only; their first rows.
_ALIKE_IDS = """
SELECT d.source_id, d.source_row, d.patient_id AS value,
    'Patients ' || d.first_id || ' and ' || d.patient_id || ' are counted as two; their identifiers are '
        || 'nearly the same.' AS why
FROM (
    SELECT p.*,
        FIRST_VALUE(patient_id) OVER (PARTITION BY patient_form ORDER BY pair_key) AS first_id
    FROM (
        SELECT source_id, source_row, pair_key, patient_id, patient_form,
            ROW_NUMBER() OVER (PARTITION BY patient_id ORDER BY pair_key) AS place
        FROM case_rows
    ) AS p WHERE p.place = 1
) AS d WHERE d.patient_id <> d.first_id AND d.patient_form <> ''
"""

CASE_RULES: tuple[Rule, ...] = (
    Rule("error", "example_row", "patient", _example("> 0"), "Overwrite it with a case, or take it out."),
    Rule("warning", "only_example_row", "patient", _example("= 0"), "Overwrite it with your first case."),
    Rule(
        "error",
        "duplicate_case",
        "case",
        f"""
        SELECT {_PLACE}, d.case_id AS value, 'Another row above has the same case number.' AS why
        FROM (
            SELECT *, ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY pair_key) AS place FROM declared_pairs
        ) AS d WHERE d.place > 1
        """,
        "Give each case its own number, or take the second row out.",
    ),
    Rule(
        "warning",
        "same_case_twice",
        "case",
        f"""
        SELECT {_PLACE}, d.case_id AS value,
            'Another row above has the same patient, drugs and times: both are counted.' AS why
        FROM (
            SELECT *, ROW_NUMBER() OVER (
                PARTITION BY patient_key, anchor, partner, anchor_dose_text, partner_dose_text,
                    COALESCE(duration_days, -1), COALESCE(start_day, -1)
                ORDER BY pair_key
            ) AS place FROM declared_pairs
        ) AS d WHERE d.place > 1
        """,
        "Take one of the rows out if it is the same combination.",
    ),
    Rule(
        "error",
        "partner_is_anchor",
        "partner",
        f"""
        SELECT {_PLACE}, d.partner AS value, 'The partner is the same drug as the anchor.' AS why
        FROM declared_pairs AS d WHERE d.partner = d.anchor
        """,
        "Correct one of the two drugs, or take the row out.",
    ),
    Rule(
        "error",
        "course_with_two_anchors",
        "course",
        f"""
        SELECT {_PLACE}, d.course_id AS value,
            'The course has ' || d.first_anchor || ' in an earlier row and ' || d.anchor || ' here.' AS why
        FROM (
            SELECT *, FIRST_VALUE(anchor) OVER (
                PARTITION BY patient_key, course_id ORDER BY pair_key
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS first_anchor FROM declared_pairs WHERE course_id IS NOT NULL
        ) AS d WHERE d.anchor <> d.first_anchor
        """,
        "Give the cases with another anchor a course of their own.",
    ),
    Rule(
        "error",
        "course_of_two_patients",
        "course",
        f"""
        SELECT {_PLACE}, d.course_id AS value, 'An earlier row gives this course to another patient.' AS why
        FROM (
            SELECT *, FIRST_VALUE(patient_key) OVER (
                PARTITION BY course_id ORDER BY pair_key {_WHOLE}
            ) AS first_patient FROM declared_pairs WHERE course_id IS NOT NULL
        ) AS d WHERE d.patient_key <> d.first_patient
        """,
        "Give each patient courses of their own.",
    ),
    Rule(
        "warning",
        "patient_ids_alike",
        "patient",
        _ALIKE_IDS,
        "Give the rows of one patient the same identifier; two patients may stay as they are.",
    ),
    Rule("warning", "sex_changes", "sex", _changes("sex"), "Correct the patient or the sex."),
    Rule("warning", "disease_changes", "disease", _changes("disease"), "Correct the patient or the disease."),
    Rule(
        "warning",
        "age_changes",
        "age_years",
        f"""
        SELECT {_PLACE}, d.age_years AS value,
            'The ages of patient ' || d.patient_id || ' are more than {_LARGEST_AGE_GAP} years apart.' AS why
        FROM (
            SELECT *, FIRST_VALUE(age_years) OVER (
                PARTITION BY patient_key ORDER BY pair_key {_WHOLE}
            ) AS first_age FROM case_rows WHERE age_years IS NOT NULL
        ) AS d WHERE ABS(d.age_years - d.first_age) > {_LARGEST_AGE_GAP}
        """,
        "Correct the patient or the age.",
    ),
    Rule(
        "warning",
        "reason_contradicts_response",
        "reason_started",
        _contradictions(),
        "Correct the reason or the response to the anchor alone.",
    ),
    Rule(
        "warning",
        "no_end_reason",
        "end_reason",
        f"""
        SELECT {_PLACE}, '' AS value, 'The combination ended, but no reason is known.' AS why
        FROM declared_pairs AS d WHERE d.is_ongoing = 0 AND d.end_reason IS NULL
        """,
        "Enter why it ended, or mark it as ongoing.",
    ),
    Rule(
        "warning",
        "attributed_to_other_drug",
        "adverse_events",
        """
        SELECT e.source_id, e.source_row, e.term_text AS value,
            'The event is attributed to ' || a.drug || ', which is not a drug of this case.' AS why
        FROM adverse_events AS e
        INNER JOIN attributions AS a ON a.event_key = e.event_key
        INNER JOIN declared_pairs AS d ON d.pair_key = e.pair_key
        WHERE a.drug NOT IN (d.anchor, d.partner, 'combination')
        """,
        "Correct the attribution, or the drugs of the case.",
    ),
)


def validate_cases(engine: Engine, study: ReadStudy) -> Findings:
    """Findings over the cases of a case table, across rows; none is stopped by another."""
    return Findings.concat(validate_rule(engine, rule, study) for rule in CASE_RULES)
