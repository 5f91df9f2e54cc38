-- Stockpiling: an early refill begins when the supply before it has run out.
-- Supplies of one drug are used up one after the other: with S the days supplied so far, a supply
-- begins on the latest of (its own or an earlier start - S before that start) + S before its own.
-- Exact duplicates count once. Exposures whose end does not come from supply stay as they are.
WITH supplies AS (
    SELECT patient_key, drug, start_day, end_day, MIN(exposure_key) AS exposure_key
    FROM {exposures}
    WHERE end_rule = 'supply'
    GROUP BY patient_key, drug, start_day, end_day, COALESCE(dose_ng_day, -1)
),
supplied AS (
    SELECT
        patient_key,
        drug,
        exposure_key,
        start_day,
        end_day - start_day + 1 AS days,
        COALESCE(CAST(SUM(end_day - start_day + 1) OVER (
            PARTITION BY patient_key, drug ORDER BY start_day, exposure_key
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS BIGINT), 0) AS supplied_before
    FROM supplies
),
carried AS (
    SELECT
        exposure_key,
        days,
        supplied_before + MAX(start_day - supplied_before) OVER (
            PARTITION BY patient_key, drug ORDER BY start_day, exposure_key
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS start_day
    FROM supplied
)
SELECT
    e.exposure_key,
    e.patient_key,
    e.drug,
    COALESCE(c.start_day, e.start_day) AS start_day,
    COALESCE(c.start_day + c.days - 1, e.end_day) AS end_day,
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
    e.narrow_start_day,
    e.narrow_end_day
FROM {exposures} AS e
LEFT JOIN carried AS c ON c.exposure_key = e.exposure_key
WHERE COALESCE(e.end_rule, 'recorded') <> 'supply' OR c.exposure_key IS NOT NULL
