-- Scores of add-on courses on the anchor alone and on the combination: of each instrument the last value before
-- the course on which the anchor was taken and no partner, and the last value on the course.
-- A value of the course's first day is about what was before. Of two values on one day the better counts before
-- and the worse on the combination. Values are in millionths of a point, whole.
WITH firsts AS (
    SELECT
        c.course_key,
        c.patient_key,
        c.start_day,
        c.end_day,
        MIN(p.start_day - p.lead_days) AS anchor_start
    FROM {courses} AS c
    INNER JOIN {pairs} AS p ON p.course_key = c.course_key AND p.start_day = c.start_day
    WHERE c."order" = 'add_on' AND p.lead_days > 0
    GROUP BY c.course_key, c.patient_key, c.start_day, c.end_day
),
scores AS (
    SELECT
        a.patient_key,
        a.instrument,
        a.day,
        MIN(COALESCE(s.sign, 1) * CAST(ROUND(a.value * 1000000) AS BIGINT)) AS better,
        MAX(COALESCE(s.sign, 1) * CAST(ROUND(a.value * 1000000) AS BIGINT)) AS worse
    FROM {assessments} AS a
    LEFT JOIN {score_signs} AS s ON s.instrument = a.instrument
    WHERE a.value IS NOT NULL AND a.day IS NOT NULL
    GROUP BY a.patient_key, a.instrument, a.day
),
before AS (
    SELECT f.course_key, f.patient_key, r.instrument, r.day
    FROM firsts AS f
    INNER JOIN scores AS r
        ON r.patient_key = f.patient_key AND r.day > f.anchor_start AND r.day <= f.start_day
),
beside AS (
    SELECT DISTINCT b.course_key, b.day
    FROM before AS b
    INNER JOIN {eras} AS e ON e.patient_key = b.patient_key AND e.start_day < b.day AND e.end_day >= b.day
    WHERE e.role = 'partner'
),
last_days AS (
    SELECT b.course_key, b.instrument, 0 AS is_combined, MAX(b.day) AS day
    FROM before AS b
    LEFT JOIN beside AS o ON o.course_key = b.course_key AND o.day = b.day
    WHERE o.course_key IS NULL
    GROUP BY b.course_key, b.instrument
    UNION ALL
    SELECT f.course_key, r.instrument, 1 AS is_combined, MAX(r.day) AS day
    FROM firsts AS f
    INNER JOIN scores AS r
        ON r.patient_key = f.patient_key AND r.day > f.start_day AND r.day <= f.end_day
    GROUP BY f.course_key, r.instrument
)
SELECT
    f.course_key,
    f.patient_key,
    l.instrument,
    MAX(CASE WHEN l.is_combined = 0 THEN COALESCE(g.sign, 1) * r.better END) AS alone,
    MAX(CASE WHEN l.is_combined = 1 THEN COALESCE(g.sign, 1) * r.worse END) AS combined
FROM last_days AS l
INNER JOIN firsts AS f ON f.course_key = l.course_key
INNER JOIN scores AS r ON r.patient_key = f.patient_key AND r.instrument = l.instrument AND r.day = l.day
LEFT JOIN {score_signs} AS g ON g.instrument = l.instrument
GROUP BY f.course_key, f.patient_key, l.instrument
