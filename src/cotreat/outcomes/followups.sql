-- What came after each counted pair that ended: how many days until another role drug was started or one of its
-- own again, how long that could have been seen, and whether a complete response held on the anchor alone.
--
-- A drug that had been taken with the pair for fewer than min_overlap days is a bridge and comes after it, on day 0.
-- kind: 1 another drug, 2 a restart, of both on one day the first; 3 death; 0 nothing as long as it was seen.
-- The response held if every judgement on the anchor alone after the partner was stopped is complete; NULL: there is
-- none, or the question does not arise.
WITH ended AS (
    SELECT p.pair_key, p.patient_key, p.anchor, p.partner, p.end_day, p."end", p.response
    FROM {pairs} AS p
    WHERE p.course_key IS NOT NULL AND p."end" <> 'ongoing'
),
starts AS (
    SELECT
        p.pair_key,
        GREATEST(e.start_day - p.end_day, 0) * 4
        + CASE WHEN e.drug <> p.anchor AND e.drug <> p.partner THEN 1 ELSE 2 END AS code
    FROM ended AS p
    INNER JOIN {eras} AS e
        ON e.patient_key = p.patient_key
        AND e.end_day > p.end_day
        AND e.start_day >= p.end_day - :min_overlap + 2
    WHERE e.start_day > p.end_day OR (e.drug <> p.anchor AND e.drug <> p.partner)
),
firsts AS (
    SELECT pair_key, MIN(code) AS code FROM starts GROUP BY pair_key
),
judged AS (
    SELECT
        p.pair_key,
        a.day,
        MAX(CASE WHEN a.response = 'complete' THEN 0 ELSE 1 END) AS is_lost
    FROM ended AS p
    INNER JOIN {eras} AS e
        ON e.patient_key = p.patient_key
        AND e.drug = p.anchor
        AND e.start_day <= p.end_day
        AND e.end_day > p.end_day
    INNER JOIN {assessments} AS a
        ON a.patient_key = p.patient_key AND a.day > p.end_day AND a.day <= e.end_day
    WHERE p."end" = 'partner_stopped'
        AND p.response = 'complete'
        AND a.response IN ('complete', 'partial', 'none')
        AND COALESCE(a.context, 'monotherapy') = 'monotherapy'
    GROUP BY p.pair_key, a.day
),
beside AS (
    SELECT DISTINCT j.pair_key, j.day
    FROM judged AS j
    INNER JOIN ended AS p ON p.pair_key = j.pair_key
    INNER JOIN {eras} AS e ON e.patient_key = p.patient_key AND e.start_day < j.day AND e.end_day >= j.day
    WHERE e.role = 'partner'
),
held AS (
    SELECT j.pair_key, MAX(j.is_lost) AS is_lost
    FROM judged AS j
    LEFT JOIN beside AS b ON b.pair_key = j.pair_key AND b.day = j.day
    WHERE b.pair_key IS NULL
    GROUP BY j.pair_key
)
SELECT
    p.pair_key,
    p.patient_key,
    p.end_day,
    CASE WHEN f.code IS NOT NULL THEN (f.code >> 2) ELSE o.last_day - p.end_day END AS days,
    CASE
        WHEN f.code IS NOT NULL THEN MOD(f.code, 4)
        WHEN t.death_day = o.last_day THEN 3
        ELSE 0
    END AS kind,
    CASE WHEN h.is_lost = 0 THEN 'yes' WHEN h.is_lost = 1 THEN 'no' END AS held
FROM ended AS p
INNER JOIN {observation} AS o ON o.patient_key = p.patient_key
INNER JOIN {patients} AS t ON t.patient_key = p.patient_key
LEFT JOIN firsts AS f ON f.pair_key = p.pair_key
LEFT JOIN held AS h ON h.pair_key = p.pair_key
