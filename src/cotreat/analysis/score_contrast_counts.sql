-- Patients by their score on the anchor alone and on the combination, of each patient's first add-on course.
--
-- selected: grp, pair_key, course_key, patient_key: the pairs that are counted
WITH selected AS ({selected}),
ordered AS (
    SELECT
        s.grp,
        s.patient_key,
        s.course_key,
        ROW_NUMBER() OVER (PARTITION BY s.grp, s.patient_key ORDER BY c.start_day, s.pair_key) AS place
    FROM selected AS s
    INNER JOIN courses AS c ON c.course_key = s.course_key
    WHERE c."order" = 'add_on'
)
SELECT o.grp, x.instrument, x.alone, x.combined, COUNT(*) AS patients
FROM ordered AS o
INNER JOIN score_contrasts AS x ON x.course_key = o.course_key
WHERE o.place = 1
GROUP BY o.grp, x.instrument, x.alone, x.combined
