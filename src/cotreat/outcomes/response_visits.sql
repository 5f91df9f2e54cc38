-- Visits on treatment: every day after the first on which the score of an eligible span was taken, to its end, and
-- whether the criterion was met. Of two values on one day the worse counts.
SELECT
    q.span_key,
    q.criterion_key,
    r.day - s.start_day AS day,
    CASE
        WHEN r.worse <= c.highest
            AND q.baseline - r.worse >= c.points
            AND (q.baseline - r.worse) * 100000 >= c.percent * c.sign * q.baseline
            THEN 1
        ELSE 0
    END AS is_met
FROM {response_asked} AS q
INNER JOIN {response_spans} AS s ON s.span_key = q.span_key
INNER JOIN {response_criteria} AS c ON c.criterion_key = q.criterion_key
INNER JOIN {response_scores} AS r
    ON r.patient_key = s.patient_key
    AND r.instrument_key = c.instrument_key
    AND r.day > s.start_day
    AND r.day <= s.end_day
WHERE q.standing = 'eligible'
