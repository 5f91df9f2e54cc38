-- Events of each class in each group: patients who had one, patients of whom it is unknown, events
-- in person-time, and for the patients who had them the sums of squares and of events times days.
--
-- spans: patient_key, a, b, start_day, end_day: days at risk under two group levels
-- placed: event_key, patient_key, a, b, is_certain, is_timed: the groups of each event; is_timed: it
--         began on days at risk for certain
-- classes: event_key, class, is_certain: what each event is
WITH spans AS ({spans}),
placed AS ({placed}),
classes AS ({classes}),
days AS (
    SELECT a, b, patient_key, CAST(SUM(end_day - start_day + 1) AS BIGINT) AS days
    FROM spans
    GROUP BY a, b, patient_key
),
own AS (
    SELECT
        p.a,
        p.b,
        c.class,
        p.patient_key,
        MAX(p.is_certain * c.is_certain) AS has_event,
        CAST(SUM(p.is_timed * c.is_certain) AS BIGINT) AS events,
        CAST(SUM(1 - p.is_timed * c.is_certain) AS BIGINT) AS open_events
    FROM placed AS p
    INNER JOIN classes AS c ON c.event_key = p.event_key
    GROUP BY p.a, p.b, c.class, p.patient_key
)
SELECT
    o.a,
    o.b,
    o.class,
    CAST(SUM(o.has_event) AS BIGINT) AS patients_with,
    CAST(SUM(1 - o.has_event) AS BIGINT) AS patients_open,
    CAST(SUM(o.events) AS BIGINT) AS events,
    CAST(SUM(o.open_events) AS BIGINT) AS open_events,
    CAST(SUM(o.events * o.events) AS BIGINT) AS events_squared,
    CAST(SUM(o.events * d.days) AS BIGINT) AS events_days
FROM own AS o
INNER JOIN days AS d ON d.a = o.a AND d.b = o.b AND d.patient_key = o.patient_key
GROUP BY o.a, o.b, o.class
