-- Lines of therapy: from their first day to the last treated day before the next line.
WITH followed AS (
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
    COALESCE(f.end_day, (b.taken_until >> 1) - 524288) AS end_day,
    f.regimen_mask,
    CASE WHEN f.end_day IS NULL THEN b.taken_until & 1 ELSE 0 END AS is_ongoing
FROM followed AS f
INNER JOIN {beginnings} AS b ON b.patient_key = f.patient_key AND b.next_day IS NULL
