-- Person-time by what had ever been taken until a day: the combination, from its first day on; else an
-- anchor; else a partner; else nothing of the two.
WITH firsts AS (
    SELECT
        patient_key,
        MIN(start_day) AS begin_day,
        MAX(end_day) AS last_day,
        COALESCE(MIN(CASE WHEN state = 'combination' THEN start_day END), MAX(end_day) + 1) AS combined_from,
        COALESCE(MIN(CASE WHEN state = 'anchor_only' THEN start_day END), MAX(end_day) + 1) AS anchor_from,
        COALESCE(MIN(CASE WHEN state = 'partner_only' THEN start_day END), MAX(end_day) + 1) AS partner_from
    FROM {states}
    GROUP BY patient_key
),
spans AS (
    SELECT patient_key, 'combination' AS ever, combined_from AS start_day, last_day AS end_day FROM firsts
    UNION ALL
    SELECT patient_key, 'anchor' AS ever, anchor_from AS start_day, combined_from - 1 AS end_day FROM firsts
    UNION ALL
    SELECT patient_key, 'partner' AS ever, partner_from AS start_day, LEAST(combined_from, anchor_from) - 1 AS end_day
    FROM firsts
    UNION ALL
    SELECT
        patient_key,
        'none' AS ever,
        begin_day AS start_day,
        LEAST(combined_from, anchor_from, partner_from) - 1 AS end_day
    FROM firsts
)
SELECT patient_key, ever, start_day, end_day
FROM spans
WHERE start_day <= end_day
