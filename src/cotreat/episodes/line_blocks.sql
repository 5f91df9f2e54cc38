-- Blocks of treatment begin with a patient's first role drug and after more than switch_window
-- untreated days. Each begins a line, with what is taken on its first day.
-- treated_until: the last treated day before it, NULL before the first.
WITH begun AS (
    SELECT
        patient_key,
        end_day + 1 AS start_day,
        CASE WHEN start_day > -524288 THEN start_day - 1 END AS treated_until,
        LEAD(end_day) OVER (PARTITION BY patient_key ORDER BY end_day) AS block_end_day
    FROM {timeline}
    WHERE regimen_mask = 0 AND end_day - start_day + 1 > :switch_window
)
SELECT
    b.patient_key,
    b.start_day AS block_day,
    b.start_day,
    b.treated_until,
    COALESCE(b.block_end_day, 524287) AS block_end_day,
    t.regimen_mask
FROM begun AS b
INNER JOIN {timeline} AS t ON t.patient_key = b.patient_key AND t.start_day = b.start_day
