-- Persons with a row of one of the study's drugs, and how many rows of `person` each of them has.
-- Where the day of birth is not known: the first of the month; where the month is not known either: 15 June. These
-- are the conventions of the CDM for birth_datetime, which is taken where it is given.
WITH wanted AS (
    SELECT DISTINCT person_id FROM {drug_rows} WHERE person_id IS NOT NULL
),
born AS (
    SELECT
        p.person_id,
        CASE p.sex_concept_id WHEN 8532 THEN 'female' WHEN 8507 THEN 'male' WHEN 8521 THEN 'other' END AS sex,
        CASE
            WHEN p.birth_day_of_month BETWEEN 1 AND m.last_day - m.first_day + 1
                THEN m.first_day + p.birth_day_of_month - 1
            WHEN p.birth_day IS NOT NULL THEN p.birth_day
            WHEN m.first_day IS NOT NULL THEN m.first_day
            ELSE y.first_day + 14
        END AS birth_day,
        CASE
            WHEN p.birth_day_of_month BETWEEN 1 AND m.last_day - m.first_day + 1 OR p.birth_day IS NOT NULL THEN 0
            WHEN m.first_day IS NOT NULL OR y.first_day IS NOT NULL THEN 1
            ELSE 0
        END AS is_birth_reckoned
    FROM {person} AS p
    INNER JOIN wanted AS w ON w.person_id = p.person_id
    LEFT JOIN {months} AS m ON m.year = p.birth_year AND m.month = p.birth_month
    LEFT JOIN {months} AS y ON y.year = p.birth_year AND y.month = 6
)
SELECT
    person_id,
    COUNT(*) AS copies,
    MIN(sex) AS sex,
    MIN(birth_day) AS birth_day,
    MAX(is_birth_reckoned) AS is_birth_reckoned
FROM born
GROUP BY person_id
