-- How what was taken is written down: one row per recorded supply or administration.
-- Rows of a layer begin `every` days apart; the last begins no later than the era's last day and ends there,
-- or, in an era that goes on, has no end or one after the end of observation.
WITH places AS (
    SELECT *, UNNEST(RANGE(first_layer_key, last_layer_key + 1)) AS layer_key
    FROM synthetic_eras
),
-- By a number that only one row of the list has: DuckDB 2.0.0 fails with an internal error when rows that a join
-- has multiplied are unnested and joined again.
layered AS (
    SELECT
        e.*,
        l.every,
        l.lasts,
        l.shorter_by,
        l.copies,
        l.has_supply,
        1 + DIVIDE(GREATEST(e.end_day - e.start_day + 1 - l.lasts, 0) + l.every - 1, l.every) AS n_rows
    FROM places AS e
    INNER JOIN synthetic_record_layers AS l ON l.layer_key = e.layer_key
),
numbered AS (
    SELECT *, UNNEST(RANGE(n_rows)) AS place
    FROM layered
),
begun AS (
    SELECT
        *,
        LEAST(start_day + place * every, end_day) AS row_start_day,
        CASE WHEN place = n_rows - 1 THEN 1 ELSE 0 END AS is_last
    FROM numbered
),
ended AS (
    SELECT
        *,
        CASE
            WHEN is_last = 0
                THEN LEAST(row_start_day + lasts - 1 - draw(luck, 200 + place) % (shorter_by + 1), end_day)
            WHEN is_ongoing = 0 THEN end_day
            WHEN draw(luck, 1) % 3 = 0 THEN observation_end + 1 + draw(luck, 2) % 60
        END AS row_end_day
    FROM begun
),
-- A supply that runs out shortly before the end of observation may have been renewed: there the end is recorded.
supplied AS (
    SELECT
        *,
        CASE
            WHEN has_supply = 1 AND row_end_day NOT BETWEEN observation_end - 30 AND observation_end
                THEN row_end_day - row_start_day + 1
        END AS supply_days,
        UNNEST(RANGE(copies)) AS copy
    FROM ended
)
SELECT
    s.patient_key,
    s.patient_id,
    s.era,
    s.layer_key,
    s.place,
    s.copy,
    s.drug,
    s.drug_name,
    s.row_start_day AS start_day,
    CASE WHEN s.supply_days IS NULL THEN s.row_end_day END AS end_day,
    CASE WHEN s.row_end_day IS NULL AND draw(s.luck, 1) % 3 = 1 THEN 1 END AS is_ongoing,
    CASE WHEN s.row_end_day IS NULL AND draw(s.luck, 1) % 3 = 1 THEN 'yes' END AS ongoing_words,
    s.supply_days,
    'day' AS date_precision,
    CASE WHEN s.supply_days IS NULL AND s.row_end_day IS NOT NULL THEN 'recorded' END AS end_rule,
    d.dose_text,
    d.dose_mg,
    d.dose_interval_days,
    d.dose_ng_day,
    s.route,
    b.level AS reason_started,
    b.words AS reason_started_words,
    f.level AS end_reason,
    f.words AS end_reason_words
FROM supplied AS s
INNER JOIN synthetic_doses AS d
    ON d.dose_key = CASE WHEN s.place > 0 AND s.place * 2 >= s.n_rows THEN s.last_dose_key ELSE s.first_dose_key END
LEFT JOIN synthetic_reasons AS b
    ON b.reason_key = CASE WHEN s.role IS NOT NULL AND s.place = 0 THEN 1 + draw(s.luck, 3) % :reasons_started END
LEFT JOIN synthetic_reasons AS f
    ON f.reason_key = CASE
        WHEN s.role IS NOT NULL AND s.is_last = 1 AND s.is_ongoing = 0
            THEN 1 + :reasons_started + draw(s.luck, 4) % :reasons_ended
    END
