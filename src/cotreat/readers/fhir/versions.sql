-- Of resources with one type and id the newest counts, of equally new ones the first; why the others do not.
WITH several AS (
    SELECT *
    FROM {db}.fhir_ids
    WHERE (kind, id) IN (
        SELECT (kind, id) FROM {db}.fhir_ids WHERE id IS NOT NULL GROUP BY kind, id HAVING COUNT(*) > 1
    )
),
placed AS (
    SELECT
        *,
        ROW_NUMBER() OVER newest AS place,
        FIRST_VALUE(content) OVER newest AS first_content,
        FIRST_VALUE(updated) OVER newest AS first_updated
    FROM several
    WINDOW newest AS (PARTITION BY kind, id ORDER BY COALESCE(updated, '') DESC, n)
)
SELECT
    n,
    CASE
        WHEN content = first_content THEN 'duplicate'
        WHEN updated < first_updated THEN 'older_version'
        ELSE 'duplicate_id'
    END AS reason
FROM placed
WHERE place > 1
