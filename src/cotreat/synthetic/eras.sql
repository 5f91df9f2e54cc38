-- What invented patients took: one row per era of their scenario, with the drug and how it is written down.
-- Every list is joined by one number that comes of the patient and the era: two conditions, one of them on the era
-- alone, would first be joined to every row of the list.
SELECT
    p.patient_key,
    p.patient_id,
    e.era,
    d.drug_key,
    d.drug,
    d.drug_name,
    d.route,
    d.first_dose_key,
    d.last_dose_key,
    d.pool,
    d.role,
    LIST_EXTRACT(p.event_days, e.first_event) AS start_day,
    LIST_EXTRACT(p.event_days, e.last_event) AS end_day,
    e.is_ongoing,
    p.observation_end,
    r.record,
    r.first_layer_key,
    r.last_layer_key,
    draw(p.luck, 100 + e.era) AS luck
FROM synthetic_patients AS p
INNER JOIN synthetic_scenario_eras AS e ON e.scenario_key = p.scenario_key
INNER JOIN synthetic_drugs AS d
    ON d.place = e.first_place + (draw(p.luck, 20 + e.first_place) + e.shift) % e.places
INNER JOIN synthetic_record_slots AS r ON r.slot = 100 * e.is_ongoing + draw(p.luck, 60 + e.era) % 100
