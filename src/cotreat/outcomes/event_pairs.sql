-- Events in pairs: an event belongs to every pair of its patient on one of whose days it began, or in
-- the risk window after the pair. It is certain to when all days that its onset may have been lie
-- there; it may belong to it when one of them does, or when no onset is recorded.
SELECT
    o.pair_key,
    e.event_key,
    CAST(CASE
        WHEN e.earliest_onset_day >= o.start_day AND e.latest_onset_day <= LEAST(o.risk_end_day, b.last_day)
            THEN 1
        ELSE 0
    END AS BIGINT) AS is_certain
FROM {event_spans} AS e
INNER JOIN {overlaps} AS o
    ON o.patient_key = e.patient_key
    AND o.start_day <= COALESCE(e.latest_onset_day, o.start_day)
    AND o.risk_end_day >= COALESCE(e.earliest_onset_day, o.start_day)
INNER JOIN {observation} AS b ON b.patient_key = e.patient_key
WHERE COALESCE(e.earliest_onset_day, b.last_day) <= b.last_day
