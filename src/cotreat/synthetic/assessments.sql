-- Invented scores: at the start and then every 12 weeks; they fall with the days of treatment, faster or slower from
-- patient to patient, and some not at all. At the last visit the result is also judged.
WITH visits AS (
    SELECT
        p.patient_key,
        p.patient_id,
        p.luck,
        p.disease_key,
        p.observation_end,
        v.visit,
        CASE
            WHEN v.visit = 0 THEN p.first_day - draw(p.luck, 300) % 15
            ELSE p.first_day + 84 * v.visit - 7 + draw(p.luck, 300 + v.visit) % 15
        END AS day
    FROM synthetic_patients AS p
    CROSS JOIN RANGE(5) AS v (visit)
),
treated AS (
    SELECT
        v.patient_key,
        v.visit,
        CAST(SUM(
            CASE WHEN e.role = 'anchor' THEN GREATEST(0, LEAST(v.day, e.end_day) - e.start_day) ELSE 0 END
        ) AS BIGINT) AS anchor_days,
        CAST(SUM(
            CASE WHEN e.role = 'partner' THEN GREATEST(0, LEAST(v.day, e.end_day) - e.start_day) ELSE 0 END
        ) AS BIGINT) AS partner_days
    FROM visits AS v
    INNER JOIN synthetic_eras AS e ON e.patient_key = v.patient_key
    GROUP BY v.patient_key, v.visit
),
scored AS (
    SELECT
        v.patient_key,
        v.patient_id,
        v.visit,
        v.day,
        d.instrument,
        d.steps_per_point,
        d.lowest + draw(v.luck, 310) % (d.highest - d.lowest + 1) AS first_steps,
        100 + t.anchor_days * (draw(v.luck, 311) % 4) + t.partner_days * (draw(v.luck, 312) % 3) AS relief
    FROM visits AS v
    INNER JOIN treated AS t ON t.patient_key = v.patient_key AND t.visit = v.visit
    INNER JOIN synthetic_diseases AS d ON d.disease_key = v.disease_key
    WHERE v.day <= v.observation_end
)
SELECT
    patient_key,
    patient_id,
    visit,
    day,
    LOWER(instrument) AS instrument,
    instrument AS instrument_words,
    CAST(DIVIDE(first_steps * 100, relief) AS DOUBLE) / steps_per_point AS value,
    CASE
        WHEN visit < 4 THEN NULL
        WHEN relief >= 1000 THEN 'complete'
        WHEN relief >= 200 THEN 'partial'
        ELSE 'none'
    END AS response
FROM scored
