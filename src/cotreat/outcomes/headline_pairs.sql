-- Pairs with what headline numbers ask of them: the course that each belongs to, and whether it is short.
SELECT
    p.*,
    c.course_key,
    CASE WHEN p.end_day - p.start_day + 1 < :min_overlap THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END
        AS is_short_course
FROM {headline_records} AS p
LEFT JOIN {pair_courses} AS c ON c.pair_key = p.pair_key
