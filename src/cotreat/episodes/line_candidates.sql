-- Candidates: inside a block, the eras that last long enough to begin a line; what is taken on
-- their first day, and the last treated day before it.
SELECT
    b.patient_key,
    b.start_day,
    e.bit,
    b.regimen_mask,
    LEAST((b.taken_before >> 1) - 524288, b.start_day - 1) AS treated_until
FROM {beginnings} AS b
INNER JOIN {eras} AS e ON e.patient_key = b.patient_key AND e.start_day = b.start_day
WHERE b.start_day - ((b.taken_before >> 1) - 524288) - 1 <= :switch_window
    AND e.end_day - e.start_day + 1 >= :min_overlap
