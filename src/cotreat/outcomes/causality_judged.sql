-- Judged categories of recorded events: derived from answers, or judged as such where there are none.
WITH derived AS (
    SELECT p.event_key, p.drug, p.method, p.judge, c.category
    FROM {causality_patterns} AS p
    INNER JOIN {causality_categories} AS c ON c.method = p.method AND c.pattern = p.pattern
),
-- One judge with one method says one thing; a judge who is not recorded may be several.
judged AS (
    SELECT a.event_key, a.drug, a.method, a.judge, a.category
    FROM {causality_answers} AS a
    LEFT JOIN derived AS d
        ON d.event_key = a.event_key AND d.drug = a.drug AND d.method = a.method
        AND COALESCE(d.judge, '') = COALESCE(a.judge, '')
    WHERE a.category IS NOT NULL AND d.event_key IS NULL
)
SELECT event_key, drug, method, judge, category FROM derived
UNION ALL
SELECT event_key, drug, method, judge, category FROM judged
