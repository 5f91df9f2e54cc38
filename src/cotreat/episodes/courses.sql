-- Courses: counted pairs of one patient and one anchor, linked by common days. A course lasts from
-- the first day of its pairs to the last; its order is that of its first pair, its end that of the
-- pair that ends last. Of several that start (end) on that day the level listed first counts.
WITH members AS (
    SELECT
        course_key,
        patient_key,
        anchor,
        COUNT(*) AS n_pairs,
        MIN(start_day) AS start_day,
        MAX(end_day) AS end_day,
        MAX(is_ongoing) AS is_ongoing
    FROM {pairs}
    WHERE course_key IS NOT NULL
    GROUP BY course_key, patient_key, anchor
),
firsts AS (
    SELECT
        m.course_key,
        MIN(
            CASE p."order" WHEN 'add_on' THEN 1 WHEN 'anchor_added' THEN 2 WHEN 'simultaneous' THEN 3 ELSE 4 END
        ) AS place
    FROM members AS m
    INNER JOIN {pairs} AS p ON p.course_key = m.course_key AND p.start_day = m.start_day
    GROUP BY m.course_key
),
lasts AS (
    SELECT
        m.course_key,
        MIN(
            CASE p."end" WHEN 'ongoing' THEN 1 WHEN 'both_stopped' THEN 2 WHEN 'partner_stopped' THEN 3 ELSE 4 END
        ) AS place
    FROM members AS m
    INNER JOIN {pairs} AS p ON p.course_key = m.course_key AND p.end_day = m.end_day
    GROUP BY m.course_key
)
SELECT
    m.course_key,
    m.patient_key,
    m.anchor,
    s.regimen AS partners,
    m.n_pairs,
    CAST(1 AS BIGINT) AS has_dates,
    m.start_day,
    m.end_day,
    CAST(m.end_day - m.start_day + 1 AS DOUBLE) AS duration_days,
    m.is_ongoing,
    CASE f.place WHEN 1 THEN 'add_on' WHEN 2 THEN 'anchor_added' WHEN 3 THEN 'simultaneous' ELSE 'unknown' END
        AS "order",
    CASE l.place
        WHEN 1 THEN 'ongoing' WHEN 2 THEN 'both_stopped' WHEN 3 THEN 'partner_stopped' ELSE 'anchor_stopped'
    END AS "end"
FROM members AS m
INNER JOIN firsts AS f ON f.course_key = m.course_key
INNER JOIN lasts AS l ON l.course_key = m.course_key
INNER JOIN {partner_sets} AS t ON t.course_key = m.course_key
INNER JOIN {partner_regimens} AS s ON s.regimen_mask = t.regimen_mask
