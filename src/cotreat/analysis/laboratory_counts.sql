-- Patients by the worst grade of their laboratory results in each group of person-time, and by the grade
-- before treatment. Both lie between two grades, which are the same where the grade is known.
--
-- spans: patient_key, a, b, start_day, end_day: person-time under two group levels
WITH spans AS ({spans}),
results AS (
    SELECT
        s.a,
        s.b,
        g.patient_key,
        g.criterion_key,
        g.lowest_grade,
        g.highest_grade,
        CASE g.reason
            WHEN 'no_criterion' THEN 5
            WHEN 'no_limit_and_baseline' THEN 4
            WHEN 'no_limit' THEN 3
            WHEN 'no_baseline' THEN 2
            WHEN 'no_value' THEN 1
        END AS reason_code
    FROM laboratory_grades AS g
    INNER JOIN spans AS s
        ON s.patient_key = g.patient_key AND s.start_day <= g.day AND s.end_day >= g.day
    WHERE g.is_after = 1
),
worst AS (
    SELECT
        a,
        b,
        patient_key,
        criterion_key,
        MAX(lowest_grade) AS worst_low,
        MAX(highest_grade) AS worst_high,
        MAX(reason_code) AS reason_code
    FROM results
    GROUP BY a, b, patient_key, criterion_key
),
before AS (
    SELECT patient_key, criterion_key, MIN(lowest_grade) AS before_low, MIN(highest_grade) AS before_high
    FROM laboratory_grades
    WHERE is_baseline = 1 AND is_after = 0 AND lowest_grade IS NOT NULL
    GROUP BY patient_key, criterion_key
),
counted AS (
    SELECT
        w.a,
        w.b,
        w.criterion_key,
        w.worst_low,
        w.worst_high,
        CASE WHEN w.worst_low = w.worst_high THEN 0 ELSE w.reason_code END AS reason_code,
        b.before_low,
        b.before_high
    FROM worst AS w
    LEFT JOIN before AS b ON b.patient_key = w.patient_key AND b.criterion_key = w.criterion_key
)
SELECT
    c.a, c.b, t.term, c.worst_low, c.worst_high, c.reason_code, c.before_low, c.before_high, COUNT(*) AS patients
FROM counted AS c
INNER JOIN (SELECT DISTINCT criterion_key, term FROM laboratory_criteria) AS t ON t.criterion_key = c.criterion_key
GROUP BY c.a, c.b, t.term, c.worst_low, c.worst_high, c.reason_code, c.before_low, c.before_high
