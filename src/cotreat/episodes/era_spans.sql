-- Spans of eras: exposures to the same drug joined while the uncovered days between them are at most
-- the drug's grace period. Uncovered days = next start - latest end so far - 1.
--
-- One sweep over each patient. What the sweep needs of an exposure is packed into one
-- integer, so that one number sorts by drug, then first day, then last day. From the left:
--   drug_key    6 bits
--   first day  20 bits, days since 1970-01-01 plus 524288, never negative
--   reach      20 bits, last day plus grace period plus 524288: a start up to the next day joins
--   stop        2 bits, 3: goes on at the end of observation; 2: ended;
--                       1: supply ran out at most a grace period before the end of observation
--   remaining  14 bits, for stop 1 the days from there to the end of observation
-- Keys and days are stored as 4-byte integers, which sort faster.
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
),
-- How far the exposures before each one reach: the same drug's, or a drug's that sorts before it;
-- and how far all of the patient's do.
swept AS (
    SELECT
        patient_key,
        moment,
        MAX(((moment >> 56) << 36) + (moment & 68719476735)) OVER (
            PARTITION BY patient_key ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached_before,
        MAX(((moment >> 56) << 36) + (moment & 68719476735)) OVER (
            PARTITION BY patient_key ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS reached_at_last
    FROM packed
),
-- An era begins where nothing reaches the exposure. Drug and day are compared as one number, so
-- another drug is always out of reach. It ends where those before the next beginning reach to.
joined AS (
    SELECT
        patient_key,
        moment,
        COALESCE(LEAD(reached_before) OVER (PARTITION BY patient_key ORDER BY moment), reached_at_last) AS reached
    FROM swept
    WHERE (moment >> 36) > (COALESCE(reached_before, 0) >> 16) + 1
)
SELECT
    j.patient_key,
    CAST(r.drug_key AS INTEGER) AS drug_key,
    CAST(((j.moment >> 36) & 1048575) - 524288 AS INTEGER) AS start_day,
    CAST(((j.reached >> 16) & 1048575) - 524288 - r.grace_period + (j.reached & 16383) AS INTEGER) AS end_day,
    CASE WHEN (j.reached & 49152) = 32768 THEN 0 ELSE 1 END AS is_ongoing,
    CAST(NULL AS INTEGER) AS narrow_start_day,
    CAST(NULL AS INTEGER) AS narrow_end_day
FROM joined AS j
INNER JOIN {roles} AS r ON r.drug_key = (j.moment >> 56)
