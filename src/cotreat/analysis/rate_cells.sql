-- Days and events of each patient by exposure state, calendar year, time since the first anchor drug began, age
-- then, and sex. Only events whose day and kind are known.
--
-- classes: event_key, class, is_certain: what each event is
-- covariates: patient_key, c1, c2, ...: further covariates as 0 and 1, or nothing
-- :class: the class of events that count
WITH classes AS ({classes}),
firsts AS (
    SELECT
        patient_key,
        MIN(CASE WHEN state IN ('anchor_only', 'combination') THEN start_day END) AS anchor_day
    FROM states
    GROUP BY patient_key
),
spans AS (
    SELECT
        s.patient_key,
        s.state,
        y.year,
        b.band,
        GREATEST(s.start_day, y.first_day, COALESCE(f.anchor_day, 0) + b.from_day) AS start_day,
        LEAST(s.end_day, y.last_day, COALESCE(f.anchor_day, 0) + b.to_day) AS end_day
    FROM states AS s
    INNER JOIN firsts AS f ON f.patient_key = s.patient_key
    INNER JOIN rate_years AS y ON y.first_day <= s.end_day AND y.last_day >= s.start_day
    INNER JOIN rate_bands AS b
        ON COALESCE(f.anchor_day, 0) + b.from_day <= s.end_day
        AND COALESCE(f.anchor_day, 0) + b.to_day >= s.start_day
    WHERE s.state <> 'none'
),
counted AS (
    SELECT DISTINCT e.event_key, e.patient_key, e.onset_day
    FROM events AS e
    INNER JOIN classes AS c ON c.event_key = e.event_key
    WHERE c.class = :class AND c.is_certain = 1 AND e.placement = 'placed' AND e.onset_day IS NOT NULL
),
found AS (
    SELECT s.patient_key, s.state, s.year, s.band, COUNT(*) AS events
    FROM counted AS e
    INNER JOIN spans AS s
        ON s.patient_key = e.patient_key AND s.start_day <= e.onset_day AND s.end_day >= e.onset_day
    GROUP BY s.patient_key, s.state, s.year, s.band
),
days AS (
    SELECT patient_key, state, year, band, CAST(SUM(end_day - start_day + 1) AS BIGINT) AS days
    FROM spans
    WHERE start_day <= end_day
    GROUP BY patient_key, state, year, band
)
SELECT
    d.patient_key,
    CASE d.state WHEN 'anchor_only' THEN 1 WHEN 'partner_only' THEN 2 ELSE 3 END AS state,
    d.year,
    d.band,
    CASE
        WHEN f.anchor_day - p.birth_day < 40 * 365.25 THEN 1
        WHEN f.anchor_day - p.birth_day < 65 * 365.25 THEN 2
        WHEN f.anchor_day - p.birth_day IS NOT NULL THEN 3
        WHEN p.age_years < 40 THEN 1
        WHEN p.age_years < 65 THEN 2
        WHEN p.age_years IS NOT NULL THEN 3
        ELSE 0
    END AS age,
    CASE p.sex WHEN 'female' THEN 1 WHEN 'male' THEN 2 WHEN 'other' THEN 3 ELSE 0 END AS sex,
    {columns}
    d.days,
    COALESCE(e.events, 0) AS events,
    CASE WHEN f.anchor_day IS NULL THEN 0 ELSE 1 END AS has_anchor
FROM days AS d
INNER JOIN firsts AS f ON f.patient_key = d.patient_key
INNER JOIN patients AS p ON p.patient_key = d.patient_key
{joins}
LEFT JOIN found AS e
    ON e.patient_key = d.patient_key AND e.state = d.state AND e.year = d.year AND e.band = d.band
