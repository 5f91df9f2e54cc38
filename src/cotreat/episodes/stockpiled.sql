-- Stockpiling: an early refill begins when the supply before it has run out.
-- Supplies of one drug are used up one after the other: with S the days supplied so far, a supply
-- begins on the latest of (its own or an earlier start - S before that start) + S before its own.
-- Exact duplicates count once; of supplies that start together the shorter, then the weaker, is
-- used up first. Exposures whose end does not come from supply stay as they are.
WITH supplies AS (
    SELECT DISTINCT patient_key, drug, start_day, end_day, COALESCE(dose_ng_day, -1) AS dose
    FROM {exposures}
    WHERE end_rule = 'supply'
),
supplied AS (
    SELECT
        s.*,
        COALESCE(CAST(SUM(end_day - start_day + 1) OVER (
            PARTITION BY patient_key, drug ORDER BY start_day, end_day, dose
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS BIGINT), 0) AS supplied_before
    FROM supplies AS s
),
carried AS (
    SELECT
        s.*,
        supplied_before + MAX(start_day - supplied_before) OVER (
            PARTITION BY patient_key, drug ORDER BY start_day, end_day, dose
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS carried_to
    FROM supplied AS s
)
SELECT
    e.exposure_key,
    e.patient_key,
    e.drug,
    COALESCE(c.carried_to, e.start_day) AS start_day,
    COALESCE(c.carried_to - c.start_day, 0) + e.end_day AS end_day,
    e.is_ongoing,
    e.supply_days,
    e.date_precision,
    e.end_rule,
    e.dose_text,
    e.dose_mg,
    e.dose_interval_days,
    e.dose_ng_day,
    e.route,
    e.dose_flag,
    e.reason_started,
    e.end_reason,
    e.source_id,
    e.source_row,
    -- It cannot have started before the supply before it had run out.
    CASE WHEN e.narrow_start_day < c.carried_to THEN c.carried_to ELSE e.narrow_start_day END AS narrow_start_day,
    e.narrow_end_day
FROM {exposures} AS e
LEFT JOIN carried AS c
    ON c.patient_key = e.patient_key
    AND c.drug = e.drug
    AND c.start_day = e.start_day
    AND c.end_day = e.end_day
    AND c.dose = COALESCE(e.dose_ng_day, -1)
    AND e.end_rule = 'supply'
