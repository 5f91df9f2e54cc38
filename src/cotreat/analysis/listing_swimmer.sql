-- One row per counted pair; the patient is the lane. Without dates every pair starts at 0.
-- marks: what happened on known days of a pair, "dose", a response or "event" with the month since the first pair.
WITH own_events AS (
    SELECT
        l.pair_key,
        STRING_AGG(e.term, '; ' ORDER BY e.event_key) FILTER (WHERE l.is_certain = 1) AS terms
    FROM event_pairs AS l LEFT JOIN events AS e ON e.event_key = l.event_key
    GROUP BY l.pair_key
),
starts AS (
    SELECT patient_key, MIN(start_day) AS first_day FROM pairs WHERE course_key IS NOT NULL GROUP BY patient_key
),
daily AS (
    SELECT patient_key, drug, start_day, SUM(dose_ng_day) AS dose, COUNT(*) - COUNT(dose_ng_day) AS n_unknown
    FROM exposures
    GROUP BY patient_key, drug, start_day
),
doses AS (
    SELECT
        patient_key,
        drug,
        start_day,
        CASE WHEN n_unknown = 0 THEN dose END AS dose,
        LAG(CASE WHEN n_unknown = 0 THEN dose END)
            OVER (PARTITION BY patient_key, drug ORDER BY start_day) AS dose_before
    FROM daily
),
happened AS (
    SELECT p.pair_key, d.start_day AS day, 'dose' AS kind
    FROM pairs AS p INNER JOIN doses AS d ON d.patient_key = p.patient_key AND d.drug IN (p.anchor, p.partner)
    WHERE d.start_day > p.start_day AND d.start_day <= p.end_day AND d.dose <> d.dose_before
    UNION
    SELECT p.pair_key, a.day, a.response AS kind
    FROM pairs AS p INNER JOIN assessments AS a ON a.patient_key = p.patient_key
    WHERE a.day > p.start_day AND a.day <= p.end_day AND a.response IS NOT NULL
        AND COALESCE(a.context, 'combination') = 'combination'
    UNION
    SELECT l.pair_key, e.onset_day AS day, 'event' AS kind
    FROM event_pairs AS l INNER JOIN events AS e ON e.event_key = l.event_key
    WHERE l.is_certain = 1 AND e.onset_day IS NOT NULL
),
marks AS (
    SELECT
        h.pair_key,
        STRING_AGG(h.kind || ' ' || ROUND((h.day - s.first_day) / 30.4375, 3), ';' ORDER BY h.day, h.kind) AS marks
    FROM happened AS h
    INNER JOIN pairs AS p ON p.pair_key = h.pair_key
    INNER JOIN starts AS s ON s.patient_key = p.patient_key
    WHERE p.has_dates = 1
    GROUP BY h.pair_key
)
SELECT
    DENSE_RANK() OVER (ORDER BY p.patient_key) AS lane,
    t.patient_id, t.disease, p.case_id, p.course_key AS course, p.anchor, p.partner, p.has_dates,
    CASE WHEN p.has_dates = 1 THEN (p.start_day - s.first_day) / 30.4375 ELSE 0 END AS start_months,
    p.duration_days / 30.4375 AS duration_months,
    p.is_ongoing, p.response,
    p.end_reason || COALESCE('; ' || p.end_reason_other, '') AS end_reason,
    CASE WHEN e.pair_key IS NULL THEN 'none' ELSE e.terms END AS adverse_events,
    m.marks
FROM pairs AS p
INNER JOIN patients AS t ON t.patient_key = p.patient_key
INNER JOIN starts AS s ON s.patient_key = p.patient_key
LEFT JOIN own_events AS e ON e.pair_key = p.pair_key
LEFT JOIN marks AS m ON m.pair_key = p.pair_key
WHERE p.course_key IS NOT NULL
ORDER BY lane, p.pair_key
