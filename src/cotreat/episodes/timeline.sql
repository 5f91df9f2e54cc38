-- Timeline: every maximal interval on which the set of drugs a patient takes is constant, to the
-- last treated day. The set is empty between treatments, and before the first from the
-- beginning of days on.
--
-- A sweep: each era adds its drug's bit on its first day and takes it off on the day after its
-- last; the running sum is the set. Moment = (day + 524288) * 128 + (64 for an addition) + drug,
-- so that one number sorts them all; only the last moment of a day begins an interval.
WITH changes AS (
    SELECT
        CAST(patient_key AS INTEGER) AS patient_key,
        CAST(((start_day + 524288) << 7) + 64 + drug_key AS INTEGER) AS moment,
        CAST(bit AS DOUBLE) AS change
    FROM {eras}
    UNION ALL
    SELECT
        CAST(patient_key AS INTEGER) AS patient_key,
        CAST(((end_day + 524289) << 7) + drug_key AS INTEGER) AS moment,
        -CAST(bit AS DOUBLE) AS change
    FROM {eras}
    UNION ALL
    SELECT CAST(patient_key AS INTEGER) AS patient_key, 0 AS moment, CAST(0 AS DOUBLE) AS change
    FROM {observation}
),
swept AS (
    SELECT
        patient_key,
        (moment >> 7) - 524288 AS start_day,
        (LEAD(moment) OVER (PARTITION BY patient_key ORDER BY moment) >> 7) - 524289 AS end_day,
        CAST(SUM(change) OVER (
            PARTITION BY patient_key ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS BIGINT) AS regimen_mask
    FROM changes
)
SELECT patient_key, start_day, end_day, regimen_mask
FROM swept
WHERE end_day >= start_day
