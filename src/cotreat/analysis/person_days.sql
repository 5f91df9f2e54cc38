-- Person-time of each group: its patients, their days, and the sum of the squares of these.
--
-- spans: patient_key, a, b, start_day, end_day: days at risk under two group levels
WITH spans AS ({spans}),
own AS (
    SELECT a, b, patient_key, CAST(SUM(end_day - start_day + 1) AS BIGINT) AS days
    FROM spans
    GROUP BY a, b, patient_key
)
SELECT
    a,
    b,
    COUNT(*) AS patients,
    CAST(SUM(days) AS BIGINT) AS days,
    CAST(SUM(days * days) AS BIGINT) AS days_squared
FROM own
GROUP BY a, b
