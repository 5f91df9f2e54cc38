-- Results of the tests and scores that the protocol names. A result with another sign than "=" is a bound: its value
-- is unknown.
SELECT
    m.patient_key,
    l.purpose,
    l.term,
    m.start_day,
    CASE WHEN COALESCE(m.operator_concept_id, 0) IN (0, 4172703) THEN m.value END AS value,
    CASE WHEN COALESCE(m.operator_concept_id, 0) IN (0, 4172703) THEN 0 ELSE 1 END AS is_bound,
    COALESCE(u.unit, m.unit_text, l.unit, '') AS unit,
    m.lln,
    m.uln,
    m.row_id
FROM {record_rows} AS m
INNER JOIN {levels} AS l ON l.set_no = m.set_no
LEFT JOIN {units} AS u ON u.unit_concept_id = m.unit_concept_id
