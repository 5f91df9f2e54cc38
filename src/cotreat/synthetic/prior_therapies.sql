-- Invented earlier treatments: of each patient those of the list that chance gives.
SELECT
    d.*,
    CASE d.is_failed WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END AS failed_words
FROM (
    SELECT
        p.patient_key,
        p.patient_id,
        t.therapy_key,
        t.drug,
        t.drug_name AS drug_text,
        CASE
            WHEN draw(p.luck, 580 + t.therapy_key) % 10 < 8 THEN draw(p.luck, 580 + t.therapy_key) % 2
        END AS is_failed
    FROM synthetic_therapies AS t
    INNER JOIN synthetic_patients AS p ON draw(p.luck, 560 + t.therapy_key) % 100 < t.percent
) AS d
