-- Pairs: the overlaps with the names of their drugs, what came after them, and the course that each
-- belongs to; one of a kind that is not counted belongs to none. The rest of the columns a case table
-- knows.
SELECT
    p.pair_key,
    NULLIF('', '') AS case_id,
    p.patient_key,
    c.course_key,
    CASE
        WHEN o.birth_day IS NULL THEN o.age_years
        ELSE CAST(p.start_day - o.birth_day AS DOUBLE) / 365.25
    END AS age_years,
    a.drug AS anchor,
    b.drug AS partner,
    a.drug || ' + ' || b.drug AS regimen,
    CAST(1 AS BIGINT) AS has_dates,
    p.start_day,
    p.end_day,
    CAST(p.end_day - p.start_day + 1 AS DOUBLE) AS duration_days,
    p.is_ongoing,
    p.kind,
    CASE WHEN p.end_day - p.start_day + 1 < :min_overlap THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END
        AS is_short_course,
    p."order",
    p.partner_start - p.anchor_start AS lead_days,
    p."end",
    NULLIF('', '') AS end_reason,
    NULLIF('', '') AS end_reason_other,
    NULLIF('', '') AS reason_started,
    NULLIF('', '') AS monotherapy_response,
    NULLIF('', '') AS response,
    COALESCE(x.regimen, n.otherwise) AS next_treatment,
    CAST(NULL AS DOUBLE) AS anchor_dose_first,
    CAST(NULL AS DOUBLE) AS anchor_dose_last,
    CAST(NULL AS DOUBLE) AS anchor_dose_max,
    CAST(NULL AS DOUBLE) AS anchor_dose_mean,
    CAST(NULL AS DOUBLE) AS partner_dose_first,
    CAST(NULL AS DOUBLE) AS partner_dose_last,
    CAST(NULL AS DOUBLE) AS partner_dose_max,
    CAST(NULL AS DOUBLE) AS partner_dose_mean
FROM {overlaps} AS p
INNER JOIN {observation} AS o ON o.patient_key = p.patient_key
INNER JOIN {roles} AS a ON a.drug_key = p.anchor_key
INNER JOIN {roles} AS b ON b.drug_key = p.partner_key
INNER JOIN {next_treatments} AS n ON n.pair_key = p.pair_key
LEFT JOIN {next_regimens} AS x ON x.regimen_mask = n.regimen_mask
LEFT JOIN {pair_courses} AS c ON c.pair_key = p.pair_key
