-- The rows of the study's drugs, each with what is wrong with it: the first rule that holds; NULL: nothing.
SELECT
    r.*,
    COALESCE(r.end_day, r.start_day) AS taken_until,
    CASE {problems} END AS problem
FROM {drug_rows} AS r
LEFT JOIN {people} AS p ON p.person_id = r.person_id
