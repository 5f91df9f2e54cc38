-- Reconciliation: how many days each view of the same treatments holds, and where the difference
-- between two views goes. Each difference is counted for itself, not as what is left over.
-- Days of eras, pairs and courses are counted once for each of them (drug-days, pair-days);
-- days of segments, lines and states once for each patient.
WITH supplies AS (
    SELECT DISTINCT
        e.patient_key,
        r.drug_key,
        r.grace_period,
        o.last_day,
        e.start_day,
        CASE WHEN e.is_ongoing = 1 OR e.end_day > o.last_day THEN o.last_day ELSE e.end_day END AS end_day
    FROM {exposures} AS e
    INNER JOIN {roles} AS r ON r.drug = e.drug
    INNER JOIN {observation} AS o ON o.patient_key = e.patient_key
    WHERE e.start_day <= o.last_day
),
covered AS (
    SELECT
        patient_key,
        drug_key,
        grace_period,
        start_day,
        end_day,
        MAX(end_day) OVER (
            PARTITION BY patient_key, drug_key ORDER BY start_day, end_day
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS covered_until
    FROM supplies
),
supply_days AS (
    SELECT
        end_day - start_day + 1 AS days,
        CASE
            WHEN covered_until >= end_day THEN end_day - start_day + 1
            WHEN covered_until >= start_day THEN covered_until - start_day + 1
            ELSE 0
        END AS covered_before,
        CASE
            WHEN start_day - covered_until - 1 BETWEEN 1 AND grace_period THEN start_day - covered_until - 1
            ELSE 0
        END AS bridged
    FROM covered
),
last_supplies AS (
    SELECT patient_key, drug_key, MAX(end_day) AS end_day FROM supplies GROUP BY patient_key, drug_key
),
-- What is taken on the days of each state; a day before the first treatment has none.
state_days AS (
    SELECT
        s.state,
        CASE
            WHEN r.regimen_mask IS NULL THEN 0
            WHEN r.n_anchors > 0 AND r.n_partners > 0 THEN 2
            ELSE 1
        END AS taken,
        LEAST(s.end_day, t.end_day) - GREATEST(s.start_day, t.start_day) + 1 AS days
    FROM {states} AS s
    INNER JOIN {timeline} AS t
        ON t.patient_key = s.patient_key
        AND t.start_day <= s.end_day
        AND t.end_day >= s.start_day
    LEFT JOIN {regimens} AS r ON r.regimen_mask = t.regimen_mask
),
person_time AS (
    SELECT patient_key, MIN(start_day) AS begin_day FROM {states} GROUP BY patient_key
),
unobserved AS (
    SELECT
        CASE WHEN r.n_anchors > 0 AND r.n_partners > 0 THEN 2 ELSE 1 END AS taken,
        LEAST(t.end_day, COALESCE(p.begin_day - 1, t.end_day)) - t.start_day + 1 AS days
    FROM {timeline} AS t
    INNER JOIN {regimens} AS r ON r.regimen_mask = t.regimen_mask
    LEFT JOIN person_time AS p ON p.patient_key = t.patient_key
    WHERE t.start_day < p.begin_day OR p.begin_day IS NULL
),
after_last AS (
    SELECT
        s.state,
        s.end_day - GREATEST(s.start_day, l.end_day + 1) + 1 AS days
    FROM {states} AS s
    INNER JOIN (SELECT patient_key, MAX(end_day) AS end_day FROM {timeline} GROUP BY patient_key) AS l
        ON l.patient_key = s.patient_key
    WHERE s.end_day > l.end_day
),
taken AS (
    SELECT r.n_drugs, r.n_anchors, r.n_partners, t.end_day - t.start_day + 1 AS days
    FROM {timeline} AS t
    INNER JOIN {regimens} AS r ON r.regimen_mask = t.regimen_mask
),
course_pairs AS (
    SELECT
        start_day,
        end_day,
        MAX(end_day) OVER (
            PARTITION BY course_key ORDER BY start_day, pair_key
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS covered_until
    FROM {pairs}
    WHERE course_key IS NOT NULL
),
gaps AS (
    SELECT t.end_day - t.start_day + 1 AS days
    FROM {timeline} AS t
    LEFT JOIN {lines} AS l ON l.patient_key = t.patient_key AND l.start_day = t.end_day + 1
    WHERE t.regimen_mask = 0 AND t.start_day > -524288 AND l.patient_key IS NULL
),
items AS (
    SELECT 11 AS place, days FROM supply_days
    UNION ALL
    SELECT 12 AS place, -covered_before AS days FROM supply_days
    UNION ALL
    SELECT 13 AS place, bridged AS days FROM supply_days
    UNION ALL
    SELECT 14 AS place, e.end_day - l.end_day AS days
    FROM {eras} AS e
    INNER JOIN last_supplies AS l ON l.patient_key = e.patient_key AND l.drug_key = e.drug_key
    WHERE e.is_ongoing = 1
    UNION ALL
    SELECT 19 AS place, end_day - start_day + 1 AS days FROM {eras}
    UNION ALL
    SELECT 21 AS place, end_day - start_day + 1 AS days FROM {eras}
    UNION ALL
    SELECT 22 AS place, -(n_drugs - 1) * days AS days FROM taken
    UNION ALL
    SELECT 29 AS place, days FROM {segments}
    UNION ALL
    SELECT 31 AS place, days FROM {segments}
    UNION ALL
    SELECT 32 AS place, -days AS days FROM taken WHERE n_anchors = 0 OR n_partners = 0
    UNION ALL
    SELECT 33 AS place, (n_anchors * n_partners - 1) * days AS days
    FROM taken
    WHERE n_anchors > 0 AND n_partners > 0
    UNION ALL
    SELECT 39 AS place, end_day - start_day + 1 AS days FROM {pairs}
    UNION ALL
    SELECT 41 AS place, end_day - start_day + 1 AS days FROM {pairs}
    UNION ALL
    SELECT 42 AS place, -(end_day - start_day + 1) AS days FROM {pairs} WHERE course_key IS NULL
    UNION ALL
    SELECT 43 AS place, -(LEAST(end_day, covered_until) - start_day + 1) AS days
    FROM course_pairs
    WHERE covered_until >= start_day
    UNION ALL
    SELECT 49 AS place, end_day - start_day + 1 AS days FROM {courses}
    UNION ALL
    SELECT 51 AS place, days FROM {segments}
    UNION ALL
    SELECT 52 AS place, days FROM gaps
    UNION ALL
    SELECT 59 AS place, days FROM {lines}
    UNION ALL
    SELECT 61 AS place, days FROM {segments}
    UNION ALL
    SELECT 62 AS place, -days AS days FROM unobserved
    UNION ALL
    SELECT 63 AS place, days FROM state_days WHERE taken = 0
    UNION ALL
    SELECT 64 AS place, days FROM after_last
    UNION ALL
    SELECT 69 AS place, days FROM {states}
    UNION ALL
    SELECT 71 AS place, days FROM taken WHERE n_anchors > 0 AND n_partners > 0
    UNION ALL
    SELECT 72 AS place, -days AS days FROM unobserved WHERE taken = 2
    UNION ALL
    SELECT 73 AS place, days FROM state_days WHERE state = 'combination' AND taken < 2
    UNION ALL
    SELECT 73 AS place, days FROM after_last WHERE state = 'combination'
    UNION ALL
    SELECT 79 AS place, days FROM {states} WHERE state = 'combination'
),
places AS (
    SELECT place, COALESCE(CAST(SUM(days) AS BIGINT), 0) AS days FROM items GROUP BY place
)
SELECT
    CAST(n.place AS BIGINT) AS step,
    n.from_view,
    n.to_view,
    n.item,
    COALESCE(p.days, 0) AS days
FROM {names} AS n
LEFT JOIN places AS p ON p.place = n.place
