-- Days of segments of each patient, for the reconciliation, by the place that they fill (n22: place 22),
-- and the first and the last day of person-time.
--
-- What is taken, and the untreated days up to the next treatment or, after the last, to the end.
-- Person-time begins on the first observed day on which something is taken.
WITH treated AS (
    SELECT
        CAST(s.patient_key AS INTEGER) AS patient_key,
        CAST(s.start_day AS INTEGER) AS start_day,
        CAST(s.end_day AS INTEGER) AS end_day,
        CAST(s.end_day - s.start_day + 1 AS INTEGER) AS length,
        CAST(s.days AS INTEGER) AS days,
        CAST(o.first_day AS INTEGER) AS first_day,
        CAST(o.last_day AS INTEGER) AS last_day,
        CAST(r.n_drugs AS INTEGER) AS n_drugs,
        CAST(r.n_anchors * r.n_partners AS INTEGER) AS n_pairs
    FROM {segments} AS s
    INNER JOIN {regimens} AS r ON r.regimen_mask = s.regimen_mask
    INNER JOIN {observation} AS o ON o.patient_key = s.patient_key
),
taken AS (
    SELECT
        t.*,
        LEAD(t.start_day) OVER (PARTITION BY t.patient_key ORDER BY t.start_day) AS next_day,
        MIN(CASE WHEN t.end_day >= t.first_day THEN GREATEST(t.start_day, t.first_day) END) OVER (
            PARTITION BY t.patient_key ORDER BY t.start_day
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS begin_day
    FROM treated AS t
),
followed AS (
    SELECT
        t.*,
        l.line AS next_line,
        CASE WHEN t.next_day > t.end_day + 1 THEN t.next_day - t.end_day - 1 ELSE 0 END AS gap,
        CASE
            WHEN t.start_day < t.begin_day OR t.begin_day IS NULL
                THEN LEAST(t.end_day, COALESCE(t.begin_day - 1, t.end_day)) - t.start_day + 1
            ELSE 0
        END AS unobserved,
        CASE WHEN t.end_day >= t.begin_day THEN 1 ELSE 0 END AS is_observed
    FROM taken AS t
    LEFT JOIN {lines} AS l ON l.patient_key = t.patient_key AND l.start_day = t.next_day
)
SELECT
    patient_key,
    MIN(begin_day) AS begin_day,
    MAX(last_day) AS last_day,
    CAST(SUM((1 - n_drugs) * length) AS BIGINT) AS n22,
    CAST(SUM(days) AS BIGINT) AS n29,
    CAST(SUM(CASE WHEN n_pairs = 0 THEN -length ELSE 0 END) AS BIGINT) AS n32,
    CAST(SUM(CASE WHEN n_pairs > 1 THEN (n_pairs - 1) * length ELSE 0 END) AS BIGINT) AS n33,
    CAST(SUM(CASE WHEN next_line IS NULL THEN gap ELSE 0 END) AS BIGINT) AS n52,
    CAST(SUM(-unobserved) AS BIGINT) AS n62,
    CAST(SUM(gap * is_observed) AS BIGINT) AS n63,
    CAST(SUM(CASE WHEN next_day IS NULL AND is_observed = 1 THEN last_day - end_day ELSE 0 END) AS BIGINT)
        AS n64,
    CAST(SUM(CASE WHEN n_pairs > 0 THEN length ELSE 0 END) AS BIGINT) AS n71,
    CAST(SUM(CASE WHEN n_pairs > 0 THEN -unobserved ELSE 0 END) AS BIGINT) AS n72,
    CAST(SUM(
        CASE
            WHEN n_pairs > 0 AND is_observed = 1 THEN GREATEST(start_day, begin_day) - end_day - 1
            ELSE 0
        END
    ) AS BIGINT) AS n73
FROM followed
GROUP BY patient_key
