-- Invented laboratory results: every test before treatment and 24 weeks after its start.
WITH taken AS (
    SELECT
        p.patient_key,
        p.patient_id,
        v.visit,
        p.first_day + 168 * v.visit - draw(p.luck, 320 + v.visit) % 15 AS day,
        t.test_key,
        t.test,
        t.unit,
        t.kept_unit,
        t.steps_per_unit,
        t.lln,
        t.uln,
        CASE
            WHEN draw(p.luck, 330 + 10 * t.test_key + v.visit) % 100 < 94
                THEN t.lowest + draw(p.luck, 430 + 10 * t.test_key + v.visit) % (t.highest - t.lowest + 1)
            ELSE t.odd_lowest + draw(p.luck, 430 + 10 * t.test_key + v.visit) % (t.odd_highest - t.odd_lowest + 1)
        END AS steps
    FROM synthetic_patients AS p
    CROSS JOIN RANGE(2) AS v (visit)
    CROSS JOIN synthetic_laboratory_tests AS t
    WHERE p.first_day + 168 * v.visit <= p.observation_end
)
SELECT
    patient_key,
    patient_id,
    visit,
    day,
    test_key,
    test,
    CAST(steps AS DOUBLE) / steps_per_unit AS value,
    unit,
    kept_unit,
    CAST(lln AS DOUBLE) / steps_per_unit AS lln,
    CAST(uln AS DOUBLE) / steps_per_unit AS uln
FROM taken
