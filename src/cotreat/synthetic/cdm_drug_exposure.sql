-- What was written down of treatments, as exposures of a CDM: an end that was recorded is the verbatim one; one
-- that comes of the days' supply is not. What goes on has a supply beyond the end of observation.
WITH ended AS (
    SELECT
        e.*,
        CASE
            WHEN e.supply_days IS NOT NULL THEN e.start_day + e.supply_days - 1
            WHEN e.end_day IS NOT NULL THEN e.end_day
            ELSE p.observation_end + 30
        END AS cdm_end_day
    FROM synthetic_exposures AS e
    INNER JOIN synthetic_patients AS p ON p.patient_key = e.patient_key
)
SELECT
    :rows_before + ROW_NUMBER() OVER (
        ORDER BY e.patient_key, e.start_day, e.era, e.layer_key, e.place, e.copy
    ) AS drug_exposure_id,
    :first_id + e.patient_key AS person_id,
    d.product_id AS drug_concept_id,
    e.start_day AS drug_exposure_start_date,
    e.cdm_end_day AS drug_exposure_end_date,
    CASE WHEN e.supply_days IS NULL THEN e.end_day END AS verbatim_end_date,
    0 AS drug_type_concept_id,
    e.end_reason_words AS stop_reason,
    CAST(e.cdm_end_day - e.start_day + 1 AS DOUBLE) / e.dose_interval_days AS quantity,
    e.supply_days AS days_supply,
    CONCAT(e.drug_name, ' ', e.dose_text) AS drug_source_value,
    e.patient_key
FROM ended AS e
INNER JOIN synthetic_products AS d ON d.drug = e.drug AND d.dose_text = e.dose_text
