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
    SELECT event_key, STRING_AGG(drug, ', ' ORDER BY drug) AS drugs FROM event_suspects GROUP BY event_key
),
-- [...] stands for events that are not known, or not known to have begun in the pair.
own_events AS (
    SELECT
        l.pair_key,
        STRING_AGG(
            CASE WHEN l.is_certain = 1 THEN COALESCE(e.term, a.term_text) || COALESCE(' (' || s.drugs || ')', '') END,
            '; ' ORDER BY e.event_key
        ) || CASE WHEN MIN(l.is_certain) = 0 THEN '; [...]' ELSE '' END AS terms
    FROM event_pairs AS l
    LEFT JOIN events AS e ON e.event_key = l.event_key
    LEFT JOIN adverse_events AS a ON a.event_key = l.event_key
    LEFT JOIN suspects AS s ON s.event_key = l.event_key
    GROUP BY l.pair_key
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
    CASE WHEN e.pair_key IS NULL THEN 'none' ELSE e.terms END AS adverse_events
FROM pairs AS p
INNER JOIN patients AS t ON t.patient_key = p.patient_key
LEFT JOIN declared_pairs AS d ON d.pair_key = p.pair_key
LEFT JOIN comorbidities AS c ON c.patient_key = p.patient_key
LEFT JOIN therapies AS h ON h.patient_key = p.patient_key AND COALESCE(h.pair_key, p.pair_key) = p.pair_key
LEFT JOIN own_events AS e ON e.pair_key = p.pair_key
WHERE p.course_key IS NOT NULL
ORDER BY p.pair_key
