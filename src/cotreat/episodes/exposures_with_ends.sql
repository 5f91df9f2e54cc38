-- Exposures with an end: a recorded one stays; else supply, where it is known; else the
-- protocol's rule. Before a later record of the same drug an exposure is never ongoing: it then
-- ends on the day before that record. Nothing after the end of observation counts, so a record
-- that starts later is no later record.
-- :rule is 0 ongoing, 1 a fixed length, 2 until the next record.
--
-- A partial date stands as its widest reading: a start on the first day of its month or year, an end
-- on the last. The narrowest is kept beside it and is NULL where the date is exact; a start does
-- not pass a recorded end, nor an end the start. An end that was reckoned is never partial.
WITH followed AS (
    SELECT
        e.*,
        o.last_day,
        MIN(CASE WHEN e.start_day <= o.last_day THEN e.start_day END) OVER (
            PARTITION BY e.patient_key, e.drug ORDER BY e.start_day
            RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS next_start_day
    FROM {exposures} AS e
    INNER JOIN {observation} AS o ON o.patient_key = e.patient_key
),
ruled AS (
    SELECT
        f.*,
        CASE
            WHEN f.is_ongoing = 1 AND f.next_start_day IS NULL THEN 'ongoing'
            WHEN f.end_day IS NOT NULL THEN COALESCE(f.end_rule, 'recorded')
            WHEN f.supply_days >= 1 THEN 'supply'
            WHEN :rule = 1 AND COALESCE(f.is_ongoing, 0) = 0 THEN 'fixed'
            WHEN f.next_start_day IS NOT NULL THEN 'until_next'
            ELSE 'ongoing'
        END AS applied_rule
    FROM followed AS f
),
ended AS (
    SELECT
        r.*,
        CASE
            WHEN r.applied_rule = 'ongoing' THEN GREATEST(r.last_day, r.start_day)
            WHEN r.end_day IS NOT NULL THEN r.end_day
            WHEN r.applied_rule = 'supply' THEN r.start_day + r.supply_days - 1
            WHEN r.applied_rule = 'fixed' THEN r.start_day + :fixed_days - 1
            ELSE r.next_start_day - 1
        END AS ruled_end_day
    FROM ruled AS r
),
widest AS (
    SELECT
        n.*,
        COALESCE(ys.last_day, ms.last_day) AS latest_start_day,
        COALESCE(ye.first_day, me.first_day) AS earliest_end_day
    FROM ended AS n
    LEFT JOIN {periods} AS ys
        ON n.date_precision = 'year' AND ys.period = 12 AND ys.first_day = n.start_day
    LEFT JOIN {periods} AS ms
        ON n.date_precision IN ('month', 'year') AND ms.period = 1 AND ms.first_day = n.start_day
    LEFT JOIN {periods} AS ye
        ON n.date_precision = 'year' AND n.applied_rule = 'recorded'
        AND ye.period = 12 AND ye.last_day = n.ruled_end_day
    LEFT JOIN {periods} AS me
        ON n.date_precision IN ('month', 'year') AND n.applied_rule = 'recorded'
        AND me.period = 1 AND me.last_day = n.ruled_end_day
)
SELECT
    w.exposure_key,
    w.patient_key,
    w.drug,
    w.start_day,
    w.ruled_end_day AS end_day,
    CASE WHEN w.applied_rule = 'ongoing' THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS is_ongoing,
    w.supply_days,
    w.date_precision,
    w.applied_rule AS end_rule,
    w.dose_text,
    w.dose_mg,
    w.dose_interval_days,
    w.dose_ng_day,
    w.route,
    w.dose_flag,
    w.reason_started,
    w.end_reason,
    w.source_id,
    w.source_row,
    CASE
        WHEN w.latest_start_day > w.ruled_end_day AND w.applied_rule = 'recorded' THEN w.ruled_end_day
        ELSE w.latest_start_day
    END AS narrow_start_day,
    CASE
        WHEN w.earliest_end_day < w.start_day THEN w.start_day
        ELSE w.earliest_end_day
    END AS narrow_end_day
FROM widest AS w
