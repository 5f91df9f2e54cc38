-- The study table of patients: everybody with a row of a study drug that is used. A birth that is implausible, or
-- after the death, is unknown; so is then the death.
WITH deaths AS (
    SELECT person_id, MIN(start_day) AS death_day
    FROM {death} AS d
    WHERE start_day IS NOT NULL
    GROUP BY person_id
),
lives AS (
    SELECT
        o.patient_key,
        o.person_id,
        p.sex,
        CASE WHEN p.birth_day BETWEEN :first_day AND :cutoff THEN p.birth_day END AS birth_day,
        o.first_day,
        o.last_day,
        d.death_day
    FROM {observed} AS o
    INNER JOIN {people} AS p ON p.person_id = o.person_id
    LEFT JOIN deaths AS d ON d.person_id = o.person_id
)
SELECT
    v.patient_key,
    CAST(v.person_id AS {characters}) AS patient_id,
    v.sex,
    CASE WHEN v.death_day < v.birth_day THEN NULL ELSE v.birth_day END AS birth_day,
    CAST(NULL AS DOUBLE) AS age_years,
    s.term AS disease,
    v.first_day AS observed_from,
    v.last_day AS observed_to,
    CASE WHEN v.death_day < v.birth_day THEN NULL ELSE v.death_day END AS death_day,
    CAST(:source_id AS BIGINT) AS source_id,
    v.person_id AS source_row
FROM lives AS v
LEFT JOIN {diseases} AS s ON s.patient_key = v.patient_key
