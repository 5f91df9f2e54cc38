-- Overlaps with the names of their drugs: the pairs as reasons, judgements and links need them.
SELECT
    p.pair_key,
    p.patient_key,
    a.drug AS anchor,
    b.drug AS partner,
    p.start_day,
    p.end_day,
    p.is_ongoing,
    p.partner_start - p.anchor_start AS lead_days,
    p."end"
FROM {overlaps} AS p
INNER JOIN {roles} AS a ON a.drug_key = p.anchor_key
INNER JOIN {roles} AS b ON b.drug_key = p.partner_key
