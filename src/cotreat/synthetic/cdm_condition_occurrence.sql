-- Diseases, other conditions and adverse events of invented patients. A condition without a start is recorded on the
-- first day of which anything is known.
WITH known AS (
    SELECT patient_key, disease, disease_name,
        CASE WHEN observed_from < first_day THEN observed_from ELSE first_day END AS known_from
    FROM synthetic_patients
),
found AS (
    SELECT
        p.patient_key, t.concept_id, p.known_from AS start_day,
        CAST(NULL AS BIGINT) AS end_day, p.disease_name AS words
    FROM known AS p
    INNER JOIN synthetic_cdm_terms AS t ON t.purpose = 'disease' AND t.term = p.disease
    UNION ALL
    SELECT
        c.patient_key, t.concept_id, COALESCE(c.start_day, p.known_from) AS start_day,
        CAST(NULL AS BIGINT) AS end_day, c.term_text AS words
    FROM synthetic_conditions AS c
    INNER JOIN known AS p ON p.patient_key = c.patient_key
    INNER JOIN synthetic_cdm_terms AS t ON t.purpose = 'condition' AND t.term = c.term
    UNION ALL
    SELECT e.patient_key, t.concept_id, e.onset_day AS start_day, e.end_day, e.term_text AS words
    FROM synthetic_adverse_events AS e
    INNER JOIN synthetic_cdm_terms AS t ON t.purpose = 'adverse_event' AND t.term = e.term
)
SELECT
    :rows_before + ROW_NUMBER() OVER (
        ORDER BY f.patient_key, f.start_day, f.concept_id, COALESCE(f.end_day, 0)
    ) AS condition_occurrence_id,
    :first_id + f.patient_key AS person_id,
    f.concept_id AS condition_concept_id,
    f.start_day AS condition_start_date,
    f.end_day AS condition_end_date,
    0 AS condition_type_concept_id,
    f.words AS condition_source_value,
    f.patient_key
FROM found AS f
