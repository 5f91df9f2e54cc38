-- Who is asked whether a criterion was met: each span with each criterion of its patient's disease, or of a score
-- that the patient has. Baseline: the last value in the days of the look-back before the first day, that day
-- among them; of two on that day the better, which makes an improvement smaller.
-- standing: 'no_baseline'; 'not_eligible' if the criterion was met before or cannot be met from there;
-- 'eligible'. An improvement in percent has no meaning from a baseline of 0.
WITH scored AS (
    SELECT DISTINCT patient_key, instrument_key FROM {response_scores}
),
asked AS (
    SELECT s.span_key, s.patient_key, s.start_day, c.criterion_key
    FROM {response_spans} AS s
    INNER JOIN {patients} AS t ON t.patient_key = s.patient_key
    CROSS JOIN {response_criteria} AS c
    LEFT JOIN {response_diseases} AS d ON d.criterion_key = c.criterion_key AND d.disease = t.disease
    LEFT JOIN scored AS e ON e.patient_key = s.patient_key AND e.instrument_key = c.instrument_key
    WHERE c.n_diseases = 0 OR t.disease IS NULL OR d.criterion_key IS NOT NULL OR e.patient_key IS NOT NULL
),
baseline_days AS (
    SELECT s.span_key, r.instrument_key, MAX(r.day) AS day
    FROM {response_spans} AS s
    INNER JOIN {response_scores} AS r
        ON r.patient_key = s.patient_key AND r.day <= s.start_day AND r.day >= s.start_day - :lookback_days
    GROUP BY s.span_key, r.instrument_key
),
baselines AS (
    SELECT b.span_key, b.instrument_key, r.better AS baseline
    FROM baseline_days AS b
    INNER JOIN {response_spans} AS s ON s.span_key = b.span_key
    INNER JOIN {response_scores} AS r
        ON r.patient_key = s.patient_key AND r.instrument_key = b.instrument_key AND r.day = b.day
)
SELECT
    q.span_key,
    q.patient_key,
    q.criterion_key,
    b.baseline,
    CASE
        WHEN b.baseline IS NULL THEN 'no_baseline'
        WHEN c.is_change = 0 AND b.baseline <= c.highest THEN 'not_eligible'
        WHEN c.best > c.highest THEN 'not_eligible'
        WHEN b.baseline - c.best < c.points THEN 'not_eligible'
        WHEN c.percent > 0 AND c.sign * b.baseline <= 0 THEN 'not_eligible'
        WHEN (b.baseline - c.best) * 100000 < c.percent * c.sign * b.baseline THEN 'not_eligible'
        ELSE 'eligible'
    END AS standing
FROM asked AS q
INNER JOIN {response_criteria} AS c ON c.criterion_key = q.criterion_key
LEFT JOIN baselines AS b ON b.span_key = q.span_key AND b.instrument_key = c.instrument_key
