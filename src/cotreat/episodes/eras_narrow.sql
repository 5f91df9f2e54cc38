-- Eras with partial dates: the first day at its latest and the last day at its earliest.
-- A start known by its month is the last day of the month here, an end the first; an exposure
-- that starts and ends in the same month may so have no certain day at all. What its era
-- certainly has is what its exposures have together.
WITH certain AS (
    SELECT
        s.patient_key,
        s.drug_key,
        s.start_day,
        MIN(COALESCE(e.narrow_start_day, e.start_day)) AS narrow_start_day,
        MAX(
            CASE
                WHEN e.is_ongoing = 1 OR COALESCE(e.narrow_end_day, e.end_day) > o.last_day THEN o.last_day
                ELSE COALESCE(e.narrow_end_day, e.end_day)
            END
        ) AS narrow_end_day,
        MAX(CASE WHEN e.is_ongoing = 1 OR e.end_day > o.last_day THEN 1 ELSE 0 END) AS runs_on,
        MAX(CASE WHEN e.narrow_start_day IS NOT NULL OR e.narrow_end_day IS NOT NULL THEN 1 ELSE 0 END)
            AS has_partial_date
    FROM {era_spans} AS s
    INNER JOIN {roles} AS r ON r.drug_key = s.drug_key
    INNER JOIN {observation} AS o ON o.patient_key = s.patient_key
    INNER JOIN {exposures} AS e
        ON e.patient_key = s.patient_key
        AND e.drug = r.drug
        AND e.start_day >= s.start_day
        AND e.start_day <= s.end_day
    GROUP BY s.patient_key, s.drug_key, s.start_day
)
SELECT
    s.patient_key,
    s.drug_key,
    s.start_day,
    s.end_day,
    s.is_ongoing,
    CAST(c.narrow_start_day AS INTEGER) AS narrow_start_day,
    -- Ongoing by supply alone: taken to the end of observation in both readings.
    CASE
        WHEN c.has_partial_date IS NULL THEN NULL
        WHEN s.is_ongoing = 1 AND c.runs_on = 0 THEN s.end_day
        ELSE CAST(c.narrow_end_day AS INTEGER)
    END AS narrow_end_day
FROM {era_spans} AS s
LEFT JOIN certain AS c
    ON c.patient_key = s.patient_key
    AND c.drug_key = s.drug_key
    AND c.start_day = s.start_day
    AND c.has_partial_date = 1
