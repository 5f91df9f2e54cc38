-- What was judged of each drug, by any row of its event: one row per judge, method and category.
SELECT DISTINCT
    r.event_key,
    a.drug,
    COALESCE(a.method, 'not_recorded') AS method,
    a.judge,
    a.category
FROM (
    SELECT event_key, drug, method, judge, category FROM {attributions} WHERE category IS NOT NULL
    UNION ALL
    SELECT event_key, drug, method, judge, category FROM {causality_judged}
) AS a
INNER JOIN {event_rows} AS r ON r.row_key = a.event_key
