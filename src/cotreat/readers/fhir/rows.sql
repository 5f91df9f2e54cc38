-- One row per drug of a resource: of a Medication that nobody knows by its own code, one per ingredient.
-- Of one drug of one patient only the resources of one type count, the first in the protocol's order.
WITH inside AS (
    SELECT
        i.n,
        w.word,
        ROW_NUMBER() OVER (PARTITION BY i.n ORDER BY w.word) - 1 AS part,
        COUNT(*) OVER (PARTITION BY i.n) AS n_parts
    FROM (SELECT DISTINCT n, unnest(ingredients) AS concept FROM {db}.fhir_taken) AS i
    INNER JOIN {db}.fhir_words_drug AS w ON w.concept = i.concept
    GROUP BY i.n, w.word
),
named AS (
    SELECT
        t.*,
        COALESCE(CASE WHEN NOT COALESCE(d.is_known, FALSE) THEN i.word END, d.word, s.word, t.said) AS drug,
        COALESCE(CASE WHEN NOT COALESCE(d.is_known, FALSE) THEN i.part END, 0) AS part,
        COALESCE(CASE WHEN NOT COALESCE(d.is_known, FALSE) THEN i.n_parts END, 1) AS n_parts
    FROM {db}.fhir_taken AS t
    LEFT JOIN {db}.fhir_words_drug AS d ON d.concept = t.concept
    LEFT JOIN {db}.fhir_words_drug AS s ON s.concept = {db}.fhir_said(t.said)
    LEFT JOIN inside AS i ON i.n = t.n AND NOT COALESCE(d.is_known, FALSE)
),
ordered AS (
    SELECT
        r.* EXCLUDE (reason, days_supply, end_date),
        CASE WHEN r.kind = 'MedicationAdministration' AND a.days IS NOT NULL THEN a.days ELSE r.days_supply END
            AS days_supply,
        CASE WHEN r.kind <> 'MedicationAdministration' OR a.days IS NULL THEN r.end_date END AS end_date,
        COALESCE(o.place, e.place) AS place,
        COALESCE(
            r.reason,
            CASE
                WHEN r.drug IS NULL THEN 'no_drug'
                WHEN COALESCE(o.place, e.place) IS NULL THEN 'not_counted'
            END
        ) AS reason
    FROM named AS r
    LEFT JOIN {db}.fhir_order AS o ON o.drug = r.drug AND o.kind = r.kind
    LEFT JOIN {db}.fhir_order AS e
        ON e.drug = '' AND e.kind = r.kind AND r.drug NOT IN (SELECT drug FROM {db}.fhir_order)
    LEFT JOIN {db}.fhir_lengths AS a ON a.drug = r.drug
),
judged AS (
    SELECT
        * EXCLUDE (reason),
        COALESCE(
            reason,
            CASE WHEN is_over AND end_date IS NULL AND days_supply IS NULL AND {is_open} THEN 'no_end' END
        ) AS reason
    FROM ordered
),
firsts AS (
    SELECT patient, drug, MIN(place) AS first_place
    FROM judged
    WHERE reason IS NULL
    GROUP BY patient, drug
)
SELECT
    j.* EXCLUDE (reason),
    COALESCE(j.reason, CASE WHEN j.place > f.first_place THEN 'counted_elsewhere' END) AS reason
FROM judged AS j
LEFT JOIN firsts AS f ON f.patient = j.patient AND f.drug = j.drug
