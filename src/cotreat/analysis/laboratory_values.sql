-- Laboratory values around and on the first combination of each patient: month 0 is the last value up to
-- its first day, month 3 the last one of the first three months, and so on while it lasts. Of several
-- values on one day the one counts that is nearer to a grade.
WITH first_courses AS (
    SELECT patient_key, start_day, end_day
    FROM (
        SELECT
            patient_key,
            start_day,
            end_day,
            ROW_NUMBER() OVER (PARTITION BY patient_key ORDER BY start_day, course_key) AS place
        FROM courses
    ) AS ranked
    WHERE place = 1
),
tests AS (
    SELECT test, MIN(side) AS side FROM laboratory_criteria GROUP BY test
),
placed AS (
    SELECT
        l.patient_key,
        l.test,
        t.side,
        l.day,
        l.value,
        CASE WHEN l.day <= c.start_day THEN 0
            ELSE 3 * CAST(CEIL(CAST(l.day - c.start_day AS DOUBLE) / 91.3125) AS BIGINT)
        END AS month
    FROM laboratory AS l
    INNER JOIN tests AS t ON t.test = l.test
    INNER JOIN first_courses AS c
        ON c.patient_key = l.patient_key AND l.day <= c.end_day AND l.day >= c.start_day - :lookback
    WHERE l.value IS NOT NULL
),
last_days AS (
    SELECT patient_key, test, month, MAX(day) AS day
    FROM placed
    GROUP BY patient_key, test, month
),
chosen AS (
    SELECT
        p.patient_key,
        p.test,
        p.month,
        CASE WHEN MIN(p.side) = 1 THEN MAX(p.value) ELSE MIN(p.value) END AS value
    FROM placed AS p
    INNER JOIN last_days AS d
        ON d.patient_key = p.patient_key AND d.test = p.test AND d.month = p.month AND d.day = p.day
    GROUP BY p.patient_key, p.test, p.month
)
SELECT test, month, value, COUNT(*) AS patients
FROM chosen
GROUP BY test, month, value
