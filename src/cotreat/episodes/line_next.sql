-- The next line of each block: the first candidate whose drug is not in the current line, which is
-- what was taken on the current line's first day.
WITH nexts AS (
    SELECT l.patient_key, l.block_day, l.block_end_day, MIN(c.start_day) AS start_day
    FROM {line_starts} AS l
    INNER JOIN {line_candidates} AS c
        ON c.patient_key = l.patient_key
        AND c.start_day > l.start_day
        AND c.start_day <= l.block_end_day
    WHERE (c.bit & l.regimen_mask) = 0
    GROUP BY l.patient_key, l.block_day, l.block_end_day
)
SELECT DISTINCT
    n.patient_key, n.block_day, n.block_end_day, n.start_day, c.treated_until, c.regimen_mask
FROM nexts AS n
INNER JOIN {line_candidates} AS c ON c.patient_key = n.patient_key AND c.start_day = n.start_day
