-- What came after a pair that ended: the set of role drugs, other than its own two, that were
-- taken after its end and started around it; or that one of its own two started again.
WITH candidates AS (
    SELECT p.pair_key, e.start_day, e.drug_key, e.bit
    FROM {overlaps} AS p
    INNER JOIN {eras} AS e
        ON e.patient_key = p.patient_key
        AND e.drug_key <> p.anchor_key
        AND e.drug_key <> p.partner_key
        AND e.end_day > p.end_day
        -- A bridge is shorter than min_overlap and counts; a parallel partner does not.
        AND e.start_day >= p.end_day - :min_overlap + 2
        AND e.start_day <= p.end_day + :switch_window
    WHERE p.is_ongoing = 0
),
firsts AS (
    SELECT pair_key, MIN(start_day) AS start_day FROM candidates GROUP BY pair_key
),
chosen AS (
    SELECT DISTINCT c.pair_key, c.drug_key, c.bit
    FROM candidates AS c
    INNER JOIN firsts AS f ON f.pair_key = c.pair_key
    WHERE c.start_day <= f.start_day + :simultaneous_window
),
started AS (
    SELECT pair_key, CAST(SUM(CAST(bit AS DOUBLE)) AS BIGINT) AS regimen_mask FROM chosen GROUP BY pair_key
),
restarted AS (
    SELECT DISTINCT p.pair_key
    FROM {overlaps} AS p
    INNER JOIN {eras} AS e
        ON e.patient_key = p.patient_key
        AND (e.drug_key = p.anchor_key OR e.drug_key = p.partner_key)
        AND e.start_day > p.end_day
        AND e.start_day <= p.end_day + :switch_window
    WHERE p.is_ongoing = 0
)
SELECT
    p.pair_key,
    s.regimen_mask,
    CASE
        WHEN s.regimen_mask IS NOT NULL THEN NULL
        WHEN r.pair_key IS NOT NULL THEN 'restart'
        WHEN o.last_day < p.end_day + :switch_window THEN 'not_observed'
        ELSE 'none'
    END AS otherwise
FROM {overlaps} AS p
INNER JOIN {observation} AS o ON o.patient_key = p.patient_key
LEFT JOIN started AS s ON s.pair_key = p.pair_key
LEFT JOIN restarted AS r ON r.pair_key = p.pair_key
