-- The course of each counted pair. Counted pairs of one patient and one anchor belong to one course while
-- they are linked by common days.
WITH counted AS (
    SELECT
        pair_key,
        patient_key,
        anchor_key,
        start_day,
        MAX(end_day) OVER (
            PARTITION BY patient_key, anchor_key ORDER BY pair_key
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS taken_until
    FROM {overlaps}
    WHERE CASE kind
        WHEN 'combination' THEN :counts_combination
        WHEN 'short_course' THEN :counts_short_course
        WHEN 'crossover' THEN :counts_crossover
        ELSE :counts_undetermined
    END = 1
),
linked AS (
    SELECT
        pair_key,
        -- Within one anchor the keys grow with the first day: the latest opening is the pair's own.
        MAX(CASE WHEN taken_until IS NULL OR start_day > taken_until THEN pair_key END) OVER (
            PARTITION BY patient_key, anchor_key ORDER BY pair_key
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS first_pair
    FROM counted
)
SELECT pair_key, DENSE_RANK() OVER (ORDER BY first_pair) + :courses_before AS course_key FROM linked
