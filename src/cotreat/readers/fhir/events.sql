-- One row per AdverseEvent.
SELECT
    e.n,
    COALESCE(p.patient, {db}.fhir_name({db}.fhir_patient_key(e.subject.reference))) AS patient,
    {db}.fhir_concept(e.event) AS concept,
    e."date" AS onset_date,
    {db}.fhir_concept(e.severity) AS severity,
    CASE COALESCE(lower(e.seriousness.coding[1].code), lower(e.seriousness.text))
        WHEN 'serious' THEN 'yes'
        WHEN 'non-serious' THEN 'no'
        ELSE COALESCE(e.seriousness.text, e.seriousness.coding[1].display, e.seriousness.coding[1].code)
    END AS serious,
    COALESCE(e.outcome.text, e.outcome.coding[1].display, e.outcome.coding[1].code) AS outcome,
    CASE
        WHEN e.actuality = 'potential' THEN 'potential'
        WHEN {db}.fhir_patient_key(e.subject.reference) IS NULL THEN 'no_patient'
        WHEN {db}.fhir_concept(e.event) IS NULL THEN 'no_term'
    END AS reason
FROM {db}.fhir_adverseevent AS e
LEFT JOIN {db}.fhir_patients AS p ON p.key = {db}.fhir_patient_key(e.subject.reference)
WHERE e.n NOT IN (SELECT n FROM {db}.fhir_left)
