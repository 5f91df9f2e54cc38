-- Under which keys a resource is found: its type and id, and the URL that its Bundle gives it.
CREATE OR REPLACE TABLE {db}.fhir_keys AS
WITH keys AS (
    SELECT i.kind || '/' || i.id AS key, i.n, i.kind FROM {db}.fhir_ids AS i WHERE i.id IS NOT NULL
    UNION
    SELECT {db}.fhir_key(r.full_url) AS key, r.n, r.kind FROM {db}.fhir_resources AS r WHERE r.full_url IS NOT NULL
)
SELECT key, MIN(n) AS n, MIN(kind) AS kind
FROM keys
WHERE key IS NOT NULL AND n NOT IN (SELECT n FROM {db}.fhir_left)
GROUP BY key;

-- Every patient by each key; one without an id has the name under which others refer to it.
CREATE OR REPLACE TABLE {db}.fhir_patients AS
SELECT k.key, k.n, COALESCE(p.id, {db}.fhir_name(k.key)) AS patient
FROM {db}.fhir_keys AS k
INNER JOIN {db}.fhir_patient AS p ON p.n = k.n
