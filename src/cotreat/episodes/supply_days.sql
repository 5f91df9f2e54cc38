-- Days of supply of each patient, for the reconciliation: what was supplied (n11), supplied twice
-- (n12), bridged (n13), and taken as ongoing after the last supply (n14).
-- A supply is one number, so that one number sorts them: drug, first day, last day, 20 bits each.
WITH supplies AS (
    SELECT
        CAST(e.patient_key AS INTEGER) AS patient_key,
        (((r.drug_key << 20) + e.start_day + 524288) << 20)
        + CASE WHEN e.is_ongoing = 1 OR e.end_day > o.last_day THEN o.last_day ELSE e.end_day END + 524288
            AS moment
    FROM {exposures} AS e
    INNER JOIN {roles} AS r ON r.drug = e.drug
    INNER JOIN {observation} AS o ON o.patient_key = e.patient_key
    WHERE e.start_day <= o.last_day
),
swept AS (
    SELECT
        patient_key,
        moment,
        LAG(moment) OVER (PARTITION BY patient_key ORDER BY moment) AS moment_before,
        MAX(((moment >> 40) << 20) + (moment & 1048575)) OVER (
            PARTITION BY patient_key ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached
    FROM supplies
),
-- The same days of the same drug count once. What another drug reaches covers nothing.
covered AS (
    SELECT
        s.patient_key,
        r.drug_key,
        r.grace_period,
        ((s.moment >> 20) & 1048575) - 524288 AS start_day,
        (s.moment & 1048575) - 524288 AS end_day,
        CASE WHEN (s.reached >> 20) = r.drug_key THEN (s.reached & 1048575) - 524288 END AS covered_until
    FROM swept AS s
    INNER JOIN {roles} AS r ON r.drug_key = (s.moment >> 40)
    WHERE s.moment_before IS NULL OR s.moment_before < s.moment
),
supplied AS (
    SELECT
        patient_key,
        CAST(SUM(end_day - start_day + 1) AS BIGINT) AS n11,
        CAST(SUM(CASE WHEN covered_until >= start_day THEN start_day - LEAST(end_day, covered_until) - 1 ELSE 0 END)
            AS BIGINT) AS n12,
        CAST(SUM(
            CASE
                WHEN start_day - covered_until - 1 BETWEEN 1 AND grace_period THEN start_day - covered_until - 1
                ELSE 0
            END
        ) AS BIGINT) AS n13
    FROM covered
    GROUP BY patient_key
),
went_on AS (
    SELECT e.patient_key, e.end_day - MAX(c.end_day) AS days
    FROM {eras} AS e
    INNER JOIN covered AS c ON c.patient_key = e.patient_key AND c.drug_key = e.drug_key
    WHERE e.is_ongoing = 1
    GROUP BY e.patient_key, e.drug_key, e.start_day, e.end_day
),
ongoing_days AS (
    SELECT patient_key, CAST(SUM(days) AS BIGINT) AS n14
    FROM went_on
    GROUP BY patient_key
)
SELECT s.patient_key, s.n11, s.n12, s.n13, COALESCE(o.n14, 0) AS n14
FROM supplied AS s
LEFT JOIN ongoing_days AS o ON o.patient_key = s.patient_key
