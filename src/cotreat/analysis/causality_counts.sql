-- Attributed events by suspected drug, by what they are looked at with, and by what that says.
--
-- said: event_key, drug, method, answer: at most one row per event, suspected drug and method
WITH said AS ({said})
SELECT s.drug, a.method, a.answer, COUNT(*) AS events, COUNT(DISTINCT e.patient_key) AS patients
FROM event_suspects AS s
INNER JOIN events AS e ON e.event_key = s.event_key
INNER JOIN said AS a ON a.event_key = s.event_key AND a.drug = s.drug
GROUP BY s.drug, a.method, a.answer
