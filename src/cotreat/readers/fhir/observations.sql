-- One row per Observation that has a value (part 0) and per component that has one (1, 2, ...); a component called
-- `response` is a judgement that belongs to the Observation's own value.
WITH observed AS (
    SELECT
        o.*,
        COALESCE(p.patient, {db}.fhir_name({db}.fhir_patient_key(o.subject.reference))) AS patient,
        COALESCE(o.effectiveDateTime, o.effectiveInstant, o.effectivePeriod.start) AS date,
        list_contains(list_transform(o.category, lambda c: c.coding[1].code), 'laboratory') AS is_laboratory,
        list_filter(o.component, lambda c: lower(COALESCE(c.code.text, c.code.coding[1].code)) = 'response')[1]
            .valueCodeableConcept AS judged,
        list_filter(
            o.component, lambda c: COALESCE(lower(COALESCE(c.code.text, c.code.coding[1].code)), '') <> 'response'
        ) AS parts,
        CASE
            WHEN o.status = 'entered-in-error' THEN 'entered_in_error'
            WHEN o.status = 'cancelled' THEN 'not_done'
            WHEN o.status = 'registered' THEN 'not_yet'
            WHEN {db}.fhir_patient_key(o.subject.reference) IS NULL THEN 'no_patient'
            WHEN COALESCE(o.effectiveDateTime, o.effectiveInstant, o.effectivePeriod.start) IS NULL THEN 'no_date'
        END AS reason
    FROM {db}.fhir_observation AS o
    LEFT JOIN {db}.fhir_patients AS p ON p.key = {db}.fhir_patient_key(o.subject.reference)
    WHERE o.n NOT IN (SELECT n FROM {db}.fhir_left)
),
valued AS (
    SELECT
        n, 0 AS part, patient, date, is_laboratory, reason, judged,
        code, valueQuantity AS quantity, valueInteger AS whole, valueCodeableConcept AS word,
        referenceRange[1] AS bounds
    FROM observed
    UNION ALL BY NAME
    SELECT
        n, part, patient, date, is_laboratory, reason, NULL AS judged,
        c.code AS code, c.valueQuantity AS quantity, c.valueInteger AS whole, c.valueCodeableConcept AS word,
        c.referenceRange[1] AS bounds
    FROM (SELECT *, unnest(parts) AS c, unnest(range(1, len(parts) + 1)) AS part FROM observed)
)
SELECT
    n,
    part,
    patient,
    date,
    is_laboratory,
    {db}.fhir_concept(code) AS concept,
    -- "<0.5" is no number; it is shown as it stands.
    COALESCE(quantity.comparator || quantity.value, quantity.value, whole) AS value,
    COALESCE(quantity.code, quantity.unit) AS unit,
    -- Bounds in another unit than the value say nothing about it.
    CASE WHEN COALESCE(bounds.low.code, quantity.code, '') = COALESCE(quantity.code, '') THEN bounds.low.value END AS lln,
    CASE WHEN COALESCE(bounds.high.code, quantity.code, '') = COALESCE(quantity.code, '') THEN bounds.high.value END
        AS uln,
    {db}.fhir_concept(COALESCE(judged, word)) AS response,
    COALESCE(
        reason,
        CASE
            WHEN {db}.fhir_concept(code) IS NULL THEN 'no_term'
            WHEN quantity.value IS NULL AND whole IS NULL AND {db}.fhir_concept(COALESCE(judged, word)) IS NULL
                THEN 'no_value'
        END
    ) AS reason
FROM valued
