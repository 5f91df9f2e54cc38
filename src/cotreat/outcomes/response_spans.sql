-- Each span once.
SELECT DISTINCT span_key, patient_key, start_day, end_day, is_remission, followed_to
FROM {response_units}
