-- Reconciliation: how many days each view of the same treatments holds, and where the difference
-- between two views goes. Each difference is counted from something else than the view that it
-- leads to, so that a view that is wrong does not explain itself.
-- Days of eras, pairs and courses are counted once for each of them (drug-days, pair-days);
-- days of segments, lines and states once for each patient.
--
-- Every view is summed by patient once, with one column for each place that it fills (n11: place 11).
WITH era_days AS (
    SELECT patient_key, CAST(SUM(end_day - start_day + 1) AS BIGINT) AS n19
    FROM {eras}
    GROUP BY patient_key
),
pair_days AS (
    SELECT
        patient_key,
        CAST(SUM(end_day - start_day + 1) AS BIGINT) AS n39,
        CAST(SUM(CASE WHEN course_key IS NULL THEN start_day - end_day - 1 ELSE 0 END) AS BIGINT) AS n42
    FROM {pairs}
    GROUP BY patient_key
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
parallel_days AS (
    SELECT patient_key, CAST(SUM(start_day - LEAST(end_day, covered_until) - 1) AS BIGINT) AS n43
    FROM course_pairs
    WHERE covered_until >= start_day
    GROUP BY patient_key
),
course_days AS (
    SELECT patient_key, CAST(SUM(end_day - start_day + 1) AS BIGINT) AS n49
    FROM {courses}
    GROUP BY patient_key
),
line_days AS (
    SELECT patient_key, CAST(SUM(days) AS BIGINT) AS n59
    FROM {lines}
    GROUP BY patient_key
),
state_days AS (
    SELECT
        patient_key,
        CAST(SUM(days) AS BIGINT) AS n69,
        CAST(SUM(CASE WHEN state = 'combination' THEN days ELSE 0 END) AS BIGINT) AS n79
    FROM {states}
    GROUP BY patient_key
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
-- Person-time begins on the first observed day on which something is taken.
begins AS (
    SELECT s.patient_key, o.last_day, MIN(GREATEST(s.start_day, o.first_day)) AS begin_day
    FROM {segments} AS s
    INNER JOIN {observation} AS o ON o.patient_key = s.patient_key
    WHERE s.end_day >= o.first_day AND s.patient_key IN (SELECT patient_key FROM pair_risks)
    GROUP BY s.patient_key, o.last_day
),
risk_days AS (
    SELECT patient_key, n73 FROM {segment_days} WHERE n73 <> 0
    UNION ALL
    SELECT
        r.patient_key,
        LEAST(r.risk_end_day, b.last_day)
        - GREATEST(r.start_day, COALESCE(r.covered_until + 1, r.start_day), b.begin_day) + 1 AS n73
    FROM at_risk AS r
    INNER JOIN begins AS b ON b.patient_key = r.patient_key
    WHERE LEAST(r.risk_end_day, b.last_day)
        >= GREATEST(r.start_day, COALESCE(r.covered_until + 1, r.start_day), b.begin_day)
),
window_days AS (
    SELECT patient_key, CAST(SUM(n73) AS BIGINT) AS n73
    FROM risk_days
    GROUP BY patient_key
),
-- One row per patient and place.
by_patient AS (
    SELECT 11 AS place, n11 AS days FROM {supply_days}
    UNION ALL
    SELECT 12 AS place, n12 AS days FROM {supply_days}
    UNION ALL
    SELECT 13 AS place, n13 AS days FROM {supply_days}
    UNION ALL
    SELECT 14 AS place, n14 AS days FROM {supply_days}
    UNION ALL
    SELECT 19 AS place, n19 AS days FROM era_days
    UNION ALL
    SELECT 21 AS place, n19 AS days FROM era_days
    UNION ALL
    SELECT 22 AS place, n22 AS days FROM {segment_days}
    UNION ALL
    SELECT 29 AS place, n29 AS days FROM {segment_days}
    UNION ALL
    SELECT 31 AS place, n29 AS days FROM {segment_days}
    UNION ALL
    SELECT 32 AS place, n32 AS days FROM {segment_days}
    UNION ALL
    SELECT 33 AS place, n33 AS days FROM {segment_days}
    UNION ALL
    SELECT 39 AS place, n39 AS days FROM pair_days
    UNION ALL
    SELECT 41 AS place, n39 AS days FROM pair_days
    UNION ALL
    SELECT 42 AS place, n42 AS days FROM pair_days
    UNION ALL
    SELECT 43 AS place, n43 AS days FROM parallel_days
    UNION ALL
    SELECT 49 AS place, n49 AS days FROM course_days
    UNION ALL
    SELECT 51 AS place, n29 AS days FROM {segment_days}
    UNION ALL
    SELECT 52 AS place, n52 AS days FROM {segment_days}
    UNION ALL
    SELECT 59 AS place, n59 AS days FROM line_days
    UNION ALL
    SELECT 61 AS place, n29 AS days FROM {segment_days}
    UNION ALL
    SELECT 62 AS place, n62 AS days FROM {segment_days}
    UNION ALL
    SELECT 63 AS place, n63 AS days FROM {segment_days}
    UNION ALL
    SELECT 64 AS place, n64 AS days FROM {segment_days}
    UNION ALL
    SELECT 69 AS place, n69 AS days FROM state_days
    UNION ALL
    SELECT 71 AS place, n71 AS days FROM {segment_days}
    UNION ALL
    SELECT 72 AS place, n72 AS days FROM {segment_days}
    UNION ALL
    SELECT 73 AS place, n73 AS days FROM window_days
    UNION ALL
    SELECT 79 AS place, n79 AS days FROM state_days
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
