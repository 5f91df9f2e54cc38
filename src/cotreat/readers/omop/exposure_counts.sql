-- What became of the rows of the table of exposures, each row in one reason. Rows of the study's drugs have theirs;
-- the others are of other drugs, or of a drug that has no concept.
WITH others AS (
    SELECT
        e.person_id,
        CASE WHEN COALESCE(e.concept_id, 0) = 0 THEN 'no_concept' ELSE 'other_drug' END AS reason
    FROM {exposures} AS e
    LEFT JOIN (SELECT DISTINCT concept_id FROM {drug_concepts}) AS c ON c.concept_id = e.concept_id
    WHERE c.concept_id IS NULL
)
SELECT 'read' AS reason, COUNT(*) AS n_rows, COUNT(DISTINCT person_id) AS n_persons
FROM {exposures} AS e
UNION ALL
SELECT reason, COUNT(*) AS n_rows, COUNT(DISTINCT person_id) AS n_persons
FROM others
GROUP BY reason
UNION ALL
SELECT COALESCE(reason, 'used') AS reason, COUNT(*) AS n_rows, COUNT(DISTINCT person_id) AS n_persons
FROM {flagged_rows} AS f
WHERE place = 1
GROUP BY reason
