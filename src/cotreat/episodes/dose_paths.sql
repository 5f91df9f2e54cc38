-- Dose paths: the supplied days of a drug within a pair or a course, its first, last and largest
-- dose, the time-weighted mean and the cumulative dose, in mg. Days without supply, bridged ones,
-- have no dose. Unknown on one day: largest, mean and cumulative dose are unknown.
WITH inside AS (
    SELECT
        s.unit,
        s.unit_key,
        s.drug_key,
        GREATEST(d.start_day, s.start_day) AS start_day,
        LEAST(d.end_day, s.end_day) - GREATEST(d.start_day, s.start_day) + 1 AS days,
        d.dose_ng_day
    FROM {dose_spans} AS s
    INNER JOIN {dose_steps} AS d
        ON d.patient_key = s.patient_key
        AND d.drug_key = s.drug_key
        AND d.start_day <= s.end_day
        AND d.end_day >= s.start_day
),
borders AS (
    SELECT unit, unit_key, drug_key, MIN(start_day) AS first_start, MAX(start_day) AS last_start
    FROM inside
    GROUP BY unit, unit_key, drug_key
),
summed AS (
    SELECT
        i.unit,
        i.unit_key,
        i.drug_key,
        CAST(SUM(i.days) AS BIGINT) AS supplied_days,
        MAX(CASE WHEN i.start_day = b.first_start THEN i.dose_ng_day END) AS first_ng,
        MAX(CASE WHEN i.start_day = b.last_start THEN i.dose_ng_day END) AS last_ng,
        CASE WHEN COUNT(i.dose_ng_day) = COUNT(*) THEN MAX(i.dose_ng_day) END AS max_ng,
        CASE WHEN COUNT(i.dose_ng_day) = COUNT(*) THEN CAST(SUM(i.dose_ng_day * i.days) AS BIGINT) END
            AS cumulative_ng
    FROM inside AS i
    INNER JOIN borders AS b ON b.unit = i.unit AND b.unit_key = i.unit_key AND b.drug_key = i.drug_key
    GROUP BY i.unit, i.unit_key, i.drug_key
)
SELECT
    s.unit,
    s.unit_key,
    s.patient_key,
    s.drug,
    COALESCE(d.supplied_days, 0) AS supplied_days,
    CAST(d.first_ng AS DOUBLE) / 1000000 AS dose_first,
    CAST(d.last_ng AS DOUBLE) / 1000000 AS dose_last,
    CAST(d.max_ng AS DOUBLE) / 1000000 AS dose_max,
    CAST(d.cumulative_ng AS DOUBLE) / (d.supplied_days * 1000000) AS dose_mean,
    CAST(d.cumulative_ng AS DOUBLE) / 1000000 AS dose_cumulative,
    s.drug_key
FROM {dose_spans} AS s
LEFT JOIN summed AS d ON d.unit = s.unit AND d.unit_key = s.unit_key AND d.drug_key = s.drug_key
