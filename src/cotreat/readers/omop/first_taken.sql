-- The first day on which each patient took a drug of the study.
SELECT o.patient_key, MIN(f.start_day) AS first_day
FROM {flagged_rows} AS f
INNER JOIN {observed} AS o ON o.person_id = f.person_id
WHERE f.reason IS NULL
GROUP BY o.patient_key
