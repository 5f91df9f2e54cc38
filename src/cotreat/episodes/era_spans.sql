-- Spans of eras: exposures to the same drug joined while the uncovered days between them are at most
-- the drug's grace period. Uncovered days = next start - latest end so far - 1.
--
-- An era begins where nothing reaches the exposure. Drug and day are compared as one number, so
-- another drug is always out of reach. It ends where those before the next beginning reach to.
WITH joined AS (
    SELECT
        patient_key,
        moment,
        COALESCE(LEAD(reached_before) OVER (PARTITION BY patient_key ORDER BY moment), reached_at_last) AS reached
    FROM {supplies}
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
