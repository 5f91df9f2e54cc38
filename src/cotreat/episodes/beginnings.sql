-- Beginnings: the days on which an era begins. For each, what the eras that have begun so far
-- amount to, on that day and (before) at the beginning before it:
--   taken_until     the latest last day, (day + 524288) * 2 + (1 if that era is ongoing)
--   effect          of the anchor and partner eras the one with the latest last day,
--                   (day + 524288) * 32768 + risk window * 2 + (1 for an anchor): of those that end
--                   together the longest window counts
--   combined_until  the latest end of a risk window of a pair
WITH pair_risks AS (
    SELECT patient_key, start_day, MAX(risk_end_day) AS risk_end_day
    FROM {overlaps}
    GROUP BY patient_key, start_day
),
-- A pair begins with one of its eras.
starts AS (
    SELECT
        c.patient_key,
        CAST(((c.start_day + 524288) << 6) + c.drug_key AS INTEGER) AS moment,
        c.start_day,
        c.regimen_mask,
        CAST(((c.era_end_day + 524288) << 1) + c.is_ongoing AS INTEGER) AS taken_until,
        CASE r.role
            WHEN 'anchor' THEN ((CAST(c.era_end_day AS BIGINT) + 524288) << 15) + r.risk_window * 2 + 1
            WHEN 'partner' THEN ((CAST(c.era_end_day AS BIGINT) + 524288) << 15) + r.risk_window * 2
            ELSE CAST(0 AS BIGINT)
        END AS effect,
        CAST(COALESCE(p.risk_end_day, -524288) AS INTEGER) AS combined_until
    FROM {changes} AS c
    INNER JOIN {roles} AS r ON r.drug_key = c.drug_key
    LEFT JOIN pair_risks AS p ON p.patient_key = c.patient_key AND p.start_day = c.start_day
),
swept AS (
    SELECT
        patient_key,
        start_day,
        regimen_mask,
        LEAD(start_day) OVER (PARTITION BY patient_key ORDER BY moment) AS next_day,
        MAX(taken_until) OVER (
            PARTITION BY patient_key ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS taken_until,
        MAX(effect) OVER (
            PARTITION BY patient_key ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS effect,
        MAX(combined_until) OVER (
            PARTITION BY patient_key ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS combined_until
    FROM starts
)
-- The last start of a day speaks for the day.
SELECT
    patient_key,
    start_day,
    next_day,
    regimen_mask,
    taken_until,
    effect,
    combined_until,
    LAG(taken_until) OVER (PARTITION BY patient_key ORDER BY start_day) AS taken_before,
    LAG(effect) OVER (PARTITION BY patient_key ORDER BY start_day) AS effect_before,
    LAG(combined_until) OVER (PARTITION BY patient_key ORDER BY start_day) AS combined_before
FROM swept
WHERE next_day IS NULL OR next_day > start_day
