-- Blocks of treatment: they begin with a patient's first role drug, and after more than
-- switch_window untreated days. Each begins a line.
WITH firsts AS (
    SELECT patient_key, MIN(start_day) AS start_day FROM {timeline} GROUP BY patient_key
    UNION ALL
    SELECT t.patient_key, t.end_day + 1 AS start_day
    FROM {timeline} AS t
    INNER JOIN {observation} AS o ON o.patient_key = t.patient_key
    WHERE t.regimen_mask = 0 AND t.end_day - t.start_day + 1 > :switch_window AND t.end_day < o.last_day
)
SELECT
    f.patient_key,
    f.start_day AS block_day,
    f.start_day,
    t.regimen_mask,
    COALESCE(
        LEAD(f.start_day) OVER (PARTITION BY f.patient_key ORDER BY f.start_day) - 1, 524287
    ) AS block_end_day
FROM firsts AS f
INNER JOIN {timeline} AS t ON t.patient_key = f.patient_key AND t.start_day = f.start_day
