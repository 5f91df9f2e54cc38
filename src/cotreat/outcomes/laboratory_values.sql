-- Laboratory results beside the criteria of their test, in whole numbers of 10^-9 of their unit: only
-- integers are compared, so a value on the bound of a grade is on it on every engine. Values are turned
-- round (times side) where low ones are graded, so that every comparison is "greater than". A limit that
-- is not above 0 is none.
SELECT
    l.patient_key,
    l.day,
    c.criterion_key,
    c.is_molar,
    CAST(FLOOR(l.value * 1000000000 + 0.5) AS BIGINT) AS value_n,
    CASE WHEN c.side = 1 THEN CASE WHEN l.uln > 0 AND l.uln < 10000000
        THEN CAST(FLOOR(l.uln * 1000000000 + 0.5) AS BIGINT) END
    ELSE CASE WHEN l.lln > 0 AND l.lln < 10000000
        THEN CAST(FLOOR(l.lln * 1000000000 + 0.5) AS BIGINT) END
    END AS limit_n,
    CASE WHEN l.uln > 0 AND l.uln < 10000000 THEN CASE WHEN l.value > l.uln THEN 1 ELSE 0 END END AS is_high,
    CASE WHEN l.lln > 0 AND l.lln < 10000000 THEN CASE WHEN l.value < l.lln THEN 1 ELSE 0 END END AS is_low,
    p.first_day,
    l.source_id,
    l.source_row
FROM {laboratory} AS l
INNER JOIN {criteria} AS c ON c.test = l.test AND c.is_molar = COALESCE(l.is_molar, 0)
INNER JOIN (
    SELECT patient_key, MIN(start_day) AS first_day, MAX(end_day) AS last_day FROM {states} GROUP BY patient_key
) AS p ON p.patient_key = l.patient_key AND l.day <= p.last_day
