-- The study table of scores; one outside the range of its instrument is unknown. The CDM has no judgement of a
-- response.
SELECT
    m.patient_key,
    CAST(NULL AS BIGINT) AS pair_key,
    m.start_day AS day,
    m.term AS instrument,
    CASE WHEN m.value < l.low OR m.value > l.high THEN NULL ELSE m.value END AS value,
    CAST(NULL AS {characters}) AS response,
    CAST(NULL AS {characters}) AS context,
    CAST(:source_id AS BIGINT) AS source_id,
    m.row_id AS source_row,
    CASE WHEN m.value < l.low OR m.value > l.high THEN 1 ELSE 0 END AS is_out_of_range
FROM {measurements} AS m
INNER JOIN {levels} AS l ON l.term = m.term AND l.purpose = m.purpose
WHERE m.purpose = 'assessments'
