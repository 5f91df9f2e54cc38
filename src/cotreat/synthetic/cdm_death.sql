-- Deaths of invented patients.
SELECT :first_id + p.patient_key AS person_id, p.death_day AS death_date, 0 AS death_type_concept_id, p.patient_key
FROM synthetic_patients AS p
WHERE p.death_day IS NOT NULL
