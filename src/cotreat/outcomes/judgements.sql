-- Judgements: the response that was judged on the anchor alone, before the pair, and on the pair.
-- A judgement on the first day is about what was before, unless it says that it is of the
-- combination. On the anchor alone no partner drug is taken; where the record itself says
-- monotherapy, what was taken beside it is not asked. A start is no treatment yet on its first day.
--
-- Of several judgements the last counts, on one day the least favourable; one that could not be
-- made counts on its day only if no other was. The day and the place in one number sort both; day 0 is
-- moved so that no number is negative. :takes_best = 1 takes the best judgement instead.
WITH judged AS (
    SELECT DISTINCT
        patient_key,
        day,
        COALESCE(context, '') AS context,
        CASE response WHEN 'unassessable' THEN 0 WHEN 'complete' THEN 1 WHEN 'partial' THEN 2 ELSE 3 END AS place
    FROM {assessments}
    WHERE response IS NOT NULL AND day IS NOT NULL
),
spans AS (
    SELECT
        pair_key,
        patient_key,
        start_day,
        end_day,
        lead_days,
        CASE WHEN lead_days > 0 THEN start_day - lead_days ELSE start_day END AS anchor_start
    FROM {pairs}
),
combined AS (
    SELECT s.pair_key, j.day, j.place
    FROM spans AS s
    INNER JOIN judged AS j
        ON j.patient_key = s.patient_key
        AND j.day <= s.end_day
        AND ((j.context = 'combination' AND j.day >= s.start_day) OR (j.context = '' AND j.day > s.start_day))
),
before AS (
    SELECT s.pair_key, s.patient_key, j.day, j.place, j.context
    FROM spans AS s
    INNER JOIN judged AS j
        ON j.patient_key = s.patient_key
        AND j.day > s.anchor_start
        AND j.day <= s.start_day
        AND j.context <> 'combination'
    WHERE s.lead_days > :simultaneous_window
),
beside AS (
    SELECT DISTINCT b.pair_key, b.day
    FROM before AS b
    INNER JOIN {eras} AS e
        ON e.patient_key = b.patient_key
        AND e.start_day < b.day
        AND e.end_day >= b.day
    WHERE e.role = 'partner'
),
placed AS (
    SELECT pair_key, 'combination' AS context, day, place FROM combined
    UNION ALL
    SELECT b.pair_key, 'monotherapy' AS context, b.day, b.place
    FROM before AS b
    LEFT JOIN beside AS o ON o.pair_key = b.pair_key AND o.day = b.day
    WHERE o.pair_key IS NULL OR b.context = 'monotherapy'
),
chosen AS (
    SELECT
        pair_key,
        context,
        CASE
            WHEN :takes_best = 1 THEN MIN(CASE WHEN place = 0 THEN 4 ELSE place END)
            ELSE MOD(MAX((day + 524288) * 8 + place), 8)
        END AS place
    FROM placed
    GROUP BY pair_key, context
),
answers AS (
    SELECT
        pair_key,
        context,
        CASE place WHEN 1 THEN 'complete' WHEN 2 THEN 'partial' WHEN 3 THEN 'none' ELSE 'unassessable' END
            AS response
    FROM chosen
)
SELECT p.pair_key, a.response AS monotherapy_response, c.response AS response
FROM {pairs} AS p
LEFT JOIN answers AS a ON a.pair_key = p.pair_key AND a.context = 'monotherapy'
LEFT JOIN answers AS c ON c.pair_key = p.pair_key AND c.context = 'combination'
