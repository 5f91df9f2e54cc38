-- Invented adverse events: at most one in each era, on any of its days; its drug is suspected; of a
-- pair on whose days it falls also the other drug, or the combination.
WITH drawn AS (
    SELECT
        e.patient_key,
        e.patient_id,
        e.era,
        e.drug_key,
        e.luck,
        e.observation_end,
        t.term,
        t.term_name,
        e.start_day + draw(e.luck, 12) % (e.end_day - e.start_day + 1) AS onset_day
    FROM synthetic_eras AS e
    INNER JOIN synthetic_event_terms AS t ON t.pool = e.pool AND t.place = draw(e.luck, 11) % t.choices
    WHERE draw(e.luck, 10) % 100 < t.percent
),
combined AS (
    SELECT
        d.patient_key,
        d.era,
        MIN(CASE WHEN p.anchor_era = d.era THEN p.partner_key ELSE p.anchor_key END) AS other_key
    FROM drawn AS d
    INNER JOIN synthetic_pairs AS p
        ON p.patient_key = d.patient_key
        AND (p.anchor_era = d.era OR p.partner_era = d.era)
        AND d.onset_day BETWEEN p.start_day AND p.end_day
    GROUP BY d.patient_key, d.era
),
followed AS (
    SELECT
        d.*,
        c.other_key,
        CASE WHEN draw(d.luck, 13) % 4 > 0 THEN d.onset_day + 2 + draw(d.luck, 14) % 60 END AS end_day,
        draw(d.luck, 15) % 100 AS gravity,
        draw(d.luck, 16) % 3 AS blame
    FROM drawn AS d
    LEFT JOIN combined AS c ON c.patient_key = d.patient_key AND c.era = d.era
)
SELECT
    f.patient_key,
    f.patient_id,
    f.era,
    f.term,
    f.term_name AS term_text,
    f.onset_day,
    'day' AS date_precision,
    CASE WHEN f.end_day <= f.observation_end THEN f.end_day END AS end_day,
    CASE WHEN f.gravity < 60 THEN 1 WHEN f.gravity < 90 THEN 2 WHEN f.gravity < 98 THEN 3 ELSE 4 END
        AS severity_grade,
    CASE WHEN f.gravity >= 95 THEN 1 ELSE 0 END AS is_serious,
    CASE WHEN f.gravity >= 95 THEN 'yes' ELSE 'no' END AS serious_words,
    CASE WHEN f.end_day <= f.observation_end THEN 'recovered' ELSE 'not recovered' END AS outcome,
    'recorded' AS certainty,
    -- On days of a pair one in three is blamed on the drug alone, one on both drugs, one on the combination.
    CASE WHEN f.other_key IS NOT NULL AND f.blame = 0 THEN 'combination' ELSE s.drug END AS suspect_1,
    CASE WHEN f.blame = 1 THEN t.drug END AS suspect_2,
    CASE
        WHEN f.other_key IS NULL OR f.blame = 2 THEN s.drug_name
        WHEN f.blame = 1 THEN CONCAT(s.drug_name, ' + ', t.drug_name)
        ELSE 'combination'
    END AS suspects
FROM followed AS f
INNER JOIN synthetic_drugs AS s ON s.drug_key = f.drug_key
LEFT JOIN synthetic_drugs AS t ON t.drug_key = f.other_key
