-- Invented patients as persons of a CDM: a person's number is that of the patient, with as many digits for all.
SELECT
    :first_id + p.patient_key AS person_id,
    CASE p.sex WHEN 'female' THEN 8532 ELSE 8507 END AS gender_concept_id,
    m.year AS year_of_birth,
    m.month AS month_of_birth,
    p.birth_day - m.first_day + 1 AS day_of_birth,
    0 AS race_concept_id,
    0 AS ethnicity_concept_id,
    p.patient_id AS person_source_value,
    p.patient_key
FROM synthetic_patients AS p
INNER JOIN synthetic_months AS m ON p.birth_day BETWEEN m.first_day AND m.last_day
