-- Lines of therapy: from their first day to the last treated day before the next line.
WITH treated AS (
    SELECT
        patient_key,
        CAST(MAX(end_day) AS INTEGER) AS last_day,
        CAST(MAX(is_ongoing) AS INTEGER) AS is_ongoing
    FROM {eras}
    GROUP BY patient_key
),
followed AS (
    SELECT
        patient_key,
        start_day,
        regimen_mask,
        ROW_NUMBER() OVER (PARTITION BY patient_key ORDER BY start_day) AS line,
        LEAD(treated_until) OVER (PARTITION BY patient_key ORDER BY start_day) AS end_day
    FROM {line_starts}
)
SELECT
    f.patient_key,
    f.line,
    f.start_day,
    COALESCE(f.end_day, t.last_day) AS end_day,
    f.regimen_mask,
    CASE WHEN f.end_day IS NULL THEN t.is_ongoing ELSE 0 END AS is_ongoing
FROM followed AS f
INNER JOIN treated AS t ON t.patient_key = f.patient_key
