-- Every row of the study's drugs with the reason why it is left out; NULL: it is used. A supply that ran out at most
-- a grace period before the observation began, of a drug that went on in it, is used too: without it the treatment
-- would look as if it had begun in the observation.
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
),
went_on AS (
    SELECT DISTINCT r.person_id, r.drug_no
    FROM {judged_rows} AS r
    INNER JOIN inside AS i
        ON i.person_id = r.person_id AND i.start_day = r.start_day AND i.taken_until = r.taken_until
    WHERE r.problem IS NULL AND i.is_inside = 1
)
SELECT
    r.*,
    CASE
        WHEN r.problem IS NOT NULL THEN r.problem
        WHEN w.person_id IS NULL THEN 'no_observation_period'
        WHEN g.person_id IS NOT NULL AND o.first_day - r.taken_until - 1 BETWEEN 0 AND :grace_period THEN NULL
        WHEN i.person_id IS NULL THEN 'outside_observation'
        WHEN i.is_inside = 0 THEN 'other_observation_period'
    END AS reason
FROM {judged_rows} AS r
LEFT JOIN with_period AS w ON w.person_id = r.person_id
LEFT JOIN inside AS i
    ON i.person_id = r.person_id AND i.start_day = r.start_day AND i.taken_until = r.taken_until
LEFT JOIN went_on AS g ON g.person_id = r.person_id AND g.drug_no = r.drug_no
LEFT JOIN {observed} AS o ON o.person_id = r.person_id
