-- Candidates: inside a block, the eras that last long enough to begin a line; what is taken on
-- their first day, and the last treated day before it.
SELECT
    b.patient_key,
    b.block_day,
    e.start_day,
    e.bit,
    t.regimen_mask,
    COALESCE(g.start_day, e.start_day) - 1 AS treated_until
FROM {eras} AS e
INNER JOIN {line_blocks} AS b
    ON b.patient_key = e.patient_key
    AND b.block_day < e.start_day
    AND b.block_end_day >= e.start_day
INNER JOIN {timeline} AS t ON t.patient_key = e.patient_key AND t.start_day = e.start_day
LEFT JOIN {timeline} AS g
    ON g.patient_key = e.patient_key
    AND g.end_day = e.start_day - 1
    AND g.regimen_mask = 0
WHERE e.end_day - e.start_day + 1 >= :min_overlap
