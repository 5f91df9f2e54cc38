-- What each judge answered of one recorded event and drug, by one method, as one number: the code of the
-- answer (yes 1, no 2, else 0) in the place of its item, to the base of three.
SELECT
    a.event_key,
    a.drug,
    a.method,
    a.judge,
    CAST(SUM(CASE a.answer WHEN 'yes' THEN i.weight WHEN 'no' THEN 2 * i.weight ELSE 0 END) AS BIGINT) AS pattern
FROM {causality_answers} AS a
INNER JOIN {causality_items} AS i ON i.method = a.method AND i.item = a.item
GROUP BY a.event_key, a.drug, a.method, a.judge
