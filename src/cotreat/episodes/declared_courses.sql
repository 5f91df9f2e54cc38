-- Courses of a case table: as long as the longest of their pairs, ongoing if one is; unknown
-- where an unknown pair could change that.
-- The set of partners is a sum of bits, one for each drug (at most 52, exact in a double);
-- its name is in partner_sets.
WITH partners AS (
    SELECT DISTINCT course_key, partner FROM pairs
),
sets AS (
    SELECT p.course_key, CAST(SUM(b.bit) AS BIGINT) AS mask
    FROM partners AS p
    INNER JOIN partner_bits AS b ON b.partner = p.partner
    GROUP BY p.course_key
),
ranked AS (
    SELECT
        p.*,
        ROW_NUMBER() OVER (
            PARTITION BY p.course_key
            ORDER BY CASE WHEN p.duration_days IS NULL THEN 1 ELSE 0 END, p.duration_days DESC, p.pair_key
        ) AS place
    FROM pairs AS p
),
members AS (
    SELECT
        course_key,
        COUNT(*) AS n_pairs,
        MIN(has_dates) AS has_dates,
        MIN(start_day) AS start_day,
        MAX(end_day) AS end_day,
        CASE WHEN COUNT(duration_days) = COUNT(*) THEN MAX(duration_days) END AS duration_days,
        CASE WHEN MAX(is_ongoing) = 1 OR COUNT(is_ongoing) = COUNT(*) THEN MAX(is_ongoing) END AS is_ongoing
    FROM pairs
    GROUP BY course_key
)
SELECT
    m.course_key,
    r.patient_key,
    r.anchor,
    n.partners,
    m.n_pairs,
    m.has_dates,
    m.start_day,
    m.end_day,
    m.duration_days,
    m.is_ongoing,
    r."order",
    CASE WHEN m.is_ongoing = 1 THEN 'ongoing' ELSE r."end" END AS "end"
FROM members AS m
INNER JOIN ranked AS r ON r.course_key = m.course_key AND r.place = 1
INNER JOIN sets AS t ON t.course_key = m.course_key
INNER JOIN partner_sets AS n ON n.mask = t.mask
