-- States with their names.
SELECT
    CAST(patient_key AS BIGINT) AS patient_key,
    CAST(start_day AS BIGINT) AS start_day,
    CAST(end_day AS BIGINT) AS end_day,
    CASE state_code
        WHEN 3 THEN 'combination' WHEN 2 THEN 'partner_only' WHEN 1 THEN 'anchor_only' ELSE 'none'
    END AS state,
    CAST(end_day - start_day + 1 AS BIGINT) AS days
FROM {state_spans}
