-- Pairs of a case table: each declared case is a pair, whatever its length.
-- The course is the one that the table declares; without it each case is its own.
-- {min_overlap} is in days; a month of a recorded duration has 30.4375 of them.
WITH numbered AS (
    SELECT
        d.*,
        MIN(d.pair_key) OVER (
            PARTITION BY d.patient_key, COALESCE(d.course_id, 'case'), CASE WHEN d.course_id IS NULL THEN d.pair_key ELSE 0 END
        ) AS first_pair
    FROM declared_pairs AS d
)
SELECT
    n.pair_key,
    n.case_id,
    n.patient_key,
    DENSE_RANK() OVER (ORDER BY n.first_pair) AS course_key,
    n.age_years,
    n.anchor,
    n.partner,
    n.anchor || ' + ' || n.partner AS regimen,
    CASE WHEN n.start_day IS NULL OR n.end_day IS NULL THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS has_dates,
    n.start_day,
    n.end_day,
    n.duration_days,
    n.is_ongoing,
    'combination' AS kind,
    CASE
        WHEN n.duration_days IS NULL THEN NULL
        WHEN n.duration_days < :min_overlap THEN CAST(1 AS BIGINT)
        ELSE CAST(0 AS BIGINT)
    END AS is_short_course,
    'unknown' AS "order",
    CAST(NULL AS BIGINT) AS lead_days,
    n."end",
    n.end_reason,
    n.end_reason_other,
    n.reason_started,
    n.monotherapy_response,
    n.response,
    n.next_treatment,
    n.anchor_dose_mg_day AS anchor_dose_first,
    n.anchor_dose_mg_day AS anchor_dose_last,
    n.anchor_dose_mg_day AS anchor_dose_max,
    n.anchor_dose_mg_day AS anchor_dose_mean,
    n.partner_dose_mg_day AS partner_dose_first,
    n.partner_dose_mg_day AS partner_dose_last,
    n.partner_dose_mg_day AS partner_dose_max,
    n.partner_dose_mg_day AS partner_dose_mean
FROM numbered AS n
