-- What became of the rows of `person`.
WITH judged AS (
    SELECT
        p.person_id,
        CASE
            WHEN o.person_id IS NOT NULL THEN 'used'
            WHEN q.copies > 1 THEN 'person_listed_twice'
            WHEN q.person_id IS NOT NULL THEN 'no_usable_exposure'
            ELSE 'no_exposure'
        END AS reason
    FROM {person} AS p
    LEFT JOIN {people} AS q ON q.person_id = p.person_id
    LEFT JOIN {observed} AS o ON o.person_id = p.person_id
)
SELECT reason, COUNT(*) AS n_rows, COUNT(DISTINCT person_id) AS n_persons
FROM judged
GROUP BY reason
UNION ALL
SELECT 'read' AS reason, COUNT(*) AS n_rows, COUNT(DISTINCT person_id) AS n_persons
FROM judged
