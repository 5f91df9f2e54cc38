-- Recorded adverse events, each with the event that it belongs to: that of the first row of its term
-- before whose end it began. Rows without an exact onset belong together only where they are
-- alike in all that was recorded.
WITH readings AS (
    SELECT
        event_key AS row_key,
        patient_key,
        term,
        COALESCE(earliest_onset_day, onset_day) AS earliest_onset_day,
        COALESCE(latest_onset_day, onset_day) AS latest_onset_day,
        CASE WHEN end_day >= COALESCE(earliest_onset_day, onset_day, end_day) THEN end_day END AS end_day,
        severity_grade,
        is_serious
    FROM {adverse_events}
    WHERE certainty = 'recorded'
),
recorded AS (
    SELECT
        row_key,
        patient_key,
        term,
        earliest_onset_day,
        -- An event cannot begin after its end.
        CASE WHEN end_day < COALESCE(latest_onset_day, end_day + 1) THEN end_day ELSE latest_onset_day END
            AS latest_onset_day,
        end_day,
        severity_grade,
        is_serious
    FROM readings
),
sorted AS (
    SELECT
        r.*,
        CASE WHEN term IS NOT NULL AND earliest_onset_day = latest_onset_day THEN 1 ELSE 0 END AS is_exact
    FROM recorded AS r
),
-- A term that a patient has once is one event: windows go over the others alone.
repeated AS (
    SELECT patient_key, term
    FROM sorted
    WHERE is_exact = 1
    GROUP BY patient_key, term
    HAVING COUNT(*) > 1
),
exact AS (
    SELECT s.*, CASE WHEN r.patient_key IS NULL THEN 0 ELSE 1 END AS is_repeated
    FROM sorted AS s
    LEFT JOIN repeated AS r ON r.patient_key = s.patient_key AND r.term = s.term
    WHERE s.is_exact = 1
),
lasting AS (
    SELECT
        s.*,
        MAX(COALESCE(end_day, earliest_onset_day)) OVER (
            PARTITION BY patient_key, term ORDER BY earliest_onset_day, row_key
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS lasted_until
    FROM exact AS s
    WHERE is_repeated = 1
),
spells AS (
    SELECT
        l.*,
        CAST(SUM(CASE WHEN lasted_until IS NULL OR earliest_onset_day > lasted_until THEN 1 ELSE 0 END) OVER (
            PARTITION BY patient_key, term ORDER BY earliest_onset_day, row_key
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS BIGINT) AS spell
    FROM lasting AS l
)
SELECT
    row_key,
    MIN(row_key) OVER (PARTITION BY patient_key, term, spell) AS event_key,
    patient_key, term, earliest_onset_day, latest_onset_day, end_day, severity_grade, is_serious
FROM spells
UNION ALL
SELECT
    row_key,
    row_key AS event_key,
    patient_key, term, earliest_onset_day, latest_onset_day, end_day, severity_grade, is_serious
FROM exact
WHERE is_repeated = 0
UNION ALL
SELECT
    row_key,
    CASE WHEN term IS NULL THEN row_key ELSE
        MIN(row_key) OVER (
            PARTITION BY
                patient_key, term, earliest_onset_day, latest_onset_day, end_day, severity_grade, is_serious
        )
    END AS event_key,
    patient_key, term, earliest_onset_day, latest_onset_day, end_day, severity_grade, is_serious
FROM sorted
WHERE is_exact = 0
