-- Overlaps: every anchor era with every partner era of the same patient that shares a day with it.
-- From the later start to the earlier end. Dates are the widest reading; where a date is partial
-- the narrowest is looked at as well, and if the two disagree the kind cannot be determined.
WITH crossed AS (
    SELECT
        a.patient_key,
        a.drug_key AS anchor_key,
        p.drug_key AS partner_key,
        a.start_day AS anchor_start,
        a.end_day AS anchor_end,
        p.start_day AS partner_start,
        p.end_day AS partner_end,
        a.is_ongoing AS anchor_ongoing,
        p.is_ongoing AS partner_ongoing,
        GREATEST(a.start_day, p.start_day) AS start_day,
        LEAST(a.end_day, p.end_day) AS end_day,
        COALESCE(a.narrow_start_day, a.start_day) AS narrow_anchor_start,
        COALESCE(a.narrow_end_day, a.end_day) AS narrow_anchor_end,
        COALESCE(p.narrow_start_day, p.start_day) AS narrow_partner_start,
        COALESCE(p.narrow_end_day, p.end_day) AS narrow_partner_end,
        -- The window of the drug whose stop ended the pair; the longer one if both stopped that day.
        CASE
            WHEN a.end_day < p.end_day THEN a.end_day + a.risk_window
            WHEN p.end_day < a.end_day THEN p.end_day + p.risk_window
            ELSE a.end_day + GREATEST(a.risk_window, p.risk_window)
        END AS risk_end_day
    FROM {eras} AS a
    INNER JOIN {eras} AS p
        ON p.patient_key = a.patient_key
        AND p.start_day <= a.end_day
        AND p.end_day >= a.start_day
    WHERE a.role = 'anchor' AND p.role = 'partner'
),
read_both_ways AS (
    SELECT
        c.*,
        CASE
            WHEN c.end_day - c.start_day + 1 >= :min_overlap THEN 'combination'
            WHEN c.anchor_ongoing = 1 AND c.partner_ongoing = 1 THEN 'undetermined'
            WHEN c.start_day = c.anchor_start AND c.end_day = c.anchor_end THEN 'short_course'
            WHEN c.start_day = c.partner_start AND c.end_day = c.partner_end THEN 'short_course'
            ELSE 'crossover'
        END AS widest_kind,
        CASE
            WHEN c.narrow_anchor_start > c.narrow_partner_end OR c.narrow_partner_start > c.narrow_anchor_end
                OR c.narrow_anchor_start > c.narrow_anchor_end OR c.narrow_partner_start > c.narrow_partner_end
                THEN 'no overlap'
            WHEN LEAST(c.narrow_anchor_end, c.narrow_partner_end)
                - GREATEST(c.narrow_anchor_start, c.narrow_partner_start) + 1 >= :min_overlap
                THEN 'combination'
            WHEN c.anchor_ongoing = 1 AND c.narrow_anchor_end = c.anchor_end
                AND c.partner_ongoing = 1 AND c.narrow_partner_end = c.partner_end
                THEN 'undetermined'
            WHEN c.narrow_partner_start <= c.narrow_anchor_start AND c.narrow_anchor_end <= c.narrow_partner_end
                THEN 'short_course'
            WHEN c.narrow_anchor_start <= c.narrow_partner_start AND c.narrow_partner_end <= c.narrow_anchor_end
                THEN 'short_course'
            ELSE 'crossover'
        END AS narrowest_kind
    FROM crossed AS c
)
SELECT
    ROW_NUMBER() OVER (ORDER BY b.patient_key, b.start_day, b.anchor_key, b.partner_key) + :pairs_before
        AS pair_key,
    b.patient_key,
    b.anchor_key,
    b.partner_key,
    b.anchor_start,
    b.anchor_end,
    b.partner_start,
    b.partner_end,
    b.start_day,
    b.end_day,
    b.risk_end_day,
    b.anchor_ongoing * b.partner_ongoing AS is_ongoing,
    CASE WHEN b.widest_kind = b.narrowest_kind THEN b.widest_kind ELSE 'undetermined' END AS kind,
    CASE
        WHEN LEAST(b.anchor_start, b.partner_start) - o.first_day < :washout THEN 'unknown'
        WHEN b.partner_start - b.anchor_start > :simultaneous_window THEN 'add_on'
        WHEN b.anchor_start - b.partner_start > :simultaneous_window THEN 'anchor_added'
        ELSE 'simultaneous'
    END AS "order",
    CASE
        WHEN b.anchor_ongoing = 1 AND b.partner_ongoing = 1 THEN 'ongoing'
        WHEN b.anchor_ongoing = 1 THEN 'partner_stopped'
        WHEN b.partner_ongoing = 1 THEN 'anchor_stopped'
        WHEN ABS(b.anchor_end - b.partner_end) <= :simultaneous_window THEN 'both_stopped'
        WHEN b.partner_end < b.anchor_end THEN 'partner_stopped'
        ELSE 'anchor_stopped'
    END AS "end"
FROM read_both_ways AS b
INNER JOIN {observation} AS o ON o.patient_key = b.patient_key
