-- States: every day of a patient's person-time in one exposure state, the first that holds:
-- combination, from the start of a pair of any kind to the end of its risk window; anchor only or
-- partner only, what is taken; the role of the era that ended last, to the end of its risk
-- window; none. Person-time goes from the first observed day on a role drug to the last day.
-- Codes: 0 none, 1 anchor only, 2 partner only, 3 combination; -1 no person-time.
--
-- Outside a combination only one role can be taken, so what is taken and what was taken last are
-- one thing: the role of the anchor or partner era with the latest end so far. Its effect is packed
-- as (last day + 524288) * 32768 + risk window * 2 + (1 for an anchor): the greatest ends last, and
-- of those that end together the longest window counts.
WITH person_time AS (
    SELECT
        e.patient_key,
        MIN(GREATEST(e.start_day, o.first_day)) AS begin_day,
        MAX(o.last_day) AS last_day
    FROM {eras} AS e
    INNER JOIN {observation} AS o ON o.patient_key = e.patient_key
    WHERE e.end_day >= o.first_day
    GROUP BY e.patient_key
),
pair_risks AS (
    SELECT patient_key, start_day, MAX(risk_end_day) AS risk_end_day
    FROM {overlaps}
    GROUP BY patient_key, start_day
),
-- A pair begins with one of its eras. Moment = (first day + 524288) * 256, then anchors and
-- partners before concomitant drugs: what is 128 or more before lies on an earlier day.
beginnings AS (
    SELECT
        CAST(e.patient_key AS INTEGER) AS patient_key,
        CAST(
            ((e.start_day + 524288) << 8) + e.drug_key + CASE WHEN e.role = 'concomitant' THEN 64 ELSE 0 END
            AS INTEGER
        ) AS moment,
        CASE e.role
            WHEN 'anchor' THEN ((e.end_day + 524288) << 15) + e.risk_window * 2 + 1
            WHEN 'partner' THEN ((e.end_day + 524288) << 15) + e.risk_window * 2
            ELSE CAST(0 AS BIGINT)
        END AS effect,
        CAST(COALESCE(p.risk_end_day, -524288) AS INTEGER) AS combined_until
    FROM {eras} AS e
    LEFT JOIN pair_risks AS p ON p.patient_key = e.patient_key AND p.start_day = e.start_day
),
swept AS (
    SELECT
        patient_key,
        (moment >> 8) - 524288 AS start_day,
        MAX(effect) OVER (
            PARTITION BY patient_key ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS effect,
        MAX(effect) OVER (
            PARTITION BY patient_key ORDER BY moment RANGE BETWEEN UNBOUNDED PRECEDING AND 128 PRECEDING
        ) AS effect_before,
        combined_until AS combined_from_here,
        MAX(combined_until) OVER (
            PARTITION BY patient_key ORDER BY moment RANGE BETWEEN UNBOUNDED PRECEDING AND 128 PRECEDING
        ) AS combined_before,
        (LEAD(moment) OVER (PARTITION BY patient_key ORDER BY moment) >> 8) - 524288 AS next_day
    FROM beginnings
),
-- Between two days on which something begins the state only runs out: at most a combination,
-- then a role, then none. The last beginning of a day speaks for the day.
held AS (
    SELECT
        s.patient_key,
        GREATEST(s.start_day, t.begin_day) AS start_day,
        COALESCE(s.next_day - 1, t.last_day) AS end_day,
        t.last_day,
        GREATEST(s.combined_from_here, COALESCE(s.combined_before, -524288)) AS combined_until,
        (s.effect >> 15) - 524288 + ((s.effect & 32767) >> 1) AS effect_until,
        2 - (s.effect & 1) AS role,
        CASE
            WHEN s.start_day <= t.begin_day THEN -1
            WHEN s.combined_before >= s.start_day - 1 THEN 3
            WHEN (s.effect_before >> 15) - 524288 + ((s.effect_before & 32767) >> 1) >= s.start_day - 1
                THEN 2 - (s.effect_before & 1)
            ELSE 0
        END AS state_before
    FROM swept AS s
    INNER JOIN person_time AS t ON t.patient_key = s.patient_key
    WHERE COALESCE(s.next_day, t.last_day + 1) > GREATEST(s.start_day, t.begin_day)
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
