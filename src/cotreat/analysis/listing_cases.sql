-- One row per counted pair, as a case series prints it. Display only: DuckDB's dialect,
-- because a listing is made of at most 200 rows that were counted before.
WITH comorbidities AS (
    SELECT patient_key, STRING_AGG(term, '; ' ORDER BY source_row, term) AS terms
    FROM conditions WHERE kind <> 'disease' GROUP BY patient_key
),
therapies AS (
    SELECT patient_key, pair_key, STRING_AGG(COALESCE(drug, '[...]'), '; ' ORDER BY drug IS NULL, source_row, place, drug) AS terms
    FROM prior_therapies
    GROUP BY patient_key, pair_key
),
suspects AS (
    SELECT event_key, STRING_AGG(drug, ', ' ORDER BY drug) AS drugs FROM attributions GROUP BY event_key
),
events AS (
    SELECT
        e.pair_key,
        MAX(CASE WHEN e.certainty = 'unknown' THEN 1 ELSE 0 END) AS is_unknown,
        STRING_AGG(
            CASE WHEN e.certainty = 'recorded'
                THEN COALESCE(e.term, e.term_text) || COALESCE(' (' || s.drugs || ')', '') END,
            '; ' ORDER BY e.event_key
        ) AS terms
    FROM adverse_events AS e LEFT JOIN suspects AS s ON s.event_key = e.event_key
    GROUP BY e.pair_key
)
SELECT
    p.case_id, t.patient_id, t.sex, p.age_years, t.disease,
    c.terms AS comorbidities,
    h.terms AS prior_therapies,
    p.anchor, d.anchor_dose_text AS anchor_dose,
    p.monotherapy_response, p.reason_started,
    p.partner, d.partner_dose_text AS partner_dose,
    p.duration_days / 30.4375 AS duration_months,
    p.is_ongoing, p.response,
    p.end_reason || COALESCE('; ' || p.end_reason_other, '') AS end_reason,
    p.next_treatment,
    CASE
        WHEN e.is_unknown = 1 THEN NULL
        WHEN e.pair_key IS NOT NULL THEN e.terms
        WHEN d.pair_key IS NOT NULL THEN 'none'
    END AS adverse_events
FROM pairs AS p
INNER JOIN patients AS t ON t.patient_key = p.patient_key
LEFT JOIN declared_pairs AS d ON d.pair_key = p.pair_key
LEFT JOIN comorbidities AS c ON c.patient_key = p.patient_key
LEFT JOIN therapies AS h ON h.patient_key = p.patient_key AND COALESCE(h.pair_key, p.pair_key) = p.pair_key
LEFT JOIN events AS e ON e.pair_key = p.pair_key
WHERE p.course_key IS NOT NULL
ORDER BY p.pair_key
