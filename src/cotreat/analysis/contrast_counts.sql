-- Patients by the response to the anchor alone and to the combination, of each patient's first course to which
-- the partner was added. A case table has no order: there the first course counts.
--
-- selected: grp, pair_key, course_key, patient_key: the pairs that are counted
-- :is_dated 1: courses have an order. On the combination counts the pair that ended last of those whose
-- response is known; of a declared course the best response.
WITH selected AS ({selected}),
ordered AS (
    SELECT
        s.grp,
        s.patient_key,
        s.course_key,
        p.monotherapy_response,
        ROW_NUMBER() OVER (
            PARTITION BY s.grp, s.patient_key
            ORDER BY CASE WHEN p.start_day IS NULL THEN 1 ELSE 0 END, p.start_day, s.pair_key
        ) AS place
    FROM selected AS s
    INNER JOIN pairs AS p ON p.pair_key = s.pair_key
    INNER JOIN courses AS c ON c.course_key = s.course_key
    WHERE :is_dated = 0 OR (c."order" = 'add_on' AND p."order" = 'add_on' AND p.start_day = c.start_day)
),
firsts AS (
    SELECT grp, patient_key, course_key, monotherapy_response FROM ordered WHERE place = 1
),
members AS (
    SELECT
        f.grp,
        f.patient_key,
        s.pair_key,
        f.monotherapy_response,
        p.response,
        CASE WHEN p.response IS NULL THEN 1 ELSE 0 END AS is_unknown,
        CASE WHEN :is_dated = 1 AND :takes_best = 0 THEN -p.end_day ELSE 0 END AS days_back,
        CASE p.response WHEN 'complete' THEN 1 WHEN 'partial' THEN 2 WHEN 'none' THEN 3 ELSE 4 END AS goodness
    FROM firsts AS f
    INNER JOIN selected AS s ON s.grp = f.grp AND s.course_key = f.course_key
    INNER JOIN pairs AS p ON p.pair_key = s.pair_key
),
answered AS (
    SELECT
        grp,
        patient_key,
        monotherapy_response,
        response,
        ROW_NUMBER() OVER (
            PARTITION BY grp, patient_key ORDER BY is_unknown, days_back, goodness, pair_key
        ) AS place
    FROM members
)
SELECT grp, monotherapy_response AS alone, response AS combined, COUNT(*) AS patients
FROM answered
WHERE place = 1
GROUP BY grp, monotherapy_response, response
