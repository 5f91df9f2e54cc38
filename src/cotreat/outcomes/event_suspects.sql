-- The drugs that are suspected of each event, by any of its rows.
SELECT DISTINCT r.event_key, a.drug
FROM {attributions} AS a
INNER JOIN {event_rows} AS r ON r.row_key = a.event_key
