-- Laboratory results and scores of invented patients; a CDM has no place for a judgement.
WITH found AS (
    SELECT l.patient_key, t.concept_id, l.day, l.value, u.concept_id AS unit_concept_id, l.unit, l.lln, l.uln
    FROM synthetic_laboratory AS l
    INNER JOIN synthetic_cdm_terms AS t ON t.purpose = 'laboratory' AND t.term = l.test
    LEFT JOIN synthetic_cdm_terms AS u ON u.purpose = 'unit' AND u.term = l.unit
    UNION ALL
    SELECT
        a.patient_key, t.concept_id, a.day, a.value, CAST(0 AS BIGINT) AS unit_concept_id, NULL AS unit,
        CAST(NULL AS DOUBLE) AS lln, CAST(NULL AS DOUBLE) AS uln
    FROM synthetic_assessments AS a
    INNER JOIN synthetic_cdm_terms AS t ON t.purpose = 'instrument' AND t.term = a.instrument
)
SELECT
    :rows_before + ROW_NUMBER() OVER (ORDER BY f.patient_key, f.day, f.concept_id) AS measurement_id,
    :first_id + f.patient_key AS person_id,
    f.concept_id AS measurement_concept_id,
    f.day AS measurement_date,
    0 AS measurement_type_concept_id,
    f.value AS value_as_number,
    f.unit_concept_id,
    f.unit AS unit_source_value,
    f.lln AS range_low,
    f.uln AS range_high,
    f.patient_key
FROM found AS f
