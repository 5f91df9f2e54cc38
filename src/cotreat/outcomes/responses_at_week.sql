-- Response at a week: the value nearest to it within its window, of two equally near the later. After a stop
-- there is no response; after a stop in remission the last response holds. Who could not be observed to the week
-- is not_observed; who is treated and was not seen in the window is missing.
WITH near AS (
    SELECT
        v.span_key,
        v.criterion_key,
        w.week,
        -- Distance, then the later one, then what it was: one number sorts by all three.
        MIN((ABS(v.day - w.day) * 2 + CASE WHEN v.day < w.day THEN 1 ELSE 0 END) * 2 + 1 - v.is_met) AS code
    FROM {response_visits} AS v
    INNER JOIN {response_weeks} AS w ON v.day >= w.day - :window_days AND v.day <= w.day + :window_days
    GROUP BY v.span_key, v.criterion_key, w.week
),
lasts AS (
    SELECT span_key, criterion_key, MOD(MAX(day * 2 + is_met), 2) AS is_met
    FROM {response_visits}
    GROUP BY span_key, criterion_key
)
SELECT
    q.span_key,
    q.patient_key,
    q.criterion_key,
    w.week,
    CASE
        WHEN s.followed_to < s.start_day + w.day THEN 'not_observed'
        WHEN s.end_day < s.start_day + w.day AND s.is_remission = 0 THEN 'no'
        WHEN s.end_day < s.start_day + w.day AND l.is_met IS NULL THEN 'missing'
        WHEN s.end_day < s.start_day + w.day AND l.is_met = 1 THEN 'yes'
        WHEN s.end_day < s.start_day + w.day THEN 'no'
        WHEN n.code IS NULL THEN 'missing'
        WHEN MOD(n.code, 2) = 0 THEN 'yes'
        ELSE 'no'
    END AS answer
FROM {response_asked} AS q
INNER JOIN {response_spans} AS s ON s.span_key = q.span_key
CROSS JOIN {response_weeks} AS w
LEFT JOIN near AS n
    ON n.span_key = q.span_key AND n.criterion_key = q.criterion_key AND n.week = w.week
LEFT JOIN lasts AS l ON l.span_key = q.span_key AND l.criterion_key = q.criterion_key
WHERE q.standing = 'eligible'
