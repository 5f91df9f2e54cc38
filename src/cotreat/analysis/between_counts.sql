-- Patients by their combinations of one regimen and of the reference, and by how many of each responded.
--
-- answers: regimen, patient_key, criterion_key, week, hit: one row per combination whose answer is known
-- :reference: the regimen with which the others are compared; its own rows stand against themselves
WITH answers AS ({answers}),
units AS (
    SELECT
        regimen,
        patient_key,
        criterion_key,
        week,
        COUNT(*) AS n,
        CAST(SUM(hit) AS BIGINT) AS hits
    FROM answers
    GROUP BY regimen, patient_key, criterion_key, week
),
compared AS (
    SELECT patient_key, criterion_key, week, n, hits FROM units WHERE regimen = :reference
)
SELECT
    u.regimen,
    u.criterion_key,
    u.week,
    u.n,
    u.hits,
    COALESCE(r.n, 0) AS reference_n,
    COALESCE(r.hits, 0) AS reference_hits,
    COUNT(*) AS patients
FROM units AS u
LEFT JOIN compared AS r
    ON r.patient_key = u.patient_key AND r.criterion_key = u.criterion_key AND r.week = u.week
GROUP BY u.regimen, u.criterion_key, u.week, u.n, u.hits, COALESCE(r.n, 0), COALESCE(r.hits, 0)
