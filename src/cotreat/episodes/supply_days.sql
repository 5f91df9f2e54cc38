-- Days of supply of each patient, for the reconciliation: what was supplied (n11), supplied twice
-- (n12), bridged (n13), and taken as ongoing after the last supply (n14).
-- The bits of a supply are named in supplies. Sums of whole days are exact in a double, and faster.
WITH covered AS (
    SELECT
        s.patient_key,
        r.grace_period,
        ((s.moment >> 36) & 1048575) - 524288 AS start_day,
        ((s.moment >> 16) & 1048575) - 524288 - r.grace_period AS end_day,
        -- What another drug reaches covers nothing.
        CASE
            WHEN (s.reached_before >> 36) = r.drug_key
                THEN ((s.reached_before >> 16) & 1048575) - 524288 - r.grace_period
        END AS covered_until
    FROM {supplies} AS s
    INNER JOIN {roles} AS r ON r.drug_key = (s.moment >> 56)
    -- The same days of the same drug count once.
    WHERE s.moment_before IS NULL OR (s.moment_before >> 16) < (s.moment >> 16)
),
counted AS (
    SELECT
        patient_key,
        end_day - start_day + 1 AS days,
        CASE WHEN covered_until >= start_day THEN start_day - LEAST(end_day, covered_until) - 1 ELSE 0 END
            AS twice,
        CASE
            WHEN start_day - covered_until - 1 BETWEEN 1 AND grace_period THEN start_day - covered_until - 1
            ELSE 0
        END AS bridged
    FROM covered
),
supplied AS (
    SELECT
        patient_key,
        CAST(SUM(CAST(days AS DOUBLE)) AS BIGINT) AS n11,
        CAST(SUM(CAST(twice AS DOUBLE)) AS BIGINT) AS n12,
        CAST(SUM(CAST(bridged AS DOUBLE)) AS BIGINT) AS n13
    FROM counted
    GROUP BY patient_key
),
-- Where the last supply of a drug ran out shortly before the end of observation, the days from there.
last_supplies AS (
    SELECT patient_key, MAX(moment & 68719476735) AS reach
    FROM {supplies}
    WHERE patient_key IN (SELECT patient_key FROM {supplies} WHERE (moment & 49152) = 16384)
    GROUP BY patient_key, (moment >> 56)
),
ongoing_days AS (
    SELECT patient_key, CAST(SUM(CASE WHEN (reach & 49152) = 16384 THEN reach & 16383 ELSE 0 END) AS BIGINT) AS n14
    FROM last_supplies
    GROUP BY patient_key
)
SELECT s.patient_key, s.n11, s.n12, s.n13, COALESCE(o.n14, 0) AS n14
FROM supplied AS s
LEFT JOIN ongoing_days AS o ON o.patient_key = s.patient_key
