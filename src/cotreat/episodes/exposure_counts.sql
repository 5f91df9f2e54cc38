-- How many exposures were read and what became of them, each row in one reason: the copies of an
-- exact duplicate, what starts after the end of observation, drugs without a role, and used.
WITH alike AS (
    SELECT
        e.patient_key,
        e.drug,
        e.start_day,
        COUNT(*) AS copies
    FROM {exposures} AS e
    GROUP BY
        e.patient_key, e.drug, e.start_day,
        COALESCE(e.end_day, 524288), COALESCE(e.is_ongoing, 0), COALESCE(e.supply_days, -1),
        COALESCE(e.dose_ng_day, -1)
),
sorted AS (
    SELECT
        a.patient_key,
        a.copies,
        CASE WHEN a.start_day > o.last_day THEN 2 WHEN r.drug_key IS NULL THEN 3 ELSE 4 END AS reason
    FROM alike AS a
    INNER JOIN {observation} AS o ON o.patient_key = a.patient_key
    LEFT JOIN {roles} AS r ON r.drug = a.drug
),
counted AS (
    SELECT 0 AS step, copies AS n, patient_key FROM sorted
    UNION ALL
    SELECT 1 AS step, copies - 1 AS n, patient_key FROM sorted WHERE copies > 1
    UNION ALL
    SELECT reason AS step, CAST(1 AS BIGINT) AS n, patient_key FROM sorted
)
SELECT
    CASE step
        WHEN 0 THEN 'read'
        WHEN 1 THEN 'duplicate'
        WHEN 2 THEN 'after_observation_end'
        WHEN 3 THEN 'no_role'
        ELSE 'used'
    END AS reason,
    CAST(SUM(n) AS BIGINT) AS exposures,
    COUNT(DISTINCT patient_key) AS patients,
    CAST(step AS BIGINT) + 1 AS step
FROM counted
GROUP BY step
