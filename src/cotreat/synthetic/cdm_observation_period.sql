-- One observation period each; where the first observed day is not recorded, from the first treatment.
SELECT
    p.patient_key AS observation_period_id,
    :first_id + p.patient_key AS person_id,
    COALESCE(p.observed_from, p.first_day) AS observation_period_start_date,
    p.observation_end AS observation_period_end_date,
    0 AS period_type_concept_id,
    p.patient_key
FROM synthetic_patients AS p
