-- Eras with the names, roles and windows of their drugs. The key is made of patient, drug and
-- first day, so that it does not depend on other patients.
SELECT
    (s.patient_key << 26) + (s.drug_key << 20) + s.start_day + 524288 AS era_key,
    s.patient_key,
    r.drug,
    s.start_day,
    s.end_day,
    s.is_ongoing,
    s.narrow_start_day,
    s.narrow_end_day,
    s.drug_key,
    r.bit,
    r.role,
    r.risk_window
FROM {era_spans} AS s
INNER JOIN {roles} AS r ON r.drug_key = s.drug_key
