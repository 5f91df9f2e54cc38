-- The grade of every result, between which grades it lies where a limit or the value before treatment is
-- missing, and why it is then not gradable. Not gradable is not grade 0.
--
-- criteria: value_1..4 (bounds), limit_1..4 and plus_1..4 (multiples of the limit in twentieths, and what is
-- added), baseline_1..4 and equal_1..4 (multiples of the value before treatment in twentieths, and 1 where
-- a value exactly there has the grade); all times side, so that every comparison is "greater than". Grades
-- take two bytes: there are millions of them.
WITH compared AS (
    SELECT
        v.*,
        c.baseline_rule,
        c.needs_limit,
        c.has_bounds,
        c.highest_by_limit,
        c.highest_by_baseline,
        b.baseline_n,
        b.day AS baseline_day,
        CASE WHEN b.is_low = 1 THEN 1 ELSE 0 END AS was_low,
        COALESCE(b.is_high, CASE
            WHEN b.baseline_n > v.limit_n THEN 1
            WHEN b.baseline_n <= v.limit_n THEN 0
        END) AS was_high,
        CASE
            WHEN v.value_n * c.side > c.value_4 THEN 4
            WHEN v.value_n * c.side > c.value_3 THEN 3
            WHEN v.value_n * c.side > c.value_2 THEN 2
            WHEN v.value_n * c.side > c.value_1 THEN 1
            ELSE 0
        END AS by_value,
        CASE
            WHEN v.value_n * c.side * 20 > c.limit_4 * v.limit_n + c.plus_4 THEN 4
            WHEN v.value_n * c.side * 20 > c.limit_3 * v.limit_n + c.plus_3 THEN 3
            WHEN v.value_n * c.side * 20 > c.limit_2 * v.limit_n + c.plus_2 THEN 2
            WHEN v.value_n * c.side * 20 > c.limit_1 * v.limit_n + c.plus_1 THEN 1
            ELSE 0
        END AS by_limit,
        CASE
            WHEN v.value_n * c.side * 20 + c.equal_4 > c.baseline_4 * b.baseline_n THEN 4
            WHEN v.value_n * c.side * 20 + c.equal_3 > c.baseline_3 * b.baseline_n THEN 3
            WHEN v.value_n * c.side * 20 + c.equal_2 > c.baseline_2 * b.baseline_n THEN 2
            WHEN v.value_n * c.side * 20 + c.equal_1 > c.baseline_1 * b.baseline_n THEN 1
            ELSE 0
        END AS by_baseline,
        -- The two that bound what is possible: the value before treatment just beyond the limit, and the
        -- limit at the value before treatment.
        CASE
            WHEN v.value_n * c.side * 20 > c.baseline_4 * v.limit_n THEN 4
            WHEN v.value_n * c.side * 20 > c.baseline_3 * v.limit_n THEN 3
            WHEN v.value_n * c.side * 20 > c.baseline_2 * v.limit_n THEN 2
            WHEN v.value_n * c.side * 20 > c.baseline_1 * v.limit_n THEN 1
            ELSE 0
        END AS by_limit_as_baseline,
        CASE
            WHEN v.value_n * c.side * 20 > c.limit_4 * b.baseline_n + c.plus_4 THEN 4
            WHEN v.value_n * c.side * 20 > c.limit_3 * b.baseline_n + c.plus_3 THEN 3
            WHEN v.value_n * c.side * 20 > c.limit_2 * b.baseline_n + c.plus_2 THEN 2
            WHEN v.value_n * c.side * 20 > c.limit_1 * b.baseline_n + c.plus_1 THEN 1
            ELSE 0
        END AS by_baseline_as_limit
    FROM {laboratory_values} AS v
    INNER JOIN {criteria} AS c ON c.criterion_key = v.criterion_key AND c.is_molar = v.is_molar
    LEFT JOIN {laboratory_baselines} AS b ON b.patient_key = v.patient_key AND b.criterion_key = v.criterion_key
),
bounded AS (
    SELECT
        k.*,
        CASE WHEN limit_n IS NULL THEN 0 ELSE by_limit END AS least_by_limit,
        CASE WHEN limit_n IS NULL THEN highest_by_limit ELSE by_limit END AS most_by_limit,
        CASE WHEN baseline_n IS NULL THEN 0 ELSE by_baseline END AS least_by_baseline,
        CASE WHEN baseline_n IS NULL THEN highest_by_baseline ELSE by_baseline END AS most_by_baseline
    FROM compared AS k
),
ranged AS (
    SELECT
        b.*,
        CASE
            WHEN baseline_rule = 'always' OR (baseline_rule = 'low' AND was_low = 1)
                THEN GREATEST(least_by_limit, least_by_baseline)
            WHEN baseline_rule = 'both' THEN LEAST(least_by_limit, least_by_baseline)
            WHEN baseline_rule = 'high' AND was_high = 1 THEN by_baseline
            WHEN baseline_rule = 'high' AND was_high IS NULL THEN 0
            ELSE least_by_limit
        END AS least,
        CASE
            WHEN baseline_rule = 'always' OR (baseline_rule = 'low' AND was_low = 1)
                THEN GREATEST(most_by_limit, most_by_baseline)
            WHEN baseline_rule = 'both' THEN LEAST(most_by_limit, most_by_baseline)
            WHEN baseline_rule = 'high' AND was_high = 1 THEN by_baseline
            WHEN baseline_rule = 'high' AND was_high IS NULL THEN CASE
                WHEN limit_n IS NOT NULL THEN GREATEST(by_limit, by_limit_as_baseline)
                WHEN baseline_n IS NOT NULL THEN GREATEST(by_baseline, by_baseline_as_limit)
                ELSE GREATEST(highest_by_limit, highest_by_baseline)
            END
            ELSE most_by_limit
        END AS most
    FROM bounded AS b
),
graded AS (
    SELECT
        r.*,
        CASE WHEN value_n IS NOT NULL AND has_bounds = 1 THEN GREATEST(by_value, least) END AS lowest_grade,
        CASE WHEN value_n IS NOT NULL AND has_bounds = 1 THEN GREATEST(by_value, most) END AS highest_grade
    FROM ranged AS r
)
SELECT
    patient_key,
    criterion_key,
    day,
    value_n,
    CAST(lowest_grade AS SMALLINT) AS lowest_grade,
    CAST(highest_grade AS SMALLINT) AS highest_grade,
    CAST(CASE WHEN lowest_grade = highest_grade THEN lowest_grade END AS SMALLINT) AS grade,
    CASE
        WHEN has_bounds = 0 THEN 'no_criterion'
        WHEN value_n IS NULL THEN 'no_value'
        WHEN lowest_grade = highest_grade THEN NULL
        WHEN needs_limit = 0 OR limit_n IS NOT NULL THEN 'no_baseline'
        WHEN baseline_n IS NULL AND baseline_rule <> '' AND baseline_rule <> 'low' THEN 'no_limit_and_baseline'
        ELSE 'no_limit'
    END AS reason,
    CAST(CASE WHEN day = baseline_day THEN 1 ELSE 0 END AS SMALLINT) AS is_baseline,
    CAST(CASE WHEN day > first_day THEN 1 ELSE 0 END AS SMALLINT) AS is_after,
    source_id,
    source_row
FROM graded
