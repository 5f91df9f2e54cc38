-- Dose steps: for each patient and drug that is part of a pair or course, the intervals on which
-- the same exposures supply the drug, and their dose. Of exposures that overlap the latest
-- started holds, and while it lasts those that start with it add up; after it an earlier one
-- holds again. A dose is unknown (NULL) when one of those added up is. Exact duplicates count
-- once. Doses in ng per day, whole numbers.
WITH followed AS (
    SELECT DISTINCT patient_key, drug_key FROM {dose_spans}
),
supplies AS (
    SELECT DISTINCT
        f.patient_key,
        f.drug_key,
        e.start_day,
        CASE WHEN e.is_ongoing = 1 OR e.end_day > o.last_day THEN o.last_day ELSE e.end_day END AS end_day,
        -- Rows that differ only in an end after the end of observation, or in where the end comes
        -- from, are different exposures.
        e.end_day AS recorded_end_day,
        CASE WHEN e.end_rule IS NULL OR e.end_rule = 'recorded' THEN 0 WHEN e.end_rule = 'supply' THEN 1 ELSE 2 END
            AS end_source,
        e.dose_ng_day
    FROM {exposures} AS e
    INNER JOIN {roles} AS r ON r.drug = e.drug
    INNER JOIN followed AS f ON f.patient_key = e.patient_key AND f.drug_key = r.drug_key
    INNER JOIN {observation} AS o ON o.patient_key = e.patient_key
    WHERE e.start_day <= o.last_day
),
starts AS (
    SELECT patient_key, drug_key, start_day, MAX(end_day) AS end_day
    FROM supplies
    GROUP BY patient_key, drug_key, start_day
),
changes AS (
    SELECT patient_key, drug_key, start_day AS change_day FROM starts
    UNION
    SELECT patient_key, drug_key, end_day + 1 AS change_day FROM supplies
),
stretches AS (
    SELECT
        c.patient_key,
        c.drug_key,
        c.change_day AS start_day,
        LEAD(c.change_day) OVER (PARTITION BY c.patient_key, c.drug_key ORDER BY c.change_day) - 1 AS end_day,
        MAX(s.start_day) OVER (
            PARTITION BY c.patient_key, c.drug_key ORDER BY c.change_day
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS latest_start,
        MAX(s.end_day) OVER (
            PARTITION BY c.patient_key, c.drug_key ORDER BY c.change_day
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS supplied_until
    FROM changes AS c
    LEFT JOIN starts AS s
        ON s.patient_key = c.patient_key
        AND s.drug_key = c.drug_key
        AND s.start_day = c.change_day
),
supplied AS (
    SELECT i.patient_key, i.drug_key, i.start_day, i.end_day, i.latest_start, s.end_day AS latest_end
    FROM stretches AS i
    INNER JOIN starts AS s
        ON s.patient_key = i.patient_key
        AND s.drug_key = i.drug_key
        AND s.start_day = i.latest_start
    WHERE i.supplied_until >= i.start_day
),
-- Mostly the latest started still lasts; only where it does not an earlier one is looked for.
held AS (
    SELECT patient_key, drug_key, start_day, end_day, latest_start AS held_since
    FROM supplied
    WHERE latest_end >= start_day
    UNION ALL
    SELECT i.patient_key, i.drug_key, i.start_day, i.end_day, MAX(s.start_day) AS held_since
    FROM supplied AS i
    INNER JOIN starts AS s
        ON s.patient_key = i.patient_key
        AND s.drug_key = i.drug_key
        AND s.start_day < i.start_day
        AND s.end_day >= i.start_day
    WHERE i.latest_end < i.start_day
    GROUP BY i.patient_key, i.drug_key, i.start_day, i.end_day
)
SELECT
    h.patient_key,
    h.drug_key,
    h.start_day,
    h.end_day,
    CASE WHEN COUNT(s.dose_ng_day) = COUNT(*) THEN CAST(SUM(s.dose_ng_day) AS BIGINT) END AS dose_ng_day
FROM held AS h
INNER JOIN supplies AS s
    ON s.patient_key = h.patient_key
    AND s.drug_key = h.drug_key
    AND s.start_day = h.held_since
    AND s.end_day >= h.start_day
GROUP BY h.patient_key, h.drug_key, h.start_day, h.end_day
