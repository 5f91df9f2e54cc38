-- Patients by how many units they have, and how many of these have each level.
--
-- selected: grp, pair_key, course_key, patient_key: the pairs that are counted
-- variable: pair_key, event_key, level, is_known: the answers of each pair;
--           level NULL: unknown for every level; is_known 0: unknown for this one
-- unit_key: what one counted unit is
--
-- A unit has a level when any of its answers does; it lacks it when every answer is
-- known and none does; otherwise it is unknown for that level. Rows with level ''
-- hold the units of all patients; rows with a level only the patients whom it touches.
WITH selected AS ({selected}),
variable AS ({variable}),
answers AS (
    SELECT s.grp, {unit_key} AS unit_key, s.patient_key, v.level, v.is_known
    FROM selected AS s
    INNER JOIN variable AS v ON v.pair_key = s.pair_key
    WHERE {unit_key} IS NOT NULL
),
units AS (
    SELECT grp, unit_key, patient_key, MAX(CASE WHEN level IS NULL THEN 1 ELSE 0 END) AS is_unknown
    FROM answers
    GROUP BY grp, unit_key, patient_key
),
levels AS (
    SELECT grp, unit_key, patient_key, level, MAX(is_known) AS has_level
    FROM answers
    WHERE level IS NOT NULL
    GROUP BY grp, unit_key, patient_key, level
),
totals AS (
    SELECT grp, patient_key, COUNT(*) AS n_units, CAST(SUM(is_unknown) AS BIGINT) AS n_unknown
    FROM units
    GROUP BY grp, patient_key
),
touched AS (
    SELECT
        l.grp,
        l.patient_key,
        l.level,
        CAST(SUM(l.has_level) AS BIGINT) AS hits,
        CAST(SUM(l.has_level * u.is_unknown) AS BIGINT) AS found,
        CAST(SUM((1 - l.has_level) * (1 - u.is_unknown)) AS BIGINT) AS lost
    FROM levels AS l
    INNER JOIN units AS u ON u.grp = l.grp AND u.unit_key = l.unit_key AND u.patient_key = l.patient_key
    GROUP BY l.grp, l.patient_key, l.level
)
SELECT
    grp, '' AS level, n_units, n_unknown,
    CAST(0 AS BIGINT) AS hits, CAST(0 AS BIGINT) AS found, CAST(0 AS BIGINT) AS lost,
    COUNT(*) AS patients
FROM totals
GROUP BY grp, n_units, n_unknown
UNION ALL
SELECT t.grp, t.level, a.n_units, a.n_unknown, t.hits, t.found, t.lost, COUNT(*) AS patients
FROM touched AS t
INNER JOIN totals AS a ON a.grp = t.grp AND a.patient_key = t.patient_key
GROUP BY t.grp, t.level, a.n_units, a.n_unknown, t.hits, t.found, t.lost
