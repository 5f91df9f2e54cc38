-- What headline numbers ask of each pair and what no length of an overlap changes: its days, why it ended,
-- and the response.
SELECT
    p.pair_key,
    p.patient_key,
    p.start_day,
    p.end_day,
    CAST(p.end_day - p.start_day + 1 AS DOUBLE) AS duration_days,
    p.is_ongoing,
    r.end_reason,
    r.end_reason_other,
    j.response
FROM {overlaps_named} AS p
LEFT JOIN {pair_reasons} AS r ON r.pair_key = p.pair_key
LEFT JOIN {pair_judgements} AS j ON j.pair_key = p.pair_key
