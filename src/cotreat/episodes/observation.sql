-- Observation: from when and until when each patient was observed. Nothing later counts.
-- The last day is the earliest of the cut-off, death, and the end of what was recorded.
-- Where the first day is not known it is the day of the first exposure, of any drug.
WITH first_records AS (
    SELECT patient_key, MIN(start_day) AS first_day
    FROM {exposures}
    GROUP BY patient_key
)
SELECT
    p.patient_key,
    COALESCE(p.observed_from, f.first_day) AS first_day,
    LEAST(
        CAST(:cutoff AS BIGINT),
        COALESCE(p.observed_to, CAST(:cutoff AS BIGINT)),
        COALESCE(p.death_day, CAST(:cutoff AS BIGINT))
    ) AS last_day,
    p.birth_day,
    p.age_years
FROM {patients} AS p
INNER JOIN first_records AS f ON f.patient_key = p.patient_key
