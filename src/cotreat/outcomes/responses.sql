-- Response on treatment as a whole: ever met, met at the last value, durable, lost.
-- Durable: met at two values at least the durable days apart and at every value between them.
-- Lost: not met at a value after one at which it was; known of who met it and was seen again.
WITH counted AS (
    SELECT
        span_key,
        criterion_key,
        day,
        is_met,
        -- Values that were met have the same number as long as no other came between them.
        CAST(SUM(1 - is_met) OVER (
            PARTITION BY span_key, criterion_key ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS BIGINT) AS run
    FROM {response_visits}
),
runs AS (
    SELECT
        span_key,
        criterion_key,
        MIN(CASE WHEN is_met = 1 THEN day END) AS first_met,
        MAX(CASE WHEN is_met = 1 THEN day END) AS last_met,
        MAX(CASE WHEN is_met = 0 THEN day END) AS last_unmet,
        MAX(day) AS last_day,
        COUNT(*) AS n_values
    FROM counted
    GROUP BY span_key, criterion_key, run
),
summed AS (
    SELECT
        span_key,
        criterion_key,
        CAST(SUM(n_values) AS BIGINT) AS n_values,
        MIN(first_met) AS first_met,
        MAX(last_met) AS last_met,
        MAX(last_unmet) AS last_unmet,
        MAX(last_day) AS last_day,
        MAX(last_met - first_met) AS longest
    FROM runs
    GROUP BY span_key, criterion_key
)
SELECT
    q.span_key,
    q.patient_key,
    q.criterion_key,
    q.standing,
    COALESCE(n.n_values, 0) AS n_values,
    CASE
        WHEN q.standing <> 'eligible' THEN NULL
        WHEN n.n_values IS NULL THEN 'missing'
        WHEN n.first_met IS NULL THEN 'no'
        ELSE 'yes'
    END AS ever,
    CASE
        WHEN q.standing <> 'eligible' THEN NULL
        WHEN n.n_values IS NULL THEN 'missing'
        WHEN n.last_met = n.last_day THEN 'yes'
        ELSE 'no'
    END AS at_last,
    CASE
        WHEN q.standing <> 'eligible' THEN NULL
        WHEN s.followed_to < s.start_day + :durable_days THEN 'not_observed'
        WHEN n.n_values IS NULL THEN 'missing'
        WHEN n.longest >= :durable_days THEN 'yes'
        ELSE 'no'
    END AS durable,
    CASE
        WHEN q.standing <> 'eligible' OR n.first_met IS NULL THEN NULL
        WHEN n.last_unmet > n.first_met THEN 'yes'
        WHEN n.last_day > n.first_met THEN 'no'
        ELSE 'missing'
    END AS lost
FROM {response_asked} AS q
INNER JOIN {response_spans} AS s ON s.span_key = q.span_key
LEFT JOIN summed AS n ON n.span_key = q.span_key AND n.criterion_key = q.criterion_key
