-- First events of each class: in which group they came, and the time at risk that they end in every
-- group. A patient is left out whose first event came on a day that is not known.
--
-- spans: patient_key, a, b, start_day, end_day: days at risk under two group levels
-- classes: event_key, class, is_certain: what each event is
WITH spans AS ({spans}),
classes AS ({classes}),
onsets AS (
    SELECT
        c.class,
        e.patient_key,
        MIN(CASE WHEN c.is_certain = 1 AND e.placement = 'placed' THEN e.onset_day END) AS first_day,
        -- The first day on which another event may have come before it; -524288 is before all days.
        MIN(CASE
            WHEN c.is_certain = 0 OR e.placement <> 'placed' OR e.onset_day IS NULL
                THEN COALESCE(e.earliest_onset_day, -524288)
        END) AS perhaps_from
    FROM events AS e
    INNER JOIN classes AS c ON c.event_key = e.event_key
    WHERE e.placement IN ('placed', 'between_states', 'partly_observed', 'no_onset')
    GROUP BY c.class, e.patient_key
),
firsts AS (
    SELECT
        class,
        patient_key,
        CASE WHEN first_day <= COALESCE(perhaps_from, first_day) THEN first_day END AS first_day,
        CASE WHEN first_day <= COALESCE(perhaps_from, first_day) THEN first_day ELSE -524288 END
            AS last_day_at_risk
    FROM onsets
),
own AS (
    SELECT
        a,
        b,
        patient_key,
        MIN(start_day) AS begin_day
    FROM spans
    GROUP BY a, b, patient_key
),
counted AS (
    SELECT
        o.a,
        o.b,
        f.class,
        CAST(SUM(CASE WHEN f.first_day IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS left_out,
        CAST(SUM(CASE WHEN f.last_day_at_risk < o.begin_day THEN 1 ELSE 0 END) AS BIGINT) AS not_at_risk
    FROM firsts AS f
    INNER JOIN own AS o ON o.patient_key = f.patient_key
    GROUP BY o.a, o.b, f.class
),
ended AS (
    SELECT
        s.a,
        s.b,
        f.class,
        CAST(SUM(CASE WHEN f.first_day >= s.start_day AND f.first_day <= s.end_day THEN 1 ELSE 0 END)
            AS BIGINT) AS first_events,
        CAST(SUM(
            CASE
                WHEN s.end_day > f.last_day_at_risk
                    THEN s.end_day - GREATEST(s.start_day - 1, f.last_day_at_risk)
                ELSE 0
            END
        ) AS BIGINT) AS days_not_at_risk
    FROM firsts AS f
    INNER JOIN spans AS s ON s.patient_key = f.patient_key
    GROUP BY s.a, s.b, f.class
)
SELECT e.a, e.b, e.class, e.first_events, e.days_not_at_risk, c.left_out, c.not_at_risk
FROM ended AS e
INNER JOIN counted AS c ON c.a = e.a AND c.b = e.b AND c.class = e.class
