-- Reconciliation: how many days each view of the same treatments holds, and where the difference
-- between two views goes. Each difference is counted from something else than the view that it
-- leads to, so that a view that is wrong does not explain itself.
-- Days of eras, pairs and courses are counted once for each of them (drug-days, pair-days);
-- days of segments, lines and states once for each patient.
WITH supplies AS (
    SELECT DISTINCT
        e.patient_key,
        r.drug_key,
        r.grace_period,
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
        grace_period,
        start_day,
        end_day,
        MAX(end_day) OVER (
            PARTITION BY patient_key, drug_key ORDER BY start_day, end_day
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS covered_until
    FROM supplies
),
last_supplies AS (
    SELECT s.patient_key, r.drug, MAX(s.end_day) AS end_day
    FROM supplies AS s
    INNER JOIN {roles} AS r ON r.drug_key = s.drug_key
    GROUP BY s.patient_key, r.drug
),
-- What is taken, and the untreated days up to the next treatment or, after the last, to the end.
taken AS (
    SELECT
        s.patient_key,
        s.start_day,
        s.end_day,
        LEAD(s.start_day) OVER (PARTITION BY s.patient_key ORDER BY s.start_day) AS next_day,
        o.first_day,
        o.last_day,
        r.n_drugs,
        r.n_anchors * r.n_partners AS n_pairs
    FROM {segments} AS s
    INNER JOIN {regimens} AS r ON r.regimen_mask = s.regimen_mask
    INNER JOIN {observation} AS o ON o.patient_key = s.patient_key
),
-- Person-time begins on the first observed day on which something is taken.
person_time AS (
    SELECT patient_key, MIN(GREATEST(start_day, first_day)) AS begin_day, MAX(last_day) AS last_day
    FROM taken
    WHERE end_day >= first_day
    GROUP BY patient_key
),
followed AS (
    SELECT t.*, p.begin_day
    FROM taken AS t
    LEFT JOIN person_time AS p ON p.patient_key = t.patient_key
),
unobserved AS (
    SELECT patient_key, n_pairs, LEAST(end_day, COALESCE(begin_day - 1, end_day)) - start_day + 1 AS days
    FROM followed
    WHERE start_day < begin_day OR begin_day IS NULL
),
untreated AS (
    SELECT f.patient_key, f.next_day, f.begin_day, f.last_day, f.end_day, l.line
    FROM followed AS f
    LEFT JOIN {lines} AS l ON l.patient_key = f.patient_key AND l.start_day = f.next_day
    WHERE f.next_day IS NULL OR f.next_day > f.end_day + 1
),
course_pairs AS (
    SELECT
        patient_key,
        start_day,
        end_day,
        MAX(end_day) OVER (
            PARTITION BY course_key ORDER BY start_day, pair_key
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS covered_until
    FROM {pairs}
    WHERE course_key IS NOT NULL
),
-- A pair's risk window is that of the drug whose stop ended it, the longer one if both stopped.
pair_risks AS (
    SELECT p.patient_key, p.pair_key, p.start_day, p.end_day + MAX(e.risk_window) AS risk_end_day
    FROM {pairs} AS p
    INNER JOIN {eras} AS e
        ON e.patient_key = p.patient_key
        AND e.end_day = p.end_day
        AND (e.drug = p.anchor OR e.drug = p.partner)
    GROUP BY p.patient_key, p.pair_key, p.start_day, p.end_day
),
at_risk AS (
    SELECT
        patient_key,
        start_day,
        risk_end_day,
        MAX(risk_end_day) OVER (
            PARTITION BY patient_key ORDER BY start_day, pair_key
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS covered_until
    FROM pair_risks
),
items AS (
    SELECT 11 AS place, patient_key, end_day - start_day + 1 AS days FROM supplies
    UNION ALL
    SELECT 12 AS place, patient_key, start_day - LEAST(end_day, covered_until) - 1 AS days
    FROM covered
    WHERE covered_until >= start_day
    UNION ALL
    SELECT 13 AS place, patient_key, start_day - covered_until - 1 AS days
    FROM covered
    WHERE start_day - covered_until - 1 BETWEEN 1 AND grace_period
    UNION ALL
    SELECT 14 AS place, e.patient_key, e.end_day - l.end_day AS days
    FROM {eras} AS e
    INNER JOIN last_supplies AS l ON l.patient_key = e.patient_key AND l.drug = e.drug
    WHERE e.is_ongoing = 1
    UNION ALL
    SELECT 19 AS place, patient_key, end_day - start_day + 1 AS days FROM {eras}
    UNION ALL
    SELECT 21 AS place, patient_key, end_day - start_day + 1 AS days FROM {eras}
    UNION ALL
    SELECT 22 AS place, patient_key, (1 - n_drugs) * (end_day - start_day + 1) AS days FROM taken
    UNION ALL
    SELECT 29 AS place, patient_key, days FROM {segments}
    UNION ALL
    SELECT 31 AS place, patient_key, days FROM {segments}
    UNION ALL
    SELECT 32 AS place, patient_key, start_day - end_day - 1 AS days FROM taken WHERE n_pairs = 0
    UNION ALL
    SELECT 33 AS place, patient_key, (n_pairs - 1) * (end_day - start_day + 1) AS days FROM taken WHERE n_pairs > 1
    UNION ALL
    SELECT 39 AS place, patient_key, end_day - start_day + 1 AS days FROM {pairs}
    UNION ALL
    SELECT 41 AS place, patient_key, end_day - start_day + 1 AS days FROM {pairs}
    UNION ALL
    SELECT 42 AS place, patient_key, start_day - end_day - 1 AS days FROM {pairs} WHERE course_key IS NULL
    UNION ALL
    SELECT 43 AS place, patient_key, start_day - LEAST(end_day, covered_until) - 1 AS days
    FROM course_pairs
    WHERE covered_until >= start_day
    UNION ALL
    SELECT 49 AS place, patient_key, end_day - start_day + 1 AS days FROM {courses}
    UNION ALL
    SELECT 51 AS place, patient_key, days FROM {segments}
    UNION ALL
    SELECT 52 AS place, patient_key, next_day - end_day - 1 AS days
    FROM untreated
    WHERE next_day IS NOT NULL AND line IS NULL
    UNION ALL
    SELECT 59 AS place, patient_key, days FROM {lines}
    UNION ALL
    SELECT 61 AS place, patient_key, days FROM {segments}
    UNION ALL
    SELECT 62 AS place, patient_key, -days AS days FROM unobserved
    UNION ALL
    SELECT 63 AS place, patient_key, next_day - end_day - 1 AS days
    FROM untreated
    WHERE next_day IS NOT NULL AND end_day >= begin_day
    UNION ALL
    SELECT 64 AS place, patient_key, last_day - end_day AS days
    FROM untreated
    WHERE next_day IS NULL AND end_day >= begin_day
    UNION ALL
    SELECT 69 AS place, patient_key, days FROM {states}
    UNION ALL
    SELECT 71 AS place, patient_key, end_day - start_day + 1 AS days FROM taken WHERE n_pairs > 0
    UNION ALL
    SELECT 72 AS place, patient_key, -days AS days FROM unobserved WHERE n_pairs > 0
    UNION ALL
    SELECT
        73 AS place,
        r.patient_key,
        LEAST(r.risk_end_day, p.last_day)
        - GREATEST(r.start_day, COALESCE(r.covered_until + 1, r.start_day), p.begin_day) + 1 AS days
    FROM at_risk AS r
    INNER JOIN person_time AS p ON p.patient_key = r.patient_key
    WHERE LEAST(r.risk_end_day, p.last_day)
        >= GREATEST(r.start_day, COALESCE(r.covered_until + 1, r.start_day), p.begin_day)
    UNION ALL
    SELECT 73 AS place, patient_key, GREATEST(start_day, begin_day) - end_day - 1 AS days
    FROM followed
    WHERE n_pairs > 0 AND end_day >= begin_day
    UNION ALL
    SELECT 79 AS place, patient_key, days FROM {states} WHERE state = 'combination'
),
by_patient AS (
    SELECT place, patient_key, CAST(SUM(days) AS BIGINT) AS days FROM items GROUP BY place, patient_key
),
places AS (
    SELECT
        place,
        CAST(SUM(days) AS BIGINT) AS days,
        COUNT(CASE WHEN days <> 0 THEN 1 END) AS patients
    FROM by_patient
    GROUP BY place
)
SELECT
    CAST(n.place AS BIGINT) AS step,
    n.from_view,
    n.to_view,
    n.item,
    COALESCE(p.days, 0) AS days,
    COALESCE(p.patients, 0) AS patients
FROM {names} AS n
LEFT JOIN places AS p ON p.place = n.place
