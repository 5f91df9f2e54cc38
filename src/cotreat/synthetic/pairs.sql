-- What is true of invented patients by construction: every pair of their scenario.
SELECT
    p.patient_key,
    p.patient_id,
    s.pair,
    a.drug AS anchor,
    b.drug AS partner,
    a.drug_key AS anchor_key,
    b.drug_key AS partner_key,
    s.anchor_era,
    s.partner_era,
    LIST_EXTRACT(p.event_days, s.first_event) AS start_day,
    LIST_EXTRACT(p.event_days, s.last_event) AS end_day,
    s.kind,
    s."order",
    s."end",
    s.is_ongoing
FROM synthetic_patients AS p
INNER JOIN synthetic_scenario_pairs AS s ON s.scenario_key = p.scenario_key
INNER JOIN synthetic_eras AS a ON a.patient_key = p.patient_key AND a.era = s.anchor_era
INNER JOIN synthetic_eras AS b ON b.patient_key = p.patient_key AND b.era = s.partner_era
