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
by_patient AS (
    SELECT
        a.patient_key,
        CAST(SUM(a.copies) AS BIGINT) AS n_read,
        CAST(SUM(a.copies) AS BIGINT) - COUNT(*) AS n_duplicate,
        COUNT(CASE WHEN a.start_day > o.last_day THEN 1 END) AS n_after,
        COUNT(CASE WHEN a.start_day <= o.last_day AND r.drug_key IS NULL THEN 1 END) AS n_no_role,
        COUNT(CASE WHEN a.start_day <= o.last_day AND r.drug_key IS NOT NULL THEN 1 END) AS n_used
    FROM alike AS a
    INNER JOIN {observation} AS o ON o.patient_key = a.patient_key
    LEFT JOIN {roles} AS r ON r.drug = a.drug
    GROUP BY a.patient_key
),
counted AS (
    SELECT 1 AS step, 'read' AS reason, n_read AS n FROM by_patient
    UNION ALL
    SELECT 2 AS step, 'duplicate' AS reason, n_duplicate AS n FROM by_patient
    UNION ALL
    SELECT 3 AS step, 'after_observation_end' AS reason, n_after AS n FROM by_patient
    UNION ALL
    SELECT 4 AS step, 'no_role' AS reason, n_no_role AS n FROM by_patient
    UNION ALL
    SELECT 5 AS step, 'used' AS reason, n_used AS n FROM by_patient
)
SELECT
    reason,
    CAST(SUM(n) AS BIGINT) AS exposures,
    COUNT(*) AS patients,
    CAST(step AS BIGINT) AS step
FROM counted
WHERE n > 0
GROUP BY step, reason
