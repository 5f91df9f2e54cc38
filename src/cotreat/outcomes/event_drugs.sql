-- What dates alone say of each suspected drug: whether it was taken when the event began, whether the event
-- ended after it was stopped, and whether it came back when the drug was taken again. Dates are no judgement.
WITH suspected AS (
    SELECT s.event_key, s.drug, e.patient_key, e.term, e.onset_day, e.latest_onset_day, e.end_day
    FROM {event_suspects} AS s
    INNER JOIN {events} AS e ON e.event_key = s.event_key
),
-- The days of a drug are those of its eras, the days of a combination those of the pairs of any kind.
taken AS (
    SELECT patient_key, drug, start_day, end_day, is_ongoing, end_day + risk_window AS risk_end_day
    FROM {eras}
    UNION ALL
    SELECT patient_key, 'combination' AS drug, start_day, end_day, is_ongoing, risk_end_day
    FROM {overlaps}
),
met AS (
    SELECT
        s.event_key,
        s.drug,
        MIN(t.start_day) AS first_day,
        MAX(CASE WHEN t.start_day <= s.onset_day AND t.end_day >= s.onset_day THEN t.start_day END) AS own_start,
        MAX(CASE WHEN t.end_day < s.onset_day AND t.risk_end_day >= s.onset_day THEN 1 ELSE 0 END) AS is_in_window
    FROM suspected AS s
    LEFT JOIN taken AS t ON t.patient_key = s.patient_key AND t.drug = s.drug
    GROUP BY s.event_key, s.drug
),
-- The era, or of several pairs the one that ended last, in which it began.
own AS (
    SELECT m.event_key, m.drug, MAX(t.end_day) AS stop_day, MAX(t.is_ongoing) AS is_ongoing
    FROM met AS m
    INNER JOIN suspected AS s ON s.event_key = m.event_key AND s.drug = m.drug
    INNER JOIN taken AS t
        ON t.patient_key = s.patient_key AND t.drug = m.drug AND t.start_day <= s.onset_day
        AND t.end_day >= s.onset_day
    GROUP BY m.event_key, m.drug
),
again AS (
    SELECT
        o.event_key,
        o.drug,
        -- Whether it came back can be seen only where it had ended.
        MAX(CASE WHEN s.end_day < t.start_day THEN CASE WHEN r.event_key IS NULL THEN 0 ELSE 1 END END)
            AS came_back
    FROM own AS o
    INNER JOIN suspected AS s ON s.event_key = o.event_key AND s.drug = o.drug
    INNER JOIN taken AS t ON t.patient_key = s.patient_key AND t.drug = o.drug AND t.start_day > o.stop_day
    LEFT JOIN {events} AS r
        ON r.patient_key = s.patient_key AND r.term = s.term AND r.event_key <> s.event_key
        AND r.onset_day >= t.start_day AND r.onset_day <= t.end_day
    GROUP BY o.event_key, o.drug
)
SELECT
    s.event_key,
    s.patient_key,
    s.drug,
    CASE
        WHEN m.first_day IS NULL THEN 'never_taken'
        WHEN s.latest_onset_day < m.first_day THEN 'before_start'
        WHEN s.onset_day IS NULL THEN 'unknown'
        WHEN m.own_start IS NOT NULL THEN 'on_board'
        WHEN m.is_in_window = 1 THEN 'in_risk_window'
        ELSE 'after_risk_window'
    END AS timing,
    CASE WHEN m.own_start IS NOT NULL THEN s.onset_day - m.own_start END AS days_since_start,
    CASE
        WHEN o.event_key IS NULL THEN NULL
        WHEN s.end_day <= o.stop_day THEN 'ended_on_drug'
        WHEN o.is_ongoing = 1 THEN 'not_stopped'
        WHEN s.end_day IS NULL THEN 'unknown'
        ELSE 'ended_after_stop'
    END AS dechallenge,
    CASE
        WHEN o.event_key IS NULL THEN NULL
        WHEN a.came_back = 1 THEN 'came_back'
        WHEN a.came_back = 0 THEN 'not_come_back'
        WHEN a.event_key IS NOT NULL THEN 'unknown'
        ELSE 'not_done'
    END AS rechallenge
FROM suspected AS s
INNER JOIN met AS m ON m.event_key = s.event_key AND m.drug = s.drug
LEFT JOIN own AS o ON o.event_key = s.event_key AND o.drug = s.drug
LEFT JOIN again AS a ON a.event_key = s.event_key AND a.drug = s.drug
