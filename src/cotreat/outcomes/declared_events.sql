-- Events of a case table: each recorded row is one, in the case whose row names it.
SELECT
    event_key,
    patient_key,
    term,
    onset_day,
    COALESCE(earliest_onset_day, onset_day) AS earliest_onset_day,
    COALESCE(latest_onset_day, onset_day) AS latest_onset_day,
    end_day,
    severity_grade,
    is_serious,
    NULLIF('', '') AS state,
    'declared' AS placement
FROM {adverse_events}
WHERE certainty = 'recorded'
