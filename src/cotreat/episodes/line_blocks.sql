-- Blocks of treatment begin with a patient's first role drug and after more than switch_window
-- untreated days. Each begins a line, with what is taken on its first day.
-- treated_until: the last treated day before it, NULL before the first.
SELECT
    patient_key,
    start_day AS block_day,
    COALESCE(LEAD(start_day) OVER (PARTITION BY patient_key ORDER BY start_day) - 1, 524287) AS block_end_day,
    start_day,
    (taken_before >> 1) - 524288 AS treated_until,
    regimen_mask
FROM {beginnings}
WHERE taken_before IS NULL OR start_day - ((taken_before >> 1) - 524288) - 1 > :switch_window
