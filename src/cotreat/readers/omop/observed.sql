-- One observation period for each patient: the first in which an anchor drug of the study was taken; of a patient
-- who never took one, the first in which any drug of the study was.
WITH ranked AS (
    SELECT person_id, first_day, last_day, MIN(rank_no) AS rank_no
    FROM {touches}
    GROUP BY person_id, first_day, last_day
),
placed AS (
    SELECT
        person_id,
        first_day,
        last_day,
        ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY rank_no, first_day) AS place
    FROM ranked
)
SELECT
    ROW_NUMBER() OVER (ORDER BY {sorted_id}) AS patient_key,
    person_id,
    first_day,
    last_day
FROM placed
WHERE place = 1
