-- States: every day of a patient's person-time in one exposure state, the first that holds:
-- combination, from the start of a pair of any kind to the end of its risk window; anchor only or
-- partner only, what is taken; the role of the era that ended last, to the end of its risk
-- window; none. Person-time goes from the first observed day on a role drug to the last day.
-- Codes: 0 none, 1 anchor only, 2 partner only, 3 combination; -1 no person-time.
--
-- Outside a combination only one role can be taken, so what is taken and what was taken last are
-- one thing: the role of the anchor or partner era with the latest end so far, its effect.
--
-- Between two days on which something begins the state only runs out: at most a combination,
-- then a role, then none.
WITH held AS (
    SELECT
        b.patient_key,
        GREATEST(b.start_day, o.first_day) AS start_day,
        COALESCE(b.next_day - 1, o.last_day) AS end_day,
        o.last_day,
        b.combined_until,
        (b.effect >> 15) - 524288 + ((b.effect & 32767) >> 1) AS effect_until,
        2 - (b.effect & 1) AS role,
        CASE
            WHEN b.start_day <= o.first_day OR (COALESCE(b.taken_before, 0) >> 1) < o.first_day + 524288 THEN -1
            WHEN b.combined_before >= b.start_day - 1 THEN 3
            WHEN (b.effect_before >> 15) - 524288 + ((b.effect_before & 32767) >> 1) >= b.start_day - 1
                THEN 2 - (b.effect_before & 1)
            ELSE 0
        END AS state_before
    FROM {beginnings} AS b
    INNER JOIN {observation} AS o ON o.patient_key = b.patient_key
    -- What ended before the first observed day has no person-time.
    WHERE (b.taken_until >> 1) >= o.first_day + 524288
        AND COALESCE(b.next_day, o.last_day + 1) > GREATEST(b.start_day, o.first_day)
),
pieces AS (
    SELECT
        h.patient_key,
        h.last_day,
        CASE k.turn WHEN 1 THEN 3 WHEN 2 THEN h.role ELSE 0 END AS state_code,
        CASE k.turn
            WHEN 1 THEN h.start_day
            WHEN 2 THEN GREATEST(h.start_day, h.combined_until + 1)
            ELSE GREATEST(h.start_day, h.combined_until + 1, h.effect_until + 1)
        END AS start_day,
        CASE k.turn
            WHEN 1 THEN LEAST(h.combined_until, h.end_day)
            WHEN 2 THEN LEAST(h.effect_until, h.end_day)
            ELSE h.end_day
        END AS end_day,
        h.start_day AS held_from,
        h.state_before
    FROM held AS h
    CROSS JOIN (SELECT 1 AS turn UNION ALL SELECT 2 AS turn UNION ALL SELECT 3 AS turn) AS k
),
-- A piece that goes on from the one before it in the same state is no run of its own.
runs AS (
    SELECT
        patient_key,
        state_code,
        CAST(start_day AS INTEGER) AS start_day,
        CAST(COALESCE(
            LEAD(start_day) OVER (PARTITION BY patient_key ORDER BY start_day) - 1, last_day
        ) AS INTEGER) AS end_day
    FROM pieces
    WHERE start_day <= end_day AND (start_day > held_from OR state_before <> state_code)
)
-- Cut at calendar years.
SELECT
    r.patient_key,
    GREATEST(r.start_day, y.first_day) AS start_day,
    LEAST(r.end_day, y.last_day) AS end_day,
    r.state_code
FROM runs AS r
INNER JOIN {calendar_days} AS f ON f.calendar_day = r.start_day
INNER JOIN {calendar_days} AS l ON l.calendar_day = r.end_day
INNER JOIN {year_spans} AS y ON y.first_year = f.calendar_year AND y.last_year = l.calendar_year
