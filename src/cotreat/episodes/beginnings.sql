-- Beginnings: the days on which an era begins. For each, what the eras that have begun so far
-- amount to, on that day and (before) at the beginning before it:
--   taken_until     the latest last day, (day + 524288) * 2 + (1 if that era is ongoing)
--   effect          of the anchor and partner eras the one with the latest last day,
--                   (day + 524288) * 32768 + risk window * 2 + (1 for an anchor): of those that end
--                   together the longest window counts
--   combined_until  the latest end of a risk window of a pair
WITH others AS (
    -- A pair begins with one of its eras.
    SELECT
        patient_key,
        start_day,
        risk_end_day AS combined_until,
        CAST(NULL AS INTEGER) AS taken_until,
        CAST(NULL AS BIGINT) AS effect
    FROM {overlaps}
    UNION ALL
    -- Eras that are not the last to begin on their day: few.
    SELECT
        c.patient_key,
        c.start_day,
        CAST(NULL AS BIGINT) AS combined_until,
        CAST(((c.era_end_day + 524288) << 1) + c.is_ongoing AS INTEGER) AS taken_until,
        CASE r.role
            WHEN 'anchor' THEN ((CAST(c.era_end_day AS BIGINT) + 524288) << 15) + r.risk_window * 2 + 1
            WHEN 'partner' THEN ((CAST(c.era_end_day AS BIGINT) + 524288) << 15) + r.risk_window * 2
            ELSE CAST(0 AS BIGINT)
        END AS effect
    FROM {changes} AS c
    INNER JOIN {roles} AS r ON r.drug_key = c.drug_key
    WHERE c.end_day < c.start_day
),
beside AS (
    SELECT
        patient_key,
        start_day,
        MAX(combined_until) AS combined_until,
        MAX(taken_until) AS taken_until,
        MAX(effect) AS effect
    FROM others
    GROUP BY patient_key, start_day
),
-- The last start of a day speaks for the day.
days AS (
    SELECT
        c.patient_key,
        c.start_day,
        c.regimen_mask,
        GREATEST(
            CAST(((c.era_end_day + 524288) << 1) + c.is_ongoing AS INTEGER), b.taken_until
        ) AS taken_until,
        GREATEST(
            CASE r.role
                WHEN 'anchor' THEN ((CAST(c.era_end_day AS BIGINT) + 524288) << 15) + r.risk_window * 2 + 1
                WHEN 'partner' THEN ((CAST(c.era_end_day AS BIGINT) + 524288) << 15) + r.risk_window * 2
                ELSE CAST(0 AS BIGINT)
            END,
            b.effect
        ) AS effect,
        CAST(COALESCE(b.combined_until, -524288) AS INTEGER) AS combined_until
    FROM {changes} AS c
    INNER JOIN {roles} AS r ON r.drug_key = c.drug_key
    LEFT JOIN beside AS b ON b.patient_key = c.patient_key AND b.start_day = c.start_day
    WHERE COALESCE(c.end_day, c.start_day) >= c.start_day
),
swept AS (
    SELECT
        patient_key,
        start_day,
        regimen_mask,
        taken_until,
        effect,
        combined_until,
        LEAD(start_day) OVER (PARTITION BY patient_key ORDER BY start_day) AS next_day,
        MAX(taken_until) OVER (
            PARTITION BY patient_key ORDER BY start_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS taken_before,
        MAX(effect) OVER (
            PARTITION BY patient_key ORDER BY start_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS effect_before,
        MAX(combined_until) OVER (
            PARTITION BY patient_key ORDER BY start_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS combined_before
    FROM days
)
SELECT
    patient_key,
    start_day,
    next_day,
    regimen_mask,
    GREATEST(taken_until, taken_before) AS taken_until,
    GREATEST(effect, effect_before) AS effect,
    GREATEST(combined_until, combined_before) AS combined_until,
    taken_before,
    effect_before,
    combined_before
FROM swept
