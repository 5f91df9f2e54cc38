-- The value before treatment: of the last day on which there is one, up to the first day of person-time.
-- Of several values on that day the one that is further from the criterion, so that worsening is seen.
WITH before AS (
    SELECT patient_key, criterion_key, MAX(day) AS day
    FROM {laboratory_values}
    WHERE day <= first_day AND day >= first_day - :lookback AND value_n IS NOT NULL
    GROUP BY patient_key, criterion_key
)
SELECT
    v.patient_key,
    v.criterion_key,
    v.day,
    CASE WHEN MAX(c.side) = 1 THEN MIN(v.value_n) ELSE MAX(v.value_n) END AS baseline_n,
    CASE WHEN MAX(c.side) = 1 THEN MAX(v.limit_n) ELSE MIN(v.limit_n) END AS limit_n,
    MIN(v.is_high) AS is_high,
    MIN(v.is_low) AS is_low
FROM {laboratory_values} AS v
INNER JOIN before AS b
    ON b.patient_key = v.patient_key AND b.criterion_key = v.criterion_key AND b.day = v.day
INNER JOIN (SELECT criterion_key, MAX(side) AS side FROM {criteria} GROUP BY criterion_key) AS c
    ON c.criterion_key = v.criterion_key
-- Said again of the rows themselves, so that few of them are compared.
WHERE v.value_n IS NOT NULL AND v.day <= v.first_day AND v.day >= v.first_day - :lookback
GROUP BY v.patient_key, v.criterion_key, v.day
