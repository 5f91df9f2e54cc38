-- How many exposures were read and what became of them, each row in one reason: the copies of an
-- exact duplicate, what starts after the end of observation, drugs without a role, and used.
-- Mostly all are used, so that only what is not is counted by patient.
WITH followed AS (
    SELECT
        patient_key,
        start_day,
        LAG(start_day) OVER (PARTITION BY patient_key ORDER BY start_day) AS start_before
    FROM (
        SELECT CAST(patient_key AS INTEGER) AS patient_key, CAST(start_day AS INTEGER) AS start_day FROM {exposures}
    ) AS e
),
started AS (
    -- Copies start together: few exposures of a patient do, and only those are compared whole.
    SELECT DISTINCT patient_key, start_day
    FROM followed
    WHERE start_day = start_before
),
alike AS (
    SELECT e.patient_key, e.drug, e.start_day, COUNT(*) - 1 AS copies
    FROM {exposures} AS e
    INNER JOIN started AS s ON s.patient_key = e.patient_key AND s.start_day = e.start_day
    GROUP BY
        e.patient_key, e.drug, e.start_day,
        COALESCE(e.end_day, 524288), COALESCE(e.is_ongoing, 0), COALESCE(e.supply_days, -1),
        COALESCE(e.dose_ng_day, -1)
    HAVING COUNT(*) > 1
),
unused AS (
    SELECT
        e.patient_key,
        0 AS n_duplicate,
        CASE WHEN e.start_day > o.last_day THEN 1 ELSE 0 END AS n_after,
        CASE WHEN e.start_day > o.last_day THEN 0 ELSE 1 END AS n_no_role
    FROM {exposures} AS e
    INNER JOIN {observation} AS o ON o.patient_key = e.patient_key
    LEFT JOIN {roles} AS r ON r.drug = e.drug
    WHERE e.start_day > o.last_day OR r.drug_key IS NULL
    UNION ALL
    SELECT
        a.patient_key,
        a.copies AS n_duplicate,
        CASE WHEN a.start_day > o.last_day THEN -a.copies ELSE 0 END AS n_after,
        CASE WHEN a.start_day <= o.last_day AND r.drug_key IS NULL THEN -a.copies ELSE 0 END AS n_no_role
    FROM alike AS a
    INNER JOIN {observation} AS o ON o.patient_key = a.patient_key
    LEFT JOIN {roles} AS r ON r.drug = a.drug
),
unused_by_patient AS (
    SELECT
        patient_key,
        CAST(SUM(n_duplicate) AS BIGINT) AS n_duplicate,
        CAST(SUM(n_after) AS BIGINT) AS n_after,
        CAST(SUM(n_no_role) AS BIGINT) AS n_no_role
    FROM unused
    GROUP BY patient_key
),
read_by_patient AS (
    SELECT patient_key, COUNT(*) AS n
    FROM {exposures}
    WHERE patient_key IN (SELECT patient_key FROM unused_by_patient)
    GROUP BY patient_key
),
by_patient AS (
    SELECT
        u.n_duplicate,
        u.n_after,
        u.n_no_role,
        CASE WHEN r.n = u.n_duplicate + u.n_after + u.n_no_role THEN 1 ELSE 0 END AS is_unused
    FROM unused_by_patient AS u
    INNER JOIN read_by_patient AS r ON r.patient_key = u.patient_key
),
totals AS (
    SELECT CAST(SUM(p.n) AS BIGINT) AS n_read, COUNT(*) AS n_patients
    FROM (SELECT patient_key, COUNT(*) AS n FROM {exposures} GROUP BY patient_key) AS p
    INNER JOIN {observation} AS o ON o.patient_key = p.patient_key
),
all_unused AS (
    SELECT
        COALESCE(CAST(SUM(n_duplicate) AS BIGINT), 0) AS n_duplicate,
        COALESCE(CAST(SUM(n_after) AS BIGINT), 0) AS n_after,
        COALESCE(CAST(SUM(n_no_role) AS BIGINT), 0) AS n_no_role,
        COUNT(CASE WHEN n_duplicate > 0 THEN 1 END) AS duplicate_patients,
        COUNT(CASE WHEN n_after > 0 THEN 1 END) AS after_patients,
        COUNT(CASE WHEN n_no_role > 0 THEN 1 END) AS no_role_patients,
        COUNT(CASE WHEN is_unused = 1 THEN 1 END) AS unused_patients
    FROM by_patient
),
counted AS (
    SELECT 1 AS step, 'read' AS reason, n_read AS exposures, n_patients AS patients FROM totals
    UNION ALL
    SELECT 2 AS step, 'duplicate' AS reason, n_duplicate AS exposures, duplicate_patients AS patients FROM all_unused
    UNION ALL
    SELECT 3 AS step, 'after_observation_end' AS reason, n_after AS exposures, after_patients AS patients
    FROM all_unused
    UNION ALL
    SELECT 4 AS step, 'no_role' AS reason, n_no_role AS exposures, no_role_patients AS patients FROM all_unused
    UNION ALL
    SELECT
        5 AS step,
        'used' AS reason,
        t.n_read - u.n_duplicate - u.n_after - u.n_no_role AS exposures,
        t.n_patients - u.unused_patients AS patients
    FROM totals AS t
    CROSS JOIN all_unused AS u
)
SELECT reason, exposures, patients, CAST(step AS BIGINT) AS step
FROM counted
WHERE exposures > 0
