-- How long after the first combination of each patient that ended nothing followed, and what then did.
--
-- selected: grp, pair_key, course_key, patient_key: the pairs that are counted
WITH selected AS ({selected}),
ordered AS (
    SELECT
        s.grp,
        f.days,
        f.kind,
        ROW_NUMBER() OVER (PARTITION BY s.grp, s.patient_key ORDER BY f.end_day, s.pair_key) AS place
    FROM selected AS s
    INNER JOIN pair_followups AS f ON f.pair_key = s.pair_key
)
SELECT grp, days, kind, COUNT(*) AS patients
FROM ordered
WHERE place = 1
GROUP BY grp, days, kind
