-- Where the ends of the exposures come from that eras are made of, each exposure in one rule: recorded;
-- supply; a fixed length; until the next record; ongoing. Copies count once.
WITH distinct_ends AS (
    SELECT e.patient_key, COALESCE(e.end_rule, 'recorded') AS reason
    FROM {exposures} AS e
    INNER JOIN {roles} AS r ON r.drug = e.drug
    INNER JOIN {observation} AS o ON o.patient_key = e.patient_key
    WHERE e.start_day <= o.last_day
    GROUP BY
        e.patient_key, e.drug, e.start_day, e.end_day, COALESCE(e.end_rule, 'recorded'),
        COALESCE(e.supply_days, -1), COALESCE(e.dose_ng_day, -1)
),
by_patient AS (
    SELECT patient_key, reason, COUNT(*) AS n
    FROM distinct_ends
    GROUP BY patient_key, reason
)
SELECT
    reason,
    CAST(SUM(n) AS BIGINT) AS exposures,
    COUNT(*) AS patients,
    CAST(CASE reason
        WHEN 'recorded' THEN 1 WHEN 'supply' THEN 2 WHEN 'fixed' THEN 3 WHEN 'until_next' THEN 4 ELSE 5
    END AS BIGINT) AS step
FROM by_patient
GROUP BY reason
