-- The days and drugs whose doses are asked for: both drugs of a pair over the pair, the anchor and
-- every partner of a course over the course.
WITH spans AS (
    SELECT 'pair' AS unit, pair_key AS unit_key, patient_key, anchor AS drug, start_day, end_day
    FROM {pairs}
    UNION ALL
    SELECT 'pair' AS unit, pair_key AS unit_key, patient_key, partner AS drug, start_day, end_day
    FROM {pairs}
    UNION ALL
    SELECT 'course' AS unit, course_key AS unit_key, patient_key, anchor AS drug, start_day, end_day
    FROM {courses}
    UNION ALL
    SELECT DISTINCT
        'course' AS unit, c.course_key AS unit_key, c.patient_key, p.partner AS drug, c.start_day, c.end_day
    FROM {courses} AS c
    INNER JOIN {pairs} AS p ON p.course_key = c.course_key
)
SELECT s.unit, s.unit_key, s.patient_key, r.drug_key, s.drug, s.start_day, s.end_day
FROM spans AS s
INNER JOIN {roles} AS r ON r.drug = s.drug
