-- Lines of therapy with the names of their regimens.
SELECT
    CAST(l.patient_key AS BIGINT) AS patient_key,
    l.line,
    CAST(l.start_day AS BIGINT) AS start_day,
    CAST(l.end_day AS BIGINT) AS end_day,
    l.regimen_mask,
    r.regimen,
    CAST(l.end_day - l.start_day + 1 AS BIGINT) AS days,
    CAST(l.is_ongoing AS BIGINT) AS is_ongoing
FROM {line_spans} AS l
INNER JOIN {regimens} AS r ON r.regimen_mask = l.regimen_mask
