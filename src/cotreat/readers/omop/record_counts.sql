-- What became of the rows of one table of the CDM, each row in one reason.
WITH named AS (
    SELECT DISTINCT concept_id FROM {record_concepts}
),
judged AS (
    SELECT
        r.person_id,
        CASE
            WHEN COALESCE(r.concept_id, 0) = 0 THEN 'no_concept'
            WHEN c.concept_id IS NULL THEN 'other_concept'
            WHEN o.person_id IS NULL THEN 'other_person'
            WHEN r.start_day IS NULL THEN 'missing_start_date'
            WHEN r.start_day < :first_day THEN 'implausible_date'
            WHEN r.start_day > CASE WHEN o.last_day < :cutoff THEN o.last_day ELSE :cutoff END
                THEN 'after_observation'
            ELSE 'used'
        END AS reason
    FROM {records} AS r
    LEFT JOIN named AS c ON c.concept_id = r.concept_id
    LEFT JOIN {observed} AS o ON o.person_id = r.person_id
)
SELECT reason, COUNT(*) AS n_rows, COUNT(DISTINCT person_id) AS n_persons
FROM judged
GROUP BY reason
UNION ALL
SELECT 'read' AS reason, COUNT(*) AS n_rows, COUNT(DISTINCT person_id) AS n_persons
FROM {records} AS r
