-- How many exposures were read and what became of them, each row in one reason: the copies of an
-- exact duplicate, what starts after the end of observation, drugs without a role, and used.
WITH started AS (
    -- Copies start together: few exposures of a patient and drug do, and only those are compared whole.
    SELECT patient_key, drug, start_day
    FROM {exposures}
    GROUP BY patient_key, drug, start_day
    HAVING COUNT(*) > 1
),
alike AS (
    SELECT e.patient_key, e.drug, e.start_day, COUNT(*) - 1 AS copies
    FROM {exposures} AS e
    INNER JOIN started AS s
        ON s.patient_key = e.patient_key
        AND s.start_day = e.start_day
        AND COALESCE(s.drug, '') = COALESCE(e.drug, '')
    GROUP BY
        e.patient_key, e.drug, e.start_day,
        COALESCE(e.end_day, 524288), COALESCE(e.is_ongoing, 0), COALESCE(e.supply_days, -1),
        COALESCE(e.dose_ng_day, -1)
    HAVING COUNT(*) > 1
),
copies AS (
    SELECT
        a.patient_key,
        CAST(SUM(a.copies) AS BIGINT) AS n,
        CAST(SUM(CASE WHEN a.start_day > o.last_day THEN a.copies ELSE 0 END) AS BIGINT) AS n_after,
        CAST(SUM(CASE WHEN a.start_day <= o.last_day AND r.drug_key IS NULL THEN a.copies ELSE 0 END) AS BIGINT)
            AS n_no_role
    FROM alike AS a
    INNER JOIN {observation} AS o ON o.patient_key = a.patient_key
    LEFT JOIN {roles} AS r ON r.drug = a.drug
    GROUP BY a.patient_key
),
with_copies AS (
    SELECT
        e.patient_key,
        COUNT(*) AS n,
        COUNT(CASE WHEN e.start_day > o.last_day THEN 1 END) AS n_after,
        COUNT(CASE WHEN e.start_day <= o.last_day AND r.drug_key IS NULL THEN 1 END) AS n_no_role
    FROM {exposures} AS e
    INNER JOIN {observation} AS o ON o.patient_key = e.patient_key
    LEFT JOIN {roles} AS r ON r.drug = e.drug
    GROUP BY e.patient_key
),
by_patient AS (
    SELECT
        w.n AS n_read,
        COALESCE(c.n, 0) AS n_duplicate,
        w.n_after - COALESCE(c.n_after, 0) AS n_after,
        w.n_no_role - COALESCE(c.n_no_role, 0) AS n_no_role,
        w.n - w.n_after - w.n_no_role - COALESCE(c.n - c.n_after - c.n_no_role, 0) AS n_used
    FROM with_copies AS w
    LEFT JOIN copies AS c ON c.patient_key = w.patient_key
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
