-- Patients by how many events they have, and how many of them are attributed to each drug: alone, or among
-- others.
--
-- events: event_key, patient_key, class: the events that count, and what they are grouped by
WITH counted AS ({events}),
suspects AS (
    SELECT s.event_key, s.drug, n.drugs
    FROM event_suspects AS s
    INNER JOIN (
        SELECT event_key, COUNT(*) AS drugs FROM event_suspects GROUP BY event_key
    ) AS n ON n.event_key = s.event_key
),
totals AS (
    SELECT class, patient_key, COUNT(*) AS n_events FROM counted GROUP BY class, patient_key
),
hits AS (
    SELECT
        c.class,
        c.patient_key,
        s.drug,
        COUNT(*) AS any_suspect,
        CAST(SUM(CASE WHEN s.drugs = 1 THEN 1 ELSE 0 END) AS BIGINT) AS sole_suspect
    FROM counted AS c
    INNER JOIN suspects AS s ON s.event_key = c.event_key
    GROUP BY c.class, c.patient_key, s.drug
)
SELECT class, '' AS drug, n_events, CAST(0 AS BIGINT) AS any_suspect, CAST(0 AS BIGINT) AS sole_suspect, COUNT(*) AS patients
FROM totals
GROUP BY class, n_events
UNION ALL
SELECT h.class, h.drug, t.n_events, h.any_suspect, h.sole_suspect, COUNT(*) AS patients
FROM hits AS h
INNER JOIN totals AS t ON t.class = h.class AND t.patient_key = h.patient_key
GROUP BY h.class, h.drug, t.n_events, h.any_suspect, h.sole_suspect
