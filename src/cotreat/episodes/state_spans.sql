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
        CAST(GREATEST(b.start_day, o.first_day) AS INTEGER) AS start_day,
        CAST(COALESCE(b.next_day - 1, o.last_day) AS INTEGER) AS end_day,
        CAST(o.last_day AS INTEGER) AS last_day,
        b.combined_until,
        CAST((b.effect >> 15) - 524288 + ((b.effect & 32767) >> 1) AS INTEGER) AS effect_until,
        CAST(2 - (b.effect & 1) AS INTEGER) AS role,
        CASE
            WHEN b.start_day <= o.first_day OR (COALESCE(b.taken_before, 0) >> 1) < o.first_day + 524288 THEN -1
            WHEN b.combined_before >= b.start_day - 1 THEN 3
            WHEN (b.effect_before >> 15) - 524288 + ((b.effect_before & 32767) >> 1) >= b.start_day - 1
                THEN CAST(2 - (b.effect_before & 1) AS INTEGER)
            ELSE 0
        END AS state_before
    FROM {beginnings} AS b
    INNER JOIN {observation} AS o ON o.patient_key = b.patient_key
    -- What ended before the first observed day has no person-time.
    WHERE (b.taken_until >> 1) >= o.first_day + 524288
        AND COALESCE(b.next_day, o.last_day + 1) > GREATEST(b.start_day, o.first_day)
),
pieces AS (
    SELECT patient_key, last_day, 3 AS state_code, start_day, start_day AS held_from, state_before
    FROM held
    WHERE combined_until >= start_day
    UNION ALL
    SELECT
        patient_key,
        last_day,
        role AS state_code,
        CASE WHEN combined_until >= start_day THEN combined_until + 1 ELSE start_day END AS start_day,
        start_day AS held_from,
        state_before
    FROM held
    WHERE effect_until >= start_day AND effect_until > combined_until AND combined_until < end_day
    UNION ALL
    SELECT
        patient_key,
        last_day,
        0 AS state_code,
        GREATEST(start_day, combined_until + 1, effect_until + 1) AS start_day,
        start_day AS held_from,
        state_before
    FROM held
    WHERE combined_until < end_day AND effect_until < end_day
),
-- A piece that goes on from the one before it in the same state is no run of its own.
runs AS (
    SELECT
        patient_key,
        state_code,
        start_day,
        COALESCE(LEAD(start_day) OVER (PARTITION BY patient_key ORDER BY start_day) - 1, last_day) AS end_day
    FROM pieces
    WHERE start_day > held_from OR state_before <> state_code
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
