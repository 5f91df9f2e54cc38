-- Counting steps: those of the sources, then what became of the exposures on the way to eras.
SELECT step, "table", reason, rows, patients FROM {attrition}
UNION ALL
SELECT
    l.last_step + ROW_NUMBER() OVER (ORDER BY c.step) AS step,
    'eras' AS "table",
    c.reason,
    c.exposures AS rows,
    c.patients
FROM {exposure_counts} AS c
CROSS JOIN (SELECT COALESCE(MAX(step), 0) AS last_step FROM {attrition}) AS l
