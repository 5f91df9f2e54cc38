-- Events: the rows of each put together. It began with its first row, was as grave as the gravest of
-- them, and is serious when one of them is; not serious only when all are known not to be.
SELECT
    event_key,
    MIN(patient_key) AS patient_key,
    MIN(earliest_onset_day) AS earliest_onset_day,
    MIN(latest_onset_day) AS latest_onset_day,
    MAX(end_day) AS end_day,
    MAX(severity_grade) AS severity_grade,
    CASE WHEN MAX(is_serious) = 1 THEN 1 WHEN COUNT(is_serious) = COUNT(*) THEN 0 END AS is_serious
FROM {event_rows}
GROUP BY event_key
