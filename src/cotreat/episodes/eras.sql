-- Eras with the names, roles and windows of their drugs. The key is made of patient, drug and
-- first day, so that it does not depend on other patients.
SELECT
    (CAST(s.patient_key AS BIGINT) << 26) + (r.drug_key << 20) + s.start_day + 524288 AS era_key,
    CAST(s.patient_key AS BIGINT) AS patient_key,
    r.drug,
    CAST(s.start_day AS BIGINT) AS start_day,
    CAST(s.end_day AS BIGINT) AS end_day,
    CAST(s.is_ongoing AS BIGINT) AS is_ongoing,
    CAST(s.narrow_start_day AS BIGINT) AS narrow_start_day,
    CAST(s.narrow_end_day AS BIGINT) AS narrow_end_day,
    r.drug_key,
    r.bit,
    r.role,
    r.risk_window
FROM {era_spans} AS s
INNER JOIN {roles} AS r ON r.drug_key = s.drug_key
