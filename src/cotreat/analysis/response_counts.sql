-- Patients by how many of their units are asked for a criterion, and what the answer is.
--
-- selected: grp, pair_key, course_key, patient_key: the pairs that are counted
-- answers: span_key, criterion_key, week, answer: what each span says
-- unit_key, is_course: what one counted unit is, and whether it is judged by the days of its course
--
-- A unit of several spans has a response when one of them has; it is unknown when one is, and
-- lacks it otherwise. Who was not observed, or not asked, counts only where nothing else is said.
WITH selected AS ({selected}),
answers AS ({answers}),
units AS (
    SELECT DISTINCT s.grp, s.patient_key, {unit_key} AS unit_key, u.span_key
    FROM selected AS s
    INNER JOIN response_units AS u ON u.pair_key = s.pair_key AND u.is_course = {is_course}
),
said AS (
    SELECT
        u.grp,
        u.patient_key,
        u.unit_key,
        a.criterion_key,
        a.week,
        MIN(CASE a.answer
            WHEN 'yes' THEN 1
            WHEN 'no_baseline' THEN 2
            WHEN 'missing' THEN 3
            WHEN 'no' THEN 4
            WHEN 'not_observed' THEN 5
            ELSE 6
        END) AS place
    FROM units AS u
    INNER JOIN answers AS a ON a.span_key = u.span_key
    GROUP BY u.grp, u.patient_key, u.unit_key, a.criterion_key, a.week
),
counted AS (
    SELECT
        grp,
        patient_key,
        criterion_key,
        week,
        CAST(SUM(CASE WHEN place = 1 THEN 1 ELSE 0 END) AS BIGINT) AS yes,
        CAST(SUM(CASE WHEN place = 2 THEN 1 ELSE 0 END) AS BIGINT) AS no_baseline,
        CAST(SUM(CASE WHEN place = 3 THEN 1 ELSE 0 END) AS BIGINT) AS missing,
        CAST(SUM(CASE WHEN place = 4 THEN 1 ELSE 0 END) AS BIGINT) AS no,
        CAST(SUM(CASE WHEN place = 5 THEN 1 ELSE 0 END) AS BIGINT) AS not_observed,
        CAST(SUM(CASE WHEN place = 6 THEN 1 ELSE 0 END) AS BIGINT) AS not_eligible
    FROM said
    GROUP BY grp, patient_key, criterion_key, week
)
SELECT
    grp, criterion_key, week, yes, no_baseline, missing, no, not_observed, not_eligible, COUNT(*) AS patients
FROM counted
GROUP BY grp, criterion_key, week, yes, no_baseline, missing, no, not_observed, not_eligible
