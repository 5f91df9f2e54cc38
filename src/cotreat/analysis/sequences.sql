-- Lines of therapy of the patients who are counted, with the line that came next.
--
-- selected: grp, pair_key, course_key, patient_key: the pairs that are counted; of their patients every line counts
-- :most_lines: later lines are not told apart
WITH selected AS ({selected}),
population AS (
    SELECT DISTINCT grp, patient_key FROM selected
)
SELECT
    p.grp,
    a.line,
    a.regimen,
    COALESCE(b.regimen, CASE WHEN a.is_ongoing = 1 THEN 'ongoing' ELSE 'none' END) AS next_regimen,
    COUNT(*) AS patients
FROM lines AS a
INNER JOIN population AS p ON p.patient_key = a.patient_key
LEFT JOIN lines AS b ON b.patient_key = a.patient_key AND b.line = a.line + 1
WHERE a.line <= :most_lines
GROUP BY p.grp, a.line, a.regimen, COALESCE(b.regimen, CASE WHEN a.is_ongoing = 1 THEN 'ongoing' ELSE 'none' END)
