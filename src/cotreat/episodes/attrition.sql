-- Counting steps: those of the sources, then what became of the exposures on the way to eras, then
-- where their ends come from.
WITH counted AS (
    SELECT 'eras' AS counted_table, reason, exposures, patients, step FROM {exposure_counts}
    UNION ALL
    SELECT 'ends' AS counted_table, reason, exposures, patients, step + 10 AS step FROM {end_counts}
)
SELECT step, "table", reason, rows, patients FROM {attrition}
UNION ALL
SELECT
    l.last_step + ROW_NUMBER() OVER (ORDER BY c.step) AS step,
    c.counted_table AS "table",
    c.reason,
    c.exposures AS rows,
    c.patients
FROM counted AS c
CROSS JOIN (SELECT COALESCE(MAX(step), 0) AS last_step FROM {attrition}) AS l
