-- Whatever says that a drug was taken, one row per resource: who, which drug, from when to when, how much.
-- `reason` says why it is not used; of a resource that is over, an end that is not recorded is unknown, not open.
WITH requests AS (
    SELECT
        n,
        'MedicationRequest' AS kind,
        CASE
            WHEN status = 'entered-in-error' THEN 'entered_in_error'
            WHEN status = 'cancelled' THEN 'not_done'
            WHEN status = 'draft' THEN 'not_yet'
            WHEN doNotPerform = 'true' THEN 'not_to_be_taken'
            WHEN intent IN ('proposal', 'plan', 'option') THEN 'not_an_order'
        END AS reason,
        status IN ('active', 'on-hold') AS is_open,
        status IN ('completed', 'stopped') AS is_over,
        subject,
        medicationCodeableConcept AS concept,
        medicationReference AS medication,
        contained,
        COALESCE(dosageInstruction[1].timing.repeat.boundsPeriod.start, authoredOn) AS start_date,
        dosageInstruction[1].timing.repeat.boundsPeriod."end" AS end_date,
        COALESCE(
            {db}.fhir_days(dosageInstruction[1].timing.repeat.boundsDuration),
            {db}.fhir_days(dispenseRequest.expectedSupplyDuration)
            * (1 + COALESCE(TRY_CAST(dispenseRequest.numberOfRepeatsAllowed AS BIGINT), 0))
        ) AS days_supply,
        dosageInstruction AS dosages,
        statusReason AS stopped_for,
        reasonCode[1] AS started_for
    FROM {db}.fhir_medicationrequest
),
statements AS (
    SELECT
        n,
        'MedicationStatement' AS kind,
        CASE
            WHEN status = 'entered-in-error' THEN 'entered_in_error'
            WHEN status = 'not-taken' THEN 'not_done'
            WHEN status = 'intended' THEN 'not_yet'
        END AS reason,
        status IN ('active', 'on-hold') AS is_open,
        status IN ('completed', 'stopped') AS is_over,
        subject,
        medicationCodeableConcept AS concept,
        medicationReference AS medication,
        contained,
        COALESCE(effectivePeriod.start, effectiveDateTime) AS start_date,
        effectivePeriod."end" AS end_date,
        {db}.fhir_days(dosage[1].timing.repeat.boundsDuration) AS days_supply,
        dosage AS dosages,
        statusReason[1] AS stopped_for,
        reasonCode[1] AS started_for
    FROM {db}.fhir_medicationstatement
),
dispenses AS (
    SELECT
        n,
        'MedicationDispense' AS kind,
        CASE
            WHEN status = 'entered-in-error' THEN 'entered_in_error'
            WHEN status IN ('cancelled', 'declined') THEN 'not_done'
            WHEN status IN ('preparation', 'on-hold') THEN 'not_yet'
        END AS reason,
        FALSE AS is_open,
        TRUE AS is_over,
        subject,
        medicationCodeableConcept AS concept,
        medicationReference AS medication,
        contained,
        COALESCE(whenHandedOver, whenPrepared) AS start_date,
        CAST(NULL AS VARCHAR) AS end_date,
        {db}.fhir_days(daysSupply) AS days_supply,
        dosageInstruction AS dosages,
        statusReasonCodeableConcept AS stopped_for,
        reasonCode[1] AS started_for
    FROM {db}.fhir_medicationdispense
),
-- One administration lasts for its own days; how long it works is for the protocol to say.
administrations AS (
    SELECT
        n,
        'MedicationAdministration' AS kind,
        CASE
            WHEN status = 'entered-in-error' THEN 'entered_in_error'
            WHEN status = 'not-done' THEN 'not_done'
        END AS reason,
        FALSE AS is_open,
        TRUE AS is_over,
        subject,
        medicationCodeableConcept AS concept,
        medicationReference AS medication,
        contained,
        COALESCE(effectivePeriod.start, effectiveDateTime) AS start_date,
        COALESCE(effectivePeriod."end", effectivePeriod.start, effectiveDateTime) AS end_date,
        CAST(NULL AS DOUBLE) AS days_supply,
        CASE WHEN dosage IS NOT NULL THEN [{{
            'text': dosage.text,
            'timing': dosage.timing,
            'asNeededBoolean': dosage.asNeededBoolean,
            'route': dosage.route,
            'doseAndRate': [{{'doseQuantity': dosage.dose}}]
        }}] END AS dosages,
        statusReason[1] AS stopped_for,
        reasonCode[1] AS started_for
    FROM {db}.fhir_medicationadministration
),
taken AS (
    SELECT * FROM requests
    UNION ALL BY NAME SELECT * FROM statements
    UNION ALL BY NAME SELECT * FROM dispenses
    UNION ALL BY NAME SELECT * FROM administrations
),
-- A Medication in the resource itself, or in a file.
found AS (
    SELECT
        t.*,
        {db}.fhir_key(t.medication.reference) AS medication_key,
        list_filter(
            t.contained, lambda c: c.resourceType = 'Medication' AND '#' || c.id = t.medication.reference
        )[1] AS inside
    FROM taken AS t
    WHERE t.n NOT IN (SELECT n FROM {db}.fhir_left)
)
SELECT
    f.n,
    f.kind,
    f.is_open,
    f.is_over,
    COALESCE(p.patient, {db}.fhir_name({db}.fhir_patient_key(f.subject.reference))) AS patient,
    COALESCE({db}.fhir_concept(f.concept), {db}.fhir_concept(f.inside.code), {db}.fhir_concept(m.code)) AS concept,
    list_transform(
        COALESCE(f.inside.ingredient, m.ingredient), lambda i: {db}.fhir_concept(i.itemCodeableConcept)
    ) AS ingredients,
    f.medication.display AS said,
    f.start_date,
    f.end_date,
    f.days_supply,
    -- Several dosages are steps of a schedule or alternatives: what they say together is read as text.
    CASE
        WHEN len(f.dosages) > 1
            THEN to_json({{'text': array_to_string(list_transform(f.dosages, lambda d: COALESCE(d.text, '?')), '; ')}})
        WHEN len(f.dosages) = 1 THEN {db}.fhir_dose(
            f.dosages[1].text,
            f.dosages[1].doseAndRate[1].doseQuantity,
            f.dosages[1].timing.repeat,
            f.dosages[1].timing.code,
            f.dosages[1].asNeededBoolean
        )
    END AS dose,
    {db}.fhir_concept(f.dosages[1].route) AS route,
    {db}.fhir_concept(f.started_for) AS started_for,
    {db}.fhir_concept(f.stopped_for) AS stopped_for,
    COALESCE(
        f.reason,
        CASE
            WHEN {db}.fhir_patient_key(f.subject.reference) IS NULL THEN 'no_patient'
            WHEN f.start_date IS NULL THEN 'no_date'
            WHEN f.medication.reference IS NOT NULL AND f.inside IS NULL AND m.n IS NULL
                AND f.concept IS NULL AND f.medication.display IS NULL THEN 'missing_medication'
        END
    ) AS reason
FROM found AS f
LEFT JOIN {db}.fhir_patients AS p ON p.key = {db}.fhir_patient_key(f.subject.reference)
LEFT JOIN {db}.fhir_keys AS k ON k.key = f.medication_key
LEFT JOIN {db}.fhir_medication AS m ON m.n = k.n
