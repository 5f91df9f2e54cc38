-- The study table of conditions: of each patient the first record of each condition that the protocol names; of a
-- comorbidity or risk factor only what was recorded up to the first day on which a drug of the study was taken:
-- later it may be a consequence. A patient without any of them counts as having none, for a database records what
-- there is.
WITH placed AS (
    SELECT
        c.patient_key,
        c.set_no,
        c.start_day,
        c.row_id,
        ROW_NUMBER() OVER (PARTITION BY c.patient_key, c.set_no ORDER BY c.start_day, c.row_id) AS place
    FROM {record_rows} AS c
),
firsts AS (
    SELECT p.patient_key, l.term, l.kind, p.start_day, p.row_id
    FROM placed AS p
    INNER JOIN {levels} AS l ON l.set_no = p.set_no
    INNER JOIN {first_taken} AS t ON t.patient_key = p.patient_key
    WHERE p.place = 1 AND l.purpose = 'conditions' AND (l.kind = 'disease' OR p.start_day <= t.first_day)
),
named AS (
    SELECT COUNT(*) AS n_named FROM {levels} WHERE purpose = 'conditions' AND kind <> 'disease'
)
SELECT
    patient_key,
    term,
    CAST(NULL AS {characters}) AS term_text,
    start_day,
    kind,
    CAST(:source_id AS BIGINT) AS source_id,
    row_id AS source_row
FROM firsts
UNION ALL
SELECT
    o.patient_key,
    'none' AS term,
    CAST(NULL AS {characters}) AS term_text,
    CAST(NULL AS BIGINT) AS start_day,
    'comorbidity' AS kind,
    CAST(:source_id AS BIGINT) AS source_id,
    CAST(NULL AS BIGINT) AS source_row
FROM {observed} AS o
CROSS JOIN named AS n
LEFT JOIN (SELECT DISTINCT patient_key FROM firsts WHERE kind <> 'disease') AS f ON f.patient_key = o.patient_key
WHERE n.n_named > 0 AND f.patient_key IS NULL
