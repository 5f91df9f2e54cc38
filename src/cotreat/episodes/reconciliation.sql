-- Reconciliation: how many days each view of the same treatments holds, and where the difference
-- between two views goes. Each difference is counted from something else than the view that it
-- leads to, so that a view that is wrong does not explain itself.
-- Days of eras, pairs and courses are counted once for each of them (drug-days, pair-days);
-- days of segments, lines and states once for each patient.
--
-- Every view is summed by patient once, with one column for each place that it fills (n11: place 11).
-- Supplies in one number, so that one number sorts them: drug, first day, last day, 20 bits each.
WITH supplies AS (
    SELECT
        e.patient_key,
        (((r.drug_key << 20) + e.start_day + 524288) << 20)
        + CASE WHEN e.is_ongoing = 1 OR e.end_day > o.last_day THEN o.last_day ELSE e.end_day END + 524288
            AS moment,
        r.drug_key,
        r.grace_period
    FROM {exposures} AS e
    INNER JOIN {roles} AS r ON r.drug = e.drug
    INNER JOIN {observation} AS o ON o.patient_key = e.patient_key
    WHERE e.start_day <= o.last_day
),
swept AS (
    SELECT
        patient_key,
        moment,
        drug_key,
        grace_period,
        LAG(moment) OVER (PARTITION BY patient_key ORDER BY moment) AS moment_before,
        LEAD(moment) OVER (PARTITION BY patient_key ORDER BY moment) AS moment_after,
        MAX((drug_key << 20) + (moment & 1048575)) OVER (
            PARTITION BY patient_key ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached
    FROM supplies
),
-- The same days of the same drug count once. What another drug reaches covers nothing.
covered AS (
    SELECT
        patient_key,
        drug_key,
        grace_period,
        ((moment >> 20) & 1048575) - 524288 AS start_day,
        (moment & 1048575) - 524288 AS end_day,
        CASE WHEN (reached >> 20) = drug_key THEN (reached & 1048575) - 524288 END AS covered_until,
        CASE WHEN (moment_after >> 40) = drug_key THEN 0 ELSE 1 END AS is_last
    FROM swept
    WHERE moment_before IS NULL OR moment_before < moment
),
supplied AS (
    SELECT
        patient_key,
        CAST(SUM(end_day - start_day + 1) AS BIGINT) AS n11,
        CAST(SUM(CASE WHEN covered_until >= start_day THEN start_day - LEAST(end_day, covered_until) - 1 ELSE 0 END)
            AS BIGINT) AS n12,
        CAST(SUM(
            CASE
                WHEN start_day - covered_until - 1 BETWEEN 1 AND grace_period THEN start_day - covered_until - 1
                ELSE 0
            END
        ) AS BIGINT) AS n13
    FROM covered
    GROUP BY patient_key
),
last_supplies AS (
    SELECT patient_key, drug_key, GREATEST(end_day, COALESCE(covered_until, end_day)) AS end_day
    FROM covered
    WHERE is_last = 1
),
went_on AS (
    SELECT e.patient_key, CAST(SUM(e.end_day - l.end_day) AS BIGINT) AS n14
    FROM {eras} AS e
    INNER JOIN last_supplies AS l ON l.patient_key = e.patient_key AND l.drug_key = e.drug_key
    WHERE e.is_ongoing = 1
    GROUP BY e.patient_key
),
era_days AS (
    SELECT patient_key, CAST(SUM(end_day - start_day + 1) AS BIGINT) AS n19
    FROM {eras}
    GROUP BY patient_key
),
-- What is taken, and the untreated days up to the next treatment or, after the last, to the end.
-- Person-time begins on the first observed day on which something is taken.
taken AS (
    SELECT
        s.patient_key,
        s.start_day,
        s.end_day,
        s.days,
        s.end_day - s.start_day + 1 AS length,
        LEAD(s.start_day) OVER (PARTITION BY s.patient_key ORDER BY s.start_day) AS next_day,
        MIN(CASE WHEN s.end_day >= o.first_day THEN GREATEST(s.start_day, o.first_day) END) OVER (
            PARTITION BY s.patient_key ORDER BY s.start_day
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS begin_day,
        o.last_day,
        r.n_drugs,
        r.n_anchors * r.n_partners AS n_pairs
    FROM {segments} AS s
    INNER JOIN {regimens} AS r ON r.regimen_mask = s.regimen_mask
    INNER JOIN {observation} AS o ON o.patient_key = s.patient_key
),
followed AS (
    SELECT
        t.*,
        l.line AS next_line,
        CASE WHEN t.next_day > t.end_day + 1 THEN t.next_day - t.end_day - 1 ELSE 0 END AS gap,
        CASE
            WHEN t.start_day < t.begin_day OR t.begin_day IS NULL
                THEN LEAST(t.end_day, COALESCE(t.begin_day - 1, t.end_day)) - t.start_day + 1
            ELSE 0
        END AS unobserved,
        CASE WHEN t.end_day >= t.begin_day THEN 1 ELSE 0 END AS is_observed
    FROM taken AS t
    LEFT JOIN {lines} AS l ON l.patient_key = t.patient_key AND l.start_day = t.next_day
),
segment_days AS (
    SELECT
        patient_key,
        MIN(begin_day) AS begin_day,
        MAX(last_day) AS last_day,
        CAST(SUM((1 - n_drugs) * length) AS BIGINT) AS n22,
        CAST(SUM(days) AS BIGINT) AS n29,
        CAST(SUM(CASE WHEN n_pairs = 0 THEN -length ELSE 0 END) AS BIGINT) AS n32,
        CAST(SUM(CASE WHEN n_pairs > 1 THEN (n_pairs - 1) * length ELSE 0 END) AS BIGINT) AS n33,
        CAST(SUM(CASE WHEN next_line IS NULL THEN gap ELSE 0 END) AS BIGINT) AS n52,
        CAST(SUM(-unobserved) AS BIGINT) AS n62,
        CAST(SUM(gap * is_observed) AS BIGINT) AS n63,
        CAST(SUM(CASE WHEN next_day IS NULL AND is_observed = 1 THEN last_day - end_day ELSE 0 END) AS BIGINT)
            AS n64,
        CAST(SUM(CASE WHEN n_pairs > 0 THEN length ELSE 0 END) AS BIGINT) AS n71,
        CAST(SUM(CASE WHEN n_pairs > 0 THEN -unobserved ELSE 0 END) AS BIGINT) AS n72,
        CAST(SUM(
            CASE
                WHEN n_pairs > 0 AND is_observed = 1 THEN GREATEST(start_day, begin_day) - end_day - 1
                ELSE 0
            END
        ) AS BIGINT) AS n73
    FROM followed
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
risk_days AS (
    SELECT patient_key, n73 FROM segment_days
    UNION ALL
    SELECT
        r.patient_key,
        LEAST(r.risk_end_day, p.last_day)
        - GREATEST(r.start_day, COALESCE(r.covered_until + 1, r.start_day), p.begin_day) + 1 AS n73
    FROM at_risk AS r
    INNER JOIN segment_days AS p ON p.patient_key = r.patient_key
    WHERE p.begin_day IS NOT NULL
        AND LEAST(r.risk_end_day, p.last_day)
        >= GREATEST(r.start_day, COALESCE(r.covered_until + 1, r.start_day), p.begin_day)
),
window_days AS (
    SELECT patient_key, CAST(SUM(n73) AS BIGINT) AS n73
    FROM risk_days
    GROUP BY patient_key
),
-- One row per patient and place.
by_patient AS (
    SELECT 11 AS place, n11 AS days FROM supplied
    UNION ALL
    SELECT 12 AS place, n12 AS days FROM supplied
    UNION ALL
    SELECT 13 AS place, n13 AS days FROM supplied
    UNION ALL
    SELECT 14 AS place, n14 AS days FROM went_on
    UNION ALL
    SELECT 19 AS place, n19 AS days FROM era_days
    UNION ALL
    SELECT 21 AS place, n19 AS days FROM era_days
    UNION ALL
    SELECT 22 AS place, n22 AS days FROM segment_days
    UNION ALL
    SELECT 29 AS place, n29 AS days FROM segment_days
    UNION ALL
    SELECT 31 AS place, n29 AS days FROM segment_days
    UNION ALL
    SELECT 32 AS place, n32 AS days FROM segment_days
    UNION ALL
    SELECT 33 AS place, n33 AS days FROM segment_days
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
    SELECT 51 AS place, n29 AS days FROM segment_days
    UNION ALL
    SELECT 52 AS place, n52 AS days FROM segment_days
    UNION ALL
    SELECT 59 AS place, n59 AS days FROM line_days
    UNION ALL
    SELECT 61 AS place, n29 AS days FROM segment_days
    UNION ALL
    SELECT 62 AS place, n62 AS days FROM segment_days
    UNION ALL
    SELECT 63 AS place, n63 AS days FROM segment_days
    UNION ALL
    SELECT 64 AS place, n64 AS days FROM segment_days
    UNION ALL
    SELECT 69 AS place, n69 AS days FROM state_days
    UNION ALL
    SELECT 71 AS place, n71 AS days FROM segment_days
    UNION ALL
    SELECT 72 AS place, n72 AS days FROM segment_days
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
