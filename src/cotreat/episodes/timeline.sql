-- Timeline: every maximal interval on which the set of drugs a patient takes is constant, from the
-- first treated day to the last. The set is empty between treatments.
SELECT patient_key, start_day, end_day, regimen_mask
FROM {changes}
WHERE end_day >= start_day
