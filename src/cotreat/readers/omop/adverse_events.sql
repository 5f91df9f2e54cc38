-- The study table of adverse events: records of one term of a patient that lie at most :event_gap days apart are
-- one event, from the first day of the first to the last of them. An end that was never recorded is unknown.
WITH days AS (
    SELECT
        c.patient_key,
        c.set_no,
        c.start_day,
        MAX(CASE WHEN c.end_day >= c.start_day THEN c.end_day END) AS end_day,
        MIN(c.row_id) AS row_id
    FROM {record_rows} AS c
    INNER JOIN {levels} AS l ON l.set_no = c.set_no AND l.purpose = 'adverse_events'
    GROUP BY c.patient_key, c.set_no, c.start_day
),
reached AS (
    SELECT
        days.*,
        MAX(COALESCE(end_day, start_day)) OVER (
            PARTITION BY patient_key, set_no ORDER BY start_day
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached_before
    FROM days
),
numbered AS (
    SELECT
        reached.*,
        CAST(SUM(
            CASE WHEN reached_before IS NULL OR start_day > reached_before + :event_gap THEN 1 ELSE 0 END
        ) OVER (
            PARTITION BY patient_key, set_no ORDER BY start_day
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS BIGINT) AS event
    FROM reached
),
events AS (
    SELECT
        patient_key,
        set_no,
        event,
        MIN(start_day) AS onset_day,
        CASE WHEN MAX(end_day) >= MAX(start_day) THEN MAX(end_day) END AS end_day,
        MIN(row_id) AS row_id
    FROM numbered
    GROUP BY patient_key, set_no, event
)
SELECT
    ROW_NUMBER() OVER (ORDER BY e.patient_key, e.onset_day, e.set_no) AS event_key,
    e.patient_key,
    CAST(NULL AS BIGINT) AS pair_key,
    l.term,
    CAST(NULL AS {characters}) AS term_text,
    e.onset_day,
    e.onset_day AS earliest_onset_day,
    e.onset_day AS latest_onset_day,
    'day' AS date_precision,
    e.end_day,
    CAST(NULL AS BIGINT) AS severity_grade,
    CAST(NULL AS BIGINT) AS is_serious,
    CAST(NULL AS {characters}) AS outcome,
    'recorded' AS certainty,
    CAST(:source_id AS BIGINT) AS source_id,
    e.row_id AS source_row
FROM events AS e
INNER JOIN {levels} AS l ON l.set_no = e.set_no
