-- Candidates: inside a block, the eras that last long enough to begin a line, and what is taken on
-- their first day.
SELECT DISTINCT b.patient_key, b.block_day, e.start_day, e.bit, t.regimen_mask
FROM {eras} AS e
INNER JOIN {line_blocks} AS b
    ON b.patient_key = e.patient_key
    AND b.block_day < e.start_day
    AND b.block_end_day >= e.start_day
INNER JOIN {timeline} AS t ON t.patient_key = e.patient_key AND t.start_day = e.start_day
WHERE e.end_day - e.start_day + 1 >= :min_overlap
