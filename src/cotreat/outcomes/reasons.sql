-- Reasons: why each pair began and why it ended, as recorded with its drugs. The drug that started
-- last began the pair, the drug that stopped first ended it; two starts, or two stops, within the
-- simultaneous window are one event, and the reasons of both drugs count. Of several reasons the
-- one with the lowest place is the first (reason_places).
-- A patient who died while both drugs were taken ended the pair by dying.
WITH recorded AS (
    SELECT patient_key, drug, start_day, end_day, reason_started, end_reason
    FROM {exposures}
    WHERE reason_started IS NOT NULL OR end_reason IS NOT NULL
),
beginnings AS (
    SELECT
        pair_key,
        patient_key,
        partner AS drug,
        CASE WHEN lead_days < 0 THEN start_day + lead_days ELSE start_day END AS first_day
    FROM {pairs}
    WHERE lead_days >= -:simultaneous_window
    UNION ALL
    SELECT
        pair_key,
        patient_key,
        anchor AS drug,
        CASE WHEN lead_days > 0 THEN start_day - lead_days ELSE start_day END AS first_day
    FROM {pairs}
    WHERE lead_days <= :simultaneous_window
),
started AS (
    SELECT b.pair_key, MIN(r.place) AS place
    FROM beginnings AS b
    INNER JOIN recorded AS e
        ON e.patient_key = b.patient_key AND e.drug = b.drug AND e.start_day = b.first_day
    INNER JOIN {reason_places} AS r ON r.about = 'start' AND r.reason = e.reason_started
    GROUP BY b.pair_key
),
endings AS (
    SELECT pair_key, patient_key, partner AS drug, end_day
    FROM {pairs}
    WHERE "end" = 'partner_stopped' OR "end" = 'both_stopped'
    UNION ALL
    SELECT pair_key, patient_key, anchor AS drug, end_day
    FROM {pairs}
    WHERE "end" = 'anchor_stopped' OR "end" = 'both_stopped'
),
stops AS (
    SELECT DISTINCT s.pair_key, r.place
    FROM endings AS s
    INNER JOIN {eras} AS a
        ON a.patient_key = s.patient_key
        AND a.drug = s.drug
        AND a.start_day <= s.end_day
        AND a.end_day >= s.end_day
    INNER JOIN recorded AS e
        ON e.patient_key = a.patient_key AND e.drug = a.drug AND e.end_day = a.end_day
    INNER JOIN {reason_places} AS r ON r.about = 'end' AND r.reason = e.end_reason
),
ranked AS (
    SELECT pair_key, place, ROW_NUMBER() OVER (PARTITION BY pair_key ORDER BY place) AS turn
    FROM stops
),
stopped AS (
    SELECT
        pair_key,
        MIN(CASE WHEN turn = 1 THEN place END) AS first_place,
        MIN(CASE WHEN turn = 2 THEN place END) AS second_place
    FROM ranked
    GROUP BY pair_key
)
SELECT
    p.pair_key,
    b.reason AS reason_started,
    CASE
        WHEN p."end" = 'ongoing' AND t.death_day = p.end_day THEN 'death'
        ELSE f.reason
    END AS end_reason,
    o.reason AS end_reason_other
FROM {pairs} AS p
INNER JOIN {patients} AS t ON t.patient_key = p.patient_key
LEFT JOIN started AS s ON s.pair_key = p.pair_key
LEFT JOIN stopped AS d ON d.pair_key = p.pair_key
LEFT JOIN {reason_places} AS b ON b.about = 'start' AND b.place = s.place
LEFT JOIN {reason_places} AS f ON f.about = 'end' AND f.place = d.first_place
LEFT JOIN {reason_places} AS o ON o.about = 'end' AND o.place = d.second_place
