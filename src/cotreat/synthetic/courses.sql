-- What is true of invented patients by construction: every course of their scenario, its partners in the order of
-- their names, which is that of their numbers.
SELECT
    p.patient_key,
    p.patient_id,
    s.course,
    a.drug AS anchor,
    CASE
        WHEN c.drug_key IS NULL THEN b.drug
        WHEN b.drug_key < c.drug_key THEN CONCAT(b.drug, ' + ', c.drug)
        ELSE CONCAT(c.drug, ' + ', b.drug)
    END AS partners,
    s.n_pairs,
    LIST_EXTRACT(p.event_days, s.first_event) AS start_day,
    LIST_EXTRACT(p.event_days, s.last_event) AS end_day,
    s."order",
    s."end",
    s.is_ongoing
FROM synthetic_patients AS p
INNER JOIN synthetic_scenario_courses AS s ON s.scenario_key = p.scenario_key
INNER JOIN synthetic_eras AS a ON a.patient_key = p.patient_key AND a.era = s.anchor_era
INNER JOIN synthetic_eras AS b ON b.patient_key = p.patient_key AND b.era = s.partner_1_era
LEFT JOIN synthetic_eras AS c ON c.patient_key = p.patient_key AND c.era = s.partner_2_era
