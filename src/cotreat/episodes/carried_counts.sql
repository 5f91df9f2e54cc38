-- Supplies that begin later than recorded, because the supply before them had not run out: of those
-- that eras are made of, copies once.
WITH carried AS (
    SELECT s.patient_key
    FROM {exposures} AS s
    INNER JOIN {ended_exposures} AS e ON e.exposure_key = s.exposure_key AND e.start_day < s.start_day
    INNER JOIN {roles} AS r ON r.drug = s.drug
    INNER JOIN {observation} AS o ON o.patient_key = s.patient_key
    WHERE e.start_day <= o.last_day
    GROUP BY s.patient_key, s.drug, s.start_day, s.end_day, COALESCE(s.supply_days, -1), COALESCE(s.dose_ng_day, -1)
),
by_patient AS (
    SELECT patient_key, COUNT(*) AS n
    FROM carried
    GROUP BY patient_key
)
SELECT
    'carried_over' AS reason,
    CAST(SUM(n) AS BIGINT) AS exposures,
    COUNT(*) AS patients,
    CAST(6 AS BIGINT) AS step
FROM by_patient
HAVING COUNT(*) > 0
