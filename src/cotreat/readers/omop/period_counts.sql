-- What became of the rows of `observation_period`.
WITH judged AS (
    SELECT
        r.person_id,
        CASE
            WHEN o.person_id IS NULL THEN 'other_person'
            WHEN r.start_day IS NULL OR r.end_day IS NULL THEN 'missing_date'
            WHEN r.end_day < r.start_day THEN 'end_before_start'
            WHEN r.start_day BETWEEN o.first_day AND o.last_day THEN 'used'
            ELSE 'other_observation_period'
        END AS reason
    FROM {observation_period} AS r
    LEFT JOIN {observed} AS o ON o.person_id = r.person_id
)
SELECT reason, COUNT(*) AS n_rows, COUNT(DISTINCT person_id) AS n_persons
FROM judged
GROUP BY reason
UNION ALL
SELECT 'read' AS reason, COUNT(*) AS n_rows, COUNT(DISTINCT person_id) AS n_persons
FROM judged
