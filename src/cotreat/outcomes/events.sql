-- Events with the exposure state in which they began: the state of every day that the onset may have
-- been, if these days agree; unknown if they do not, or lie outside person-time.
WITH person_time AS (
    SELECT patient_key, MIN(start_day) AS begin_day, MAX(end_day) AS last_day
    FROM {states}
    GROUP BY patient_key
),
-- Codes as in states: 0 none, 1 anchor only, 2 partner only, 3 combination.
met AS (
    SELECT
        e.event_key,
        MIN(s.state_code) AS lowest,
        MAX(s.state_code) AS highest,
        CAST(SUM(LEAST(s.end_day, e.latest_onset_day) - GREATEST(s.start_day, e.earliest_onset_day) + 1)
            AS BIGINT) AS days
    FROM {event_spans} AS e
    INNER JOIN (
        SELECT
            patient_key,
            start_day,
            end_day,
            CASE state WHEN 'combination' THEN 3 WHEN 'partner_only' THEN 2 WHEN 'anchor_only' THEN 1 ELSE 0 END
                AS state_code
        FROM {states}
    ) AS s
        ON s.patient_key = e.patient_key
        AND s.start_day <= e.latest_onset_day
        AND s.end_day >= e.earliest_onset_day
    GROUP BY e.event_key
),
placed AS (
    SELECT
        e.*,
        m.lowest,
        CASE
            WHEN p.patient_key IS NULL THEN 'no_person_time'
            WHEN e.latest_onset_day < p.begin_day THEN 'before_person_time'
            WHEN e.earliest_onset_day > p.last_day THEN 'after_person_time'
            WHEN e.earliest_onset_day IS NULL THEN 'no_onset'
            WHEN m.days < e.latest_onset_day - e.earliest_onset_day + 1 THEN 'partly_observed'
            WHEN m.lowest < m.highest THEN 'between_states'
            ELSE 'placed'
        END AS placement
    FROM {event_spans} AS e
    LEFT JOIN person_time AS p ON p.patient_key = e.patient_key
    LEFT JOIN met AS m ON m.event_key = e.event_key
)
SELECT
    p.event_key,
    p.patient_key,
    r.term,
    CASE WHEN p.earliest_onset_day = p.latest_onset_day THEN p.earliest_onset_day END AS onset_day,
    p.earliest_onset_day,
    p.latest_onset_day,
    p.end_day,
    p.severity_grade,
    CAST(p.is_serious AS BIGINT) AS is_serious,
    CASE WHEN p.placement = 'placed' THEN
        CASE p.lowest WHEN 3 THEN 'combination' WHEN 2 THEN 'partner_only' WHEN 1 THEN 'anchor_only' ELSE 'none' END
    END AS state,
    p.placement
FROM placed AS p
INNER JOIN {event_rows} AS r ON r.row_key = p.event_key
