-- Changes: every start and stop of an era, in the order of time, with the set of drugs taken from
-- then on. A sweep: each era adds its drug's bit on its first day and takes it off on the day
-- after its last; the running sum is the set. Moment = (day + 524288) * 128 + (64 for a start) +
-- drug, so that one number sorts them all; only the last change of a day speaks for the day.
-- A start carries its era: drug_key (0 for a stop), last day and whether it is ongoing.
WITH moments AS (
    SELECT
        CAST(patient_key AS INTEGER) AS patient_key,
        CAST(((start_day + 524288) << 7) + 64 + drug_key AS INTEGER) AS moment,
        CAST(bit AS DOUBLE) AS change,
        CAST(drug_key AS INTEGER) AS drug_key,
        CAST(end_day AS INTEGER) AS era_end_day,
        CAST(is_ongoing AS INTEGER) AS is_ongoing
    FROM {eras}
    UNION ALL
    SELECT
        CAST(patient_key AS INTEGER) AS patient_key,
        CAST(((end_day + 524289) << 7) + drug_key AS INTEGER) AS moment,
        -CAST(bit AS DOUBLE) AS change,
        0 AS drug_key,
        CAST(NULL AS INTEGER) AS era_end_day,
        CAST(NULL AS INTEGER) AS is_ongoing
    FROM {eras}
)
SELECT
    patient_key,
    (moment >> 7) - 524288 AS start_day,
    -- The day before the next change: an earlier one than start_day if that comes on the same day.
    (LEAD(moment) OVER (PARTITION BY patient_key ORDER BY moment) >> 7) - 524289 AS end_day,
    CAST(SUM(change) OVER (
        PARTITION BY patient_key ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS regimen_mask,
    drug_key,
    era_end_day,
    is_ongoing
FROM moments
