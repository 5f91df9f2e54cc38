-- What became of the rows of `death`.
WITH judged AS (
    SELECT
        r.person_id,
        CASE
            WHEN o.person_id IS NULL THEN 'other_person'
            WHEN r.start_day IS NULL THEN 'missing_date'
            ELSE 'used'
        END AS reason
    FROM {death} AS r
    LEFT JOIN {observed} AS o ON o.person_id = r.person_id
)
SELECT reason, COUNT(*) AS n_rows, COUNT(DISTINCT person_id) AS n_persons
FROM judged
GROUP BY reason
UNION ALL
SELECT 'read' AS reason, COUNT(*) AS n_rows, COUNT(DISTINCT person_id) AS n_persons
FROM judged
