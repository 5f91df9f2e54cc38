-- Time at risk by regimen: the days of its pairs of any kind and of the risk windows after them, each
-- day once, as far as they are person-time. A day can belong to several regimens.
WITH person_time AS (
    SELECT patient_key, MIN(start_day) AS begin_day, MAX(end_day) AS last_day
    FROM {states}
    GROUP BY patient_key
),
windows AS (
    SELECT
        o.patient_key,
        o.anchor_key,
        o.partner_key,
        o.pair_key,
        GREATEST(o.start_day, t.begin_day) AS start_day,
        LEAST(o.risk_end_day, t.last_day) AS end_day
    FROM {overlaps} AS o
    INNER JOIN person_time AS t ON t.patient_key = o.patient_key
    WHERE o.risk_end_day >= t.begin_day
),
reaching AS (
    SELECT
        w.*,
        MAX(end_day) OVER (
            PARTITION BY patient_key, anchor_key, partner_key ORDER BY start_day, pair_key
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS covered_until
    FROM windows AS w
),
-- What an earlier window of the regimen covers already is left out.
uncovered AS (
    SELECT
        patient_key,
        anchor_key,
        partner_key,
        CASE WHEN covered_until >= start_day THEN covered_until + 1 ELSE start_day END AS start_day,
        end_day
    FROM reaching
)
SELECT u.patient_key, a.drug || ' + ' || b.drug AS regimen, u.start_day, u.end_day
FROM uncovered AS u
INNER JOIN {roles} AS a ON a.drug_key = u.anchor_key
INNER JOIN {roles} AS b ON b.drug_key = u.partner_key
WHERE u.start_day <= u.end_day
