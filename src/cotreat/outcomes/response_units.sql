-- Spans: what each counted pair is judged by: its own days, and the days of its course. Pairs and courses with
-- the same days and the same kind of end have one span, so that nothing is computed twice.
-- A course ended in remission if that is the reason of every pair that ended it and whose reason is known.
WITH counted AS (
    SELECT
        p.pair_key,
        p.course_key,
        p.patient_key,
        p.start_day,
        p.end_day,
        CASE WHEN p.end_reason = 'remission' THEN 1 ELSE 0 END AS is_remission
    FROM {pairs} AS p
    WHERE p.course_key IS NOT NULL
),
course_ends AS (
    SELECT c.course_key, MIN(CASE WHEN p.end_reason = 'remission' THEN 1 ELSE 0 END) AS is_remission
    FROM {courses} AS c
    INNER JOIN {pairs} AS p ON p.course_key = c.course_key AND p.end_day = c.end_day
    WHERE p.end_reason IS NOT NULL
    GROUP BY c.course_key
),
judged AS (
    SELECT pair_key, pair_key * 2 AS code, patient_key, start_day, end_day, is_remission
    FROM counted
    UNION ALL
    SELECT
        p.pair_key,
        p.pair_key * 2 + 1 AS code,
        c.patient_key,
        c.start_day,
        c.end_day,
        COALESCE(e.is_remission, 0) AS is_remission
    FROM counted AS p
    INNER JOIN {courses} AS c ON c.course_key = p.course_key
    LEFT JOIN course_ends AS e ON e.course_key = c.course_key
),
keyed AS (
    SELECT
        b.pair_key,
        MOD(b.code, 2) AS is_course,
        b.patient_key,
        b.start_day,
        b.end_day,
        b.is_remission,
        MIN(b.code) OVER (PARTITION BY b.patient_key, b.start_day, b.end_day, b.is_remission) AS span_key
    FROM judged AS b
)
SELECT
    k.pair_key,
    k.is_course,
    k.span_key,
    k.patient_key,
    k.start_day,
    k.end_day,
    k.is_remission,
    -- Who died was followed to the end: there is nothing more that could have been seen.
    CASE WHEN t.death_day = o.last_day THEN GREATEST(o.last_day, CAST(:cutoff AS BIGINT)) ELSE o.last_day END
        AS followed_to
FROM keyed AS k
INNER JOIN {observation} AS o ON o.patient_key = k.patient_key
INNER JOIN {patients} AS t ON t.patient_key = k.patient_key
