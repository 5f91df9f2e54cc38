-- Events in the cases that name them; a case whose adverse events are unknown has a row without an event.
SELECT
    pair_key,
    CASE WHEN certainty = 'recorded' THEN event_key END AS event_key,
    CAST(CASE WHEN certainty = 'recorded' THEN 1 ELSE 0 END AS BIGINT) AS is_certain
FROM {adverse_events}
WHERE pair_key IS NOT NULL
