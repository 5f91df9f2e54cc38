-- Time at risk by drug and exposure state: the days of a drug's eras and of the risk windows after
-- them, each day once, as far as they are person-time. A day can belong to several drugs.
WITH reaching AS (
    SELECT
        patient_key,
        drug,
        start_day,
        end_day + risk_window AS end_day,
        MAX(end_day + risk_window) OVER (
            PARTITION BY patient_key, drug_key ORDER BY start_day
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS covered_until
    FROM {eras}
),
-- What an earlier window of the drug covers already is left out.
uncovered AS (
    SELECT
        patient_key,
        drug,
        CASE WHEN covered_until >= start_day THEN covered_until + 1 ELSE start_day END AS start_day,
        end_day
    FROM reaching
)
SELECT
    u.patient_key,
    u.drug,
    s.state,
    GREATEST(u.start_day, s.start_day) AS start_day,
    LEAST(u.end_day, s.end_day) AS end_day
FROM uncovered AS u
INNER JOIN {states} AS s
    ON s.patient_key = u.patient_key AND s.start_day <= u.end_day AND s.end_day >= u.start_day
WHERE u.start_day <= u.end_day
