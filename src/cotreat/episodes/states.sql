-- States: every day of a patient's person-time in one exposure state, the first that holds:
-- combination, while a pair's risk window is open; anchor only or partner only, what is taken;
-- the role of the era that ended last, while its risk window is open; none.
-- Person-time goes from the first observed day on a role drug to the end of observation.
-- Codes: 0 none, 1 anchor only, 2 partner only, 3 combination.
WITH pair_risks AS (
    SELECT patient_key, start_day, MAX(risk_end_day) AS risk_end_day
    FROM {overlaps}
    GROUP BY patient_key, start_day
),
-- Aftermath in front of risk window and role stands the last day: the greatest is the latest.
marked AS (
    SELECT
        t.patient_key,
        t.start_day,
        t.end_day,
        t.regimen_mask,
        CASE WHEN r.has_anchor = 1 AND r.has_partner = 1 THEN 3 WHEN r.has_anchor = 1 THEN 1 WHEN r.has_partner = 1 THEN 2 ELSE 0 END
            AS taken,
        ((t.end_day + 524288) << 16) + r.aftermath AS aftermath,
        p.risk_end_day
    FROM {timeline} AS t
    LEFT JOIN {regimens} AS r ON r.regimen_mask = t.regimen_mask
    LEFT JOIN pair_risks AS p ON p.patient_key = t.patient_key AND p.start_day = t.start_day
),
swept AS (
    SELECT
        patient_key,
        start_day,
        end_day,
        regimen_mask,
        taken,
        COALESCE(MAX(risk_end_day) OVER (
            PARTITION BY patient_key ORDER BY start_day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ), -524288) AS combined_until,
        COALESCE(MAX(aftermath) OVER (
            PARTITION BY patient_key ORDER BY start_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS aftermath
    FROM marked
),
observed AS (
    SELECT
        s.patient_key,
        GREATEST(s.start_day, o.first_day) AS start_day,
        s.end_day,
        s.taken,
        s.combined_until,
        (s.aftermath >> 16) - 524288 + ((s.aftermath & 65535) >> 1) AS after_until,
        CASE WHEN (s.aftermath & 1) = 1 THEN 1 ELSE 2 END AS after_state
    FROM swept AS s
    INNER JOIN {observation} AS o ON o.patient_key = s.patient_key
    WHERE s.end_day >= o.first_day
        -- Untreated days before the first observed day on a role drug are not person-time.
        AND (s.regimen_mask > 0 OR s.start_day > o.first_day)
),
-- What is left of each interval when the days of combination are taken off its front.
trimmed AS (
    SELECT
        patient_key,
        CASE WHEN taken = 3 THEN end_day + 1 ELSE GREATEST(start_day, combined_until + 1) END AS start_day,
        end_day,
        taken,
        after_until,
        after_state
    FROM observed
),
pieces AS (
    SELECT patient_key, start_day, 3 AS state
    FROM observed
    WHERE taken = 3 OR combined_until >= start_day
    UNION ALL
    SELECT patient_key, start_day, taken AS state
    FROM trimmed
    WHERE taken IN (1, 2) AND start_day <= end_day
    UNION ALL
    SELECT patient_key, start_day, after_state AS state
    FROM trimmed
    WHERE taken = 0 AND start_day <= end_day AND start_day <= after_until
    UNION ALL
    SELECT patient_key, GREATEST(start_day, after_until + 1) AS start_day, 0 AS state
    FROM trimmed
    WHERE taken = 0 AND GREATEST(start_day, after_until + 1) <= end_day
),
compared AS (
    SELECT
        patient_key,
        start_day,
        state,
        LAG(state) OVER (PARTITION BY patient_key ORDER BY start_day) AS state_before
    FROM pieces
),
runs AS (
    SELECT
        patient_key,
        start_day,
        state,
        LEAD(start_day) OVER (PARTITION BY patient_key ORDER BY start_day) - 1 AS end_day
    FROM compared
    WHERE state_before IS NULL OR state_before <> state
)
SELECT
    r.patient_key,
    GREATEST(r.start_day, y.first_day) AS start_day,
    LEAST(COALESCE(r.end_day, o.last_day), y.last_day) AS end_day,
    CASE r.state WHEN 3 THEN 'combination' WHEN 2 THEN 'partner_only' WHEN 1 THEN 'anchor_only' ELSE 'none' END
        AS state,
    LEAST(COALESCE(r.end_day, o.last_day), y.last_day) - GREATEST(r.start_day, y.first_day) + 1 AS days
FROM runs AS r
INNER JOIN {observation} AS o ON o.patient_key = r.patient_key
INNER JOIN {periods} AS y
    ON y.period = 12
    AND y.first_day <= COALESCE(r.end_day, o.last_day)
    AND y.last_day >= r.start_day
