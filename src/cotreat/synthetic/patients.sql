-- Invented patients: who they are, until when they are observed, and the days of their scenario's events.
-- Events are laid out backwards: the last one is the end of observation, or 31 to 730 days before it,
-- so that nothing that has stopped could still be taken for going on.
WITH people AS (
    SELECT patient_key, luck_of(patient_key, :seed) AS luck
    FROM RANGE(:first_patient, :last_patient + 1) AS numbers (patient_key)
),
lives AS (
    SELECT
        p.patient_key,
        p.luck,
        s.scenario_key,
        s.scenario,
        d.disease_key,
        CASE WHEN draw(p.luck, 3) % 100 < 5 THEN :cutoff - draw(p.luck, 4) % 500 END AS death_day,
        CASE WHEN draw(p.luck, 3) % 100 BETWEEN 5 AND 19 THEN :cutoff - draw(p.luck, 4) % 500 END AS observed_to
    FROM people AS p
    INNER JOIN synthetic_scenario_slots AS s ON s.slot = draw(p.luck, 1) % :scenario_slots
    INNER JOIN synthetic_diseases AS d ON d.place = draw(p.luck, 2) % :diseases
),
gaps AS (
    SELECT
        v.patient_key,
        v.luck,
        v.scenario,
        v.scenario_key,
        v.disease_key,
        v.death_day,
        v.observed_to,
        COALESCE(v.death_day, v.observed_to, :cutoff) AS observation_end,
        COALESCE(v.death_day, v.observed_to, :cutoff)
            - CASE WHEN t.is_open = 1 THEN 0 ELSE 31 + draw(v.luck, 5) % 700 END AS last_moment,
        t.first_observed_event,
        t.least_2 + draw(v.luck, 12) % t.choices_2 AS gap_2,
        t.least_3 + draw(v.luck, 13) % t.choices_3 AS gap_3,
        t.least_4 + draw(v.luck, 14) % t.choices_4 AS gap_4,
        t.least_5 + draw(v.luck, 15) % t.choices_5 AS gap_5,
        t.least_6 + draw(v.luck, 16) % t.choices_6 AS gap_6,
        t.least_7 + draw(v.luck, 17) % t.choices_7 AS gap_7,
        t.least_8 + draw(v.luck, 18) % t.choices_8 AS gap_8
    FROM lives AS v
    INNER JOIN synthetic_timelines AS t ON t.scenario_key = v.scenario_key
),
-- Events that a timeline does not have fall on the day of its last.
laid_out AS (
    SELECT
        *,
        LIST_VALUE(
            last_moment - gap_8 - gap_7 - gap_6 - gap_5 - gap_4 - gap_3 - gap_2,
            last_moment - gap_8 - gap_7 - gap_6 - gap_5 - gap_4 - gap_3,
            last_moment - gap_8 - gap_7 - gap_6 - gap_5 - gap_4,
            last_moment - gap_8 - gap_7 - gap_6 - gap_5,
            last_moment - gap_8 - gap_7 - gap_6,
            last_moment - gap_8 - gap_7,
            last_moment - gap_8,
            last_moment
        ) AS event_days
    FROM gaps
)
SELECT
    m.patient_key,
    CONCAT('invented-', SUBSTR(CONCAT(:first_id + m.patient_key), 2)) AS patient_id,
    m.luck,
    m.scenario_key,
    m.scenario,
    m.disease_key,
    CASE WHEN draw(m.luck, 6) % 100 < 55 THEN 'female' ELSE 'male' END AS sex,
    LIST_EXTRACT(m.event_days, 1) - 6600 - draw(m.luck, 7) % 21000 AS birth_day,
    d.disease,
    d.disease_name,
    CASE
        WHEN m.first_observed_event IS NOT NULL THEN LIST_EXTRACT(m.event_days, m.first_observed_event)
        WHEN draw(m.luck, 8) % 100 < 70 THEN LIST_EXTRACT(m.event_days, 1) - draw(m.luck, 9) % 900
    END AS observed_from,
    m.observed_to,
    m.death_day,
    m.observation_end,
    LIST_EXTRACT(m.event_days, 1) AS first_day,
    m.event_days
FROM laid_out AS m
INNER JOIN synthetic_diseases AS d ON d.disease_key = m.disease_key
