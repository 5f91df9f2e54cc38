-- Supplies: every exposure to a role drug as one number, and how far those before it reach. One sweep
-- over each patient; what the sweep needs of an exposure is packed into one integer, so that one number
-- sorts by drug, then first day, then last day. From the left:
--   drug_key    6 bits
--   first day  20 bits, days since 1970-01-01 plus 524288, never negative
--   reach      20 bits, last day plus grace period plus 524288: a start up to the next day joins
--   stop        2 bits, 3: goes on at the end of observation; 2: ended;
--                       1: supply ran out at most a grace period before the end of observation
--   remaining  14 bits, for stop 1 the days from there to the end of observation
-- Keys are stored as 4-byte integers, which sort faster.
-- Of two exposures that end on the same day the greater stop counts: a recorded end is an end.
WITH packed AS (
    SELECT
        CAST(e.patient_key AS INTEGER) AS patient_key,
        (((r.drug_key << 20) + e.start_day + 524288) << 36)
        + CASE
            WHEN e.is_ongoing = 1 OR e.end_day > o.last_day
                THEN ((o.last_day + r.grace_period + 524288) << 16) + 49152
            WHEN e.end_rule = 'supply' AND o.last_day - e.end_day <= r.grace_period
                THEN ((e.end_day + r.grace_period + 524288) << 16) + 16384 + (o.last_day - e.end_day)
            ELSE ((e.end_day + r.grace_period + 524288) << 16) + 32768
        END AS moment
    FROM {exposures} AS e
    INNER JOIN {roles} AS r ON r.drug = e.drug
    INNER JOIN {observation} AS o ON o.patient_key = e.patient_key
    WHERE e.start_day <= o.last_day
)
-- How far the exposures before each one reach: the same drug's, or a drug's that sorts before it;
-- and how far all of the patient's do.
-- The supply before is the same drug's, or a drug's that sorts before it, or NULL.
SELECT
    patient_key,
    moment,
    LAG(moment) OVER (PARTITION BY patient_key ORDER BY moment) AS moment_before,
    MAX(((moment >> 56) << 36) + (moment & 68719476735)) OVER (
        PARTITION BY patient_key ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached_before,
    MAX(((moment >> 56) << 36) + (moment & 68719476735)) OVER (
        PARTITION BY patient_key ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS reached_at_last
FROM packed
