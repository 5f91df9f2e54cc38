-- Lines of therapy: from their first day to the last treated day before the next line.
WITH followed AS (
    SELECT
        l.patient_key,
        l.start_day,
        l.regimen_mask,
        ROW_NUMBER() OVER (PARTITION BY l.patient_key ORDER BY l.start_day) AS line,
        COALESCE(
            LEAD(l.start_day) OVER (PARTITION BY l.patient_key ORDER BY l.start_day) - 1, o.last_day
        ) AS until_day,
        o.last_day
    FROM {line_starts} AS l
    INNER JOIN {observation} AS o ON o.patient_key = l.patient_key
),
ongoing AS (
    SELECT DISTINCT patient_key FROM {eras} WHERE is_ongoing = 1
)
SELECT
    f.patient_key,
    f.line,
    f.start_day,
    COALESCE(g.start_day - 1, f.until_day) AS end_day,
    f.regimen_mask,
    r.regimen,
    COALESCE(g.start_day - 1, f.until_day) - f.start_day + 1 AS days,
    CASE WHEN f.until_day = f.last_day AND o.patient_key IS NOT NULL THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END
        AS is_ongoing
FROM followed AS f
INNER JOIN {regimens} AS r ON r.regimen_mask = f.regimen_mask
LEFT JOIN {timeline} AS g
    ON g.patient_key = f.patient_key
    AND g.end_day = f.until_day
    AND g.regimen_mask = 0
LEFT JOIN ongoing AS o ON o.patient_key = f.patient_key
