-- Linked pairs: pairs of any kind, of one patient and one anchor, linked by common days; the first of
-- them names them all. Which kind a pair is shows only later; who is on both drugs is known on the day.
WITH followed AS (
    SELECT
        pair_key,
        patient_key,
        anchor,
        start_day,
        MAX(end_day) OVER (
            PARTITION BY patient_key, anchor ORDER BY start_day, pair_key
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS taken_until
    FROM {pairs}
)
SELECT
    pair_key,
    -- Keys grow with the first day of a patient's pairs: the latest opening is the pair's own.
    MAX(CASE WHEN taken_until IS NULL OR start_day > taken_until THEN pair_key END) OVER (
        PARTITION BY patient_key, anchor ORDER BY start_day, pair_key
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS link_key
FROM followed
