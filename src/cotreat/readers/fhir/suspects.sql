-- One row per suspected drug of an AdverseEvent: a Medication in it or in a file, or what was prescribed or given.
WITH suspected AS (
    SELECT
        e.n,
        place,
        s.instance.display AS said,
        {db}.fhir_key(s.instance.reference) AS key,
        list_filter(e.contained, lambda c: '#' || c.id = s.instance.reference)[1].code AS inside,
        s.causality[1].assessment AS assessment,
        s.causality[1].method AS method
    FROM (
        SELECT *, unnest(suspectEntity) AS s, unnest(range(1, len(suspectEntity) + 1)) AS place
        FROM {db}.fhir_adverseevent
        WHERE n NOT IN (SELECT n FROM {db}.fhir_left)
    ) AS e
)
SELECT
    s.n,
    s.place,
    COALESCE({db}.fhir_concept(s.inside), {db}.fhir_concept(m.code), t.concept, t.ingredients[1]) AS concept,
    s.said,
    COALESCE(s.assessment.coding[1].code, s.assessment.text) AS assessment,
    COALESCE(s.method.coding[1].code, s.method.text) AS method
FROM suspected AS s
LEFT JOIN {db}.fhir_keys AS k ON k.key = s.key
LEFT JOIN {db}.fhir_medication AS m ON m.n = k.n
LEFT JOIN {db}.fhir_taken AS t ON t.n = k.n
