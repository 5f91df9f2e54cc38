-- The set of partners of each course, one bit for each drug.
WITH partners AS (
    SELECT DISTINCT p.course_key, r.drug_key, r.bit
    FROM {pairs} AS p
    INNER JOIN {roles} AS r ON r.drug = p.partner
    WHERE p.course_key IS NOT NULL
)
SELECT course_key, CAST(SUM(CAST(bit AS DOUBLE)) AS BIGINT) AS regimen_mask
FROM partners
GROUP BY course_key
