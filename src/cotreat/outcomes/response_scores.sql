-- Scores of the instruments that a criterion is about, in millionths of a point, so that they are whole numbers.
-- With the sign of its instrument a smaller number is always better. Two values of one day are kept as
-- the better and the worse one.
SELECT
    a.patient_key,
    i.instrument_key,
    a.day,
    MIN(i.sign * CAST(ROUND(a.value * 1000000) AS BIGINT)) AS better,
    MAX(i.sign * CAST(ROUND(a.value * 1000000) AS BIGINT)) AS worse
FROM {assessments} AS a
INNER JOIN {response_instruments} AS i ON i.instrument = a.instrument
INNER JOIN {observation} AS o ON o.patient_key = a.patient_key
WHERE a.value IS NOT NULL AND a.day <= o.last_day
GROUP BY a.patient_key, i.instrument_key, a.day
