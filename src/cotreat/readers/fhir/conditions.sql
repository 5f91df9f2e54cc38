-- One row per Condition: whose, which, since when.
SELECT
    c.n,
    COALESCE(p.patient, {db}.fhir_name({db}.fhir_patient_key(c.subject.reference))) AS patient,
    {db}.fhir_concept(c.code) AS concept,
    COALESCE(c.onsetDateTime, c.onsetPeriod.start) AS start_date,
    CASE
        WHEN c.verificationStatus.coding[1].code = 'entered-in-error' THEN 'entered_in_error'
        WHEN c.verificationStatus.coding[1].code = 'refuted' THEN 'refuted'
        WHEN {db}.fhir_patient_key(c.subject.reference) IS NULL THEN 'no_patient'
        WHEN {db}.fhir_concept(c.code) IS NULL THEN 'no_term'
    END AS reason
FROM {db}.fhir_condition AS c
LEFT JOIN {db}.fhir_patients AS p ON p.key = {db}.fhir_patient_key(c.subject.reference)
WHERE c.n NOT IN (SELECT n FROM {db}.fhir_left)
