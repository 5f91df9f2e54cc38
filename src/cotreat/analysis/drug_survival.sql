-- Lifetimes of combinations: one row per unit (a pair or a course), with how long it lasted and
-- why it ended.
--
-- selected: grp, pair_key, course_key, patient_key: the pairs that are counted
-- unit_key: what one counted unit is
-- length: of the pairs p of one unit, in days; last: of a pair p, what grows with its end
--
-- A unit goes on while one of its pairs does; but a death ends it. It is unknown when that or the
-- length of one of its pairs is. Kinds of end: 0 none yet, 1 adverse event, 2 ineffectiveness,
-- 3 remission, 4 any other reason, 5 death, 6 no reason known; of several the first counts.
WITH selected AS ({selected}),
members AS (
    SELECT
        s.grp,
        {unit_key} AS unit_key,
        s.patient_key,
        {last} AS last_value,
        CASE WHEN p.is_ongoing = 1 AND COALESCE(p.end_reason, '') <> 'death' THEN 1 ELSE 0 END AS goes_on,
        CASE
            WHEN p.is_ongoing IS NULL AND p.end_reason IS NULL THEN 1
            WHEN p.duration_days IS NULL THEN 1
            ELSE 0
        END AS is_unknown,
        CASE
            WHEN 'adverse_event' IN (p.end_reason, p.end_reason_other) THEN 1
            WHEN 'ineffectiveness' IN (p.end_reason, p.end_reason_other) THEN 2
            WHEN 'remission' IN (p.end_reason, p.end_reason_other) THEN 3
            WHEN COALESCE(p.end_reason, 'death') <> 'death' OR COALESCE(p.end_reason_other, 'death') <> 'death'
                THEN 4
            WHEN 'death' IN (p.end_reason, p.end_reason_other) THEN 5
            ELSE 6
        END AS kind,
        p.start_day,
        p.end_day,
        p.duration_days
    FROM selected AS s
    INNER JOIN pairs AS p ON p.pair_key = s.pair_key
),
units AS (
    SELECT
        p.grp,
        p.unit_key,
        p.patient_key,
        {length} AS days,
        MAX(p.last_value) AS last_value,
        MAX(p.goes_on) AS goes_on,
        MAX(p.is_unknown) AS is_unknown,
        MIN(COALESCE(p.start_day, 524288)) AS first_day
    FROM members AS p
    GROUP BY p.grp, p.unit_key, p.patient_key
),
ends AS (
    SELECT u.grp, u.unit_key, MIN(m.kind) AS kind
    FROM units AS u
    INNER JOIN members AS m ON m.grp = u.grp AND m.unit_key = u.unit_key AND m.last_value = u.last_value
    GROUP BY u.grp, u.unit_key
)
SELECT
    u.grp,
    u.unit_key,
    u.patient_key,
    CASE WHEN u.is_unknown = 0 THEN u.days END AS days,
    CASE WHEN u.goes_on = 1 THEN CAST(0 AS BIGINT) ELSE CAST(COALESCE(e.kind, 6) AS BIGINT) END AS kind,
    ROW_NUMBER() OVER (PARTITION BY u.grp, u.patient_key ORDER BY u.first_day, u.unit_key) AS place
FROM units AS u
LEFT JOIN ends AS e ON e.grp = u.grp AND e.unit_key = u.unit_key
