-- Rows of one table of the CDM whose concepts the protocol names, of patients of the study, up to the end of their
-- observation. What was recorded before it began is history and stays.
SELECT
    o.patient_key,
    c.set_no,
    r.*
FROM {records} AS r
INNER JOIN {record_concepts} AS c ON c.concept_id = r.concept_id
INNER JOIN {observed} AS o ON o.person_id = r.person_id
WHERE r.start_day BETWEEN :first_day AND CASE WHEN o.last_day < :cutoff THEN o.last_day ELSE :cutoff END
