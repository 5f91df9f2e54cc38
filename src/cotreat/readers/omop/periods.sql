-- Observation periods of persons with a row of one of the study's drugs. Periods that overlap, or follow each other
-- without a day between them, are one.
WITH usable AS (
    SELECT o.person_id, o.start_day, MAX(o.end_day) AS end_day
    FROM {observation_period} AS o
    INNER JOIN {people} AS p ON p.person_id = o.person_id
    WHERE o.start_day <= o.end_day
    GROUP BY o.person_id, o.start_day
),
reached AS (
    SELECT
        person_id,
        start_day,
        end_day,
        MAX(end_day) OVER (
            PARTITION BY person_id ORDER BY start_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached_before
    FROM usable
),
numbered AS (
    SELECT
        person_id,
        start_day,
        end_day,
        CAST(SUM(CASE WHEN reached_before IS NULL OR start_day > reached_before + 1 THEN 1 ELSE 0 END) OVER (
            PARTITION BY person_id ORDER BY start_day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS BIGINT) AS period
    FROM reached
)
SELECT person_id, period, MIN(start_day) AS first_day, MAX(end_day) AS last_day
FROM numbered
GROUP BY person_id, period
