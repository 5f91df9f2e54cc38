-- Patients by how many units they have, and how many of these have one level that is named beforehand: what
-- counting.sql counts for every level, without joining the units with themselves, and without words in what is
-- grouped.
--
-- selected: grp, pair_key, course_key, patient_key: the pairs that are counted
-- variable: pair_key, event_key, level, is_known: the answers of each pair
-- unit_key: what one counted unit is; :counted_level: the level
WITH selected AS ({selected}),
variable AS ({variable}),
units AS (
    SELECT
        s.grp,
        s.patient_key,
        MAX(CASE WHEN v.level IS NULL THEN 1 ELSE 0 END) AS is_unknown,
        MAX(CASE WHEN v.level = :counted_level THEN 1 ELSE 0 END) AS is_touched,
        MAX(CASE WHEN v.level = :counted_level THEN v.is_known ELSE 0 END) AS has_level
    FROM selected AS s
    INNER JOIN variable AS v ON v.pair_key = s.pair_key
    WHERE {unit_key} IS NOT NULL
    GROUP BY s.grp, s.patient_key, {unit_key}
),
patients_counted AS (
    SELECT
        grp,
        CAST(COUNT(*) AS BIGINT) AS n_units,
        CAST(SUM(is_unknown) AS BIGINT) AS n_unknown,
        CAST(MAX(is_touched) AS BIGINT) AS is_touched,
        CAST(SUM(has_level) AS BIGINT) AS hits,
        CAST(SUM(has_level * is_unknown) AS BIGINT) AS found,
        CAST(SUM(is_touched * (1 - has_level) * (1 - is_unknown)) AS BIGINT) AS lost
    FROM units
    GROUP BY grp, patient_key
)
SELECT grp, n_units, n_unknown, is_touched, hits, found, lost, COUNT(*) AS patients
FROM patients_counted
GROUP BY grp, n_units, n_unknown, is_touched, hits, found, lost
