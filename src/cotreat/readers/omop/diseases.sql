-- The disease of each patient: that of the diseases which the protocol names that was recorded first.
WITH placed AS (
    SELECT
        c.patient_key,
        l.term,
        ROW_NUMBER() OVER (PARTITION BY c.patient_key ORDER BY c.start_day, l.set_no, c.row_id) AS place
    FROM {record_rows} AS c
    INNER JOIN {levels} AS l ON l.set_no = c.set_no
    WHERE l.purpose = 'conditions' AND l.kind = 'disease'
)
SELECT patient_key, term
FROM placed
WHERE place = 1
