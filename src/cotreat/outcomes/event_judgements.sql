-- What was judged of each suspected drug, by any row of its event: one row per judge and method.
SELECT DISTINCT
    r.event_key,
    a.drug,
    COALESCE(a.method, 'not_recorded') AS method,
    a.judge,
    a.category
FROM {attributions} AS a
INNER JOIN {event_rows} AS r ON r.row_key = a.event_key
WHERE a.category IS NOT NULL
