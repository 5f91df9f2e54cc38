-- Segments: the intervals of the timeline on which at least one role drug is taken.
SELECT
    CAST(t.patient_key AS BIGINT) AS patient_key,
    CAST(t.start_day AS BIGINT) AS start_day,
    CAST(t.end_day AS BIGINT) AS end_day,
    t.regimen_mask,
    r.n_drugs,
    CAST(t.end_day - t.start_day + 1 AS BIGINT) AS days
FROM {timeline} AS t
INNER JOIN {regimens} AS r ON r.regimen_mask = t.regimen_mask
WHERE t.regimen_mask > 0
