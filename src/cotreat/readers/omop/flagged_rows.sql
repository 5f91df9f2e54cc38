-- Every row of the study's drugs with the reason why it is left out; NULL: it is used.
WITH inside AS (
    SELECT
        t.person_id,
        t.start_day,
        t.taken_until,
        MAX(CASE WHEN t.first_day = o.first_day THEN 1 ELSE 0 END) AS is_inside
    FROM {touches} AS t
    INNER JOIN {observed} AS o ON o.person_id = t.person_id
    GROUP BY t.person_id, t.start_day, t.taken_until
),
with_period AS (
    SELECT DISTINCT person_id FROM {periods}
)
SELECT
    r.*,
    CASE
        WHEN r.problem IS NOT NULL THEN r.problem
        WHEN w.person_id IS NULL THEN 'no_observation_period'
        WHEN i.person_id IS NULL THEN 'outside_observation'
        WHEN i.is_inside = 0 THEN 'other_observation_period'
    END AS reason
FROM {judged_rows} AS r
LEFT JOIN with_period AS w ON w.person_id = r.person_id
LEFT JOIN inside AS i
    ON i.person_id = r.person_id AND i.start_day = r.start_day AND i.taken_until = r.taken_until
