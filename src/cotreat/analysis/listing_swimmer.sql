-- One row per counted pair; the patient is the lane. Without dates every pair starts at 0.
WITH own_events AS (
    SELECT
        l.pair_key,
        STRING_AGG(e.term, '; ' ORDER BY e.event_key) FILTER (WHERE l.is_certain = 1) AS terms
    FROM event_pairs AS l LEFT JOIN events AS e ON e.event_key = l.event_key
    GROUP BY l.pair_key
),
starts AS (
    SELECT patient_key, MIN(start_day) AS first_day FROM pairs WHERE course_key IS NOT NULL GROUP BY patient_key
)
SELECT
    DENSE_RANK() OVER (ORDER BY p.patient_key) AS lane,
    t.patient_id, t.disease, p.case_id, p.course_key AS course, p.anchor, p.partner, p.has_dates,
    CASE WHEN p.has_dates = 1 THEN (p.start_day - s.first_day) / 30.4375 ELSE 0 END AS start_months,
    p.duration_days / 30.4375 AS duration_months,
    p.is_ongoing, p.response,
    p.end_reason || COALESCE('; ' || p.end_reason_other, '') AS end_reason,
    CASE WHEN e.pair_key IS NULL THEN 'none' ELSE e.terms END AS adverse_events
FROM pairs AS p
INNER JOIN patients AS t ON t.patient_key = p.patient_key
INNER JOIN starts AS s ON s.patient_key = p.patient_key
LEFT JOIN own_events AS e ON e.pair_key = p.pair_key
WHERE p.course_key IS NOT NULL
ORDER BY lane, p.pair_key
