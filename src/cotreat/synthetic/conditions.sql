-- Invented conditions: of each patient those of the list that chance gives.
SELECT
    p.patient_key,
    p.patient_id,
    c.condition_key,
    c.term,
    c.term_name AS term_text,
    c.kind,
    CASE WHEN draw(p.luck, 520 + c.condition_key) % 2 = 0
        THEN p.first_day - draw(p.luck, 540 + c.condition_key) % 3000 END AS start_day
FROM synthetic_patients AS p
INNER JOIN synthetic_condition_list AS c ON draw(p.luck, 500 + c.condition_key) % 100 < c.percent
