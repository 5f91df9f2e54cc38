-- The study table of exposures: one row for each of the study's drugs in a row that is used.
-- Daily dose (ng, whole): what one unit of the quantity holds, times the quantity, by the days; or what a product
-- releases in a day. It is unknown where it is not plausible for the drug.
WITH dosed AS (
    SELECT
        f.row_id,
        f.place,
        o.patient_key,
        d.drug,
        f.start_day,
        f.end_day,
        f.supply_days,
        f.end_rule,
        w.level AS end_reason,
        CASE
            WHEN s.ng_per_day IS NOT NULL THEN s.ng_per_day
            WHEN f.quantity > 0 AND s.ng_per_unit * f.quantity < 9e15
                THEN CAST(FLOOR(s.ng_per_unit * f.quantity / (f.end_day - f.start_day + 1) + 0.5) AS BIGINT)
        END AS ng_per_day,
        d.lowest_ng,
        d.highest_ng
    FROM {flagged_rows} AS f
    INNER JOIN {observed} AS o ON o.person_id = f.person_id
    INNER JOIN {drugs} AS d ON d.drug_no = f.drug_no
    LEFT JOIN {strengths} AS s ON s.concept_id = f.concept_id AND s.drug_no = f.drug_no
    LEFT JOIN {stop_words} AS w ON w.words = f.stop_reason
    WHERE f.reason IS NULL
),
-- A row with several drugs of the study has a key of its own for each but the first.
numbered AS (
    SELECT
        row_id AS exposure_key, row_id, patient_key, drug, start_day, end_day, supply_days, end_rule, end_reason,
        ng_per_day, lowest_ng, highest_ng
    FROM dosed
    WHERE place = 1
    UNION ALL
    SELECT
        -ROW_NUMBER() OVER (ORDER BY row_id, place) AS exposure_key, row_id, patient_key, drug, start_day, end_day,
        supply_days, end_rule, end_reason, ng_per_day, lowest_ng, highest_ng
    FROM dosed
    WHERE place > 1
),
plausible AS (
    SELECT
        numbered.*,
        CASE WHEN ng_per_day BETWEEN lowest_ng AND highest_ng THEN ng_per_day END AS dose_ng_day
    FROM numbered
)
SELECT
    exposure_key,
    patient_key,
    drug,
    start_day,
    end_day,
    CAST(NULL AS BIGINT) AS is_ongoing,
    supply_days,
    'day' AS date_precision,
    end_rule,
    CAST(NULL AS {characters}) AS dose_text,
    CAST(dose_ng_day AS DOUBLE) / 1000000 AS dose_mg,
    CASE WHEN dose_ng_day IS NOT NULL THEN CAST(1 AS DOUBLE) END AS dose_interval_days,
    dose_ng_day,
    CAST(NULL AS {characters}) AS route,
    CASE WHEN ng_per_day IS NOT NULL AND dose_ng_day IS NULL THEN 'implausible' END AS dose_flag,
    CAST(NULL AS {characters}) AS reason_started,
    end_reason,
    CAST(:source_id AS BIGINT) AS source_id,
    row_id AS source_row
FROM plausible
