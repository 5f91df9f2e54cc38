-- One row per Patient: sex, birth, death, and when it was observed, by its episodes of care.
WITH observed AS (
    SELECT
        COALESCE(p.patient, {db}.fhir_name({db}.fhir_patient_key(e.patient.reference))) AS patient,
        MIN(e.period.start) AS observed_from,
        CASE WHEN COUNT(*) = COUNT(e.period."end") THEN MAX(e.period."end") END AS observed_to
    FROM {db}.fhir_episodeofcare AS e
    LEFT JOIN {db}.fhir_patients AS p ON p.key = {db}.fhir_patient_key(e.patient.reference)
    WHERE e.n NOT IN (SELECT n FROM {db}.fhir_left)
    GROUP BY 1
),
listed AS (
    SELECT n, MIN(patient) AS patient FROM {db}.fhir_patients GROUP BY n
)
SELECT
    r.n,
    l.patient,
    NULLIF(r.gender, 'unknown') AS sex,
    r.birthDate AS birth_date,
    d.term AS disease,
    o.observed_from,
    o.observed_to,
    r.deceasedDateTime AS death_date
FROM {db}.fhir_patient AS r
INNER JOIN listed AS l ON l.n = r.n
LEFT JOIN observed AS o ON o.patient = l.patient
LEFT JOIN {db}.fhir_diseases AS d ON d.patient = l.patient
