-- The study table of laboratory results, in the unit of their test; what no patient can have is unknown, and so are
-- limits of which the lower is above the upper.
WITH converted AS (
    SELECT
        m.patient_key,
        m.start_day,
        m.term,
        {value} AS value,
        {lln} AS lln,
        {uln} AS uln,
        u.kept_unit,
        u.is_molar,
        u.low,
        u.high,
        u.can_be_zero,
        m.unit AS test_unit,
        m.row_id
    FROM {measurements} AS m
    LEFT JOIN {lab_units} AS u ON u.test = m.term AND u.unit = m.unit
    WHERE m.purpose = 'laboratory'
)
SELECT
    c.patient_key,
    c.start_day AS day,
    c.term AS test,
    CASE WHEN NOT {is_implausible} THEN c.value END AS value,
    c.kept_unit AS unit,
    c.is_molar,
    CASE WHEN c.lln > c.uln THEN NULL ELSE c.lln END AS lln,
    CASE WHEN c.lln > c.uln THEN NULL ELSE c.uln END AS uln,
    CAST(:source_id AS BIGINT) AS source_id,
    c.row_id AS source_row,
    c.test_unit,
    CASE WHEN {is_implausible} THEN 1 ELSE 0 END AS is_implausible,
    CASE WHEN c.lln > c.uln THEN 1 ELSE 0 END AS is_reversed
FROM converted AS c
