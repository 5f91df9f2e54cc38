-- Days of segments of each patient, for the reconciliation, by the place that they fill (n22: place 22).
-- Whole days are summed as doubles: the sums are exact, and faster.
WITH factors AS (
    SELECT
        regimen_mask,
        CAST(1 - n_drugs AS DOUBLE) AS beside,
        CAST(CASE WHEN n_anchors * n_partners > 0 THEN 1 ELSE 0 END AS DOUBLE) AS combined,
        CAST(CASE WHEN n_anchors * n_partners > 1 THEN n_anchors * n_partners - 1 ELSE 0 END AS DOUBLE) AS parallel
    FROM {regimens}
),
treated AS (
    SELECT
        s.patient_key,
        MIN(s.start_day) AS first_day,
        CAST(SUM(f.beside * (s.end_day - s.start_day + 1)) AS BIGINT) AS beside,
        CAST(SUM(CAST(s.days AS DOUBLE)) AS BIGINT) AS days,
        CAST(SUM((1 - f.combined) * (s.end_day - s.start_day + 1)) AS BIGINT) AS alone,
        CAST(SUM(f.combined * (s.end_day - s.start_day + 1)) AS BIGINT) AS combined,
        CAST(SUM(f.parallel * (s.end_day - s.start_day + 1)) AS BIGINT) AS parallel
    FROM {segments} AS s
    INNER JOIN factors AS f ON f.regimen_mask = s.regimen_mask
    GROUP BY s.patient_key
),
-- Untreated days between two segments, and those of them after which no line begins; the day after the
-- last segment.
untreated AS (
    SELECT
        c.patient_key,
        CAST(SUM(CAST(c.end_day - c.start_day + 1 AS DOUBLE)) AS BIGINT) AS days,
        CAST(SUM(CAST(CASE WHEN l.line IS NULL THEN c.end_day - c.start_day + 1 END AS DOUBLE)) AS BIGINT)
            AS inside_lines,
        MAX(CASE WHEN c.end_day IS NULL THEN c.start_day END) AS after_last
    FROM {changes} AS c
    LEFT JOIN {lines} AS l ON l.patient_key = c.patient_key AND l.start_day = c.end_day + 1
    WHERE c.regimen_mask = 0 AND (c.end_day >= c.start_day OR c.end_day IS NULL)
    GROUP BY c.patient_key
),
-- Person-time begins on the first observed day on which something is taken. Few patients are treated
-- before they are observed: their treated days before it, and the untreated ones before which there was
-- no treated and observed day.
early AS (
    SELECT t.patient_key, o.first_day
    FROM treated AS t
    INNER JOIN {observation} AS o ON o.patient_key = t.patient_key
    WHERE o.first_day > t.first_day
),
early_treated AS (
    SELECT
        s.patient_key,
        CAST(SUM(LEAST(s.end_day, e.first_day - 1) - s.start_day + 1) AS BIGINT) AS days,
        CAST(SUM(f.combined * (LEAST(s.end_day, e.first_day - 1) - s.start_day + 1)) AS BIGINT) AS combined
    FROM {segments} AS s
    INNER JOIN early AS e ON e.patient_key = s.patient_key
    INNER JOIN factors AS f ON f.regimen_mask = s.regimen_mask
    WHERE s.start_day < e.first_day
    GROUP BY s.patient_key
),
early_untreated AS (
    SELECT c.patient_key, CAST(SUM(c.end_day - c.start_day + 1) AS BIGINT) AS days
    FROM {changes} AS c
    INNER JOIN early AS e ON e.patient_key = c.patient_key
    WHERE c.regimen_mask = 0 AND c.end_day >= c.start_day AND c.start_day <= e.first_day
    GROUP BY c.patient_key
)
SELECT
    t.patient_key,
    t.beside AS n22,
    t.days AS n29,
    -t.alone AS n32,
    t.parallel AS n33,
    COALESCE(u.inside_lines, 0) AS n52,
    -COALESCE(et.days, 0) AS n62,
    COALESCE(u.days, 0) - COALESCE(eu.days, 0) AS n63,
    CASE WHEN u.after_last > o.first_day THEN o.last_day - u.after_last + 1 ELSE 0 END AS n64,
    t.combined AS n71,
    -COALESCE(et.combined, 0) AS n72,
    COALESCE(et.combined, 0) - t.combined AS n73
FROM treated AS t
INNER JOIN {observation} AS o ON o.patient_key = t.patient_key
LEFT JOIN untreated AS u ON u.patient_key = t.patient_key
LEFT JOIN early_treated AS et ON et.patient_key = t.patient_key
LEFT JOIN early_untreated AS eu ON eu.patient_key = t.patient_key
