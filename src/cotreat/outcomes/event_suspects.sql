-- The drugs that are suspected of each event, by any of its rows; where none is named, those of which a
-- judge says more than that they are an unlikely cause.
--
-- Judges look at every drug that a patient took, so "unlikely" (WHO-UMC) and "doubtful" (Naranjo, DIPS) clear a
-- drug unless another judge or method says more. "conditional" and "unassessable" do not: a suspicion is open.
WITH named AS (
    SELECT DISTINCT r.event_key, a.drug
    FROM {attributions} AS a
    INNER JOIN {event_rows} AS r ON r.row_key = a.event_key
)
SELECT event_key, drug FROM named
UNION ALL
SELECT DISTINCT r.event_key, j.drug
FROM {causality_judged} AS j
INNER JOIN {event_rows} AS r ON r.row_key = j.event_key
LEFT JOIN (SELECT DISTINCT event_key FROM named) AS n ON n.event_key = r.event_key
WHERE n.event_key IS NULL AND j.category NOT IN ('unlikely', 'doubtful')
