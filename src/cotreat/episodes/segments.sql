-- Segments: the intervals of the timeline on which at least one role drug is taken.
SELECT
    t.patient_key,
    t.start_day,
    t.end_day,
    t.regimen_mask,
    r.n_drugs,
    t.end_day - t.start_day + 1 AS days
FROM {timeline} AS t
INNER JOIN {regimens} AS r ON r.regimen_mask = t.regimen_mask
WHERE t.regimen_mask > 0
