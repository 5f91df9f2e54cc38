-- Which concept is which drug of the study. A product with two drugs has a row of each, numbered by `place`.
WITH meant AS (
    SELECT d.drug_no, s.concept_id
    FROM {drug_sets} AS d
    INNER JOIN {concept_sets} AS s ON s.set_no = d.set_no
    WHERE d.ingredient_id = 0
    UNION
    SELECT d.drug_no, m.concept_id
    FROM {drug_sets} AS d
    INNER JOIN {class_members} AS m ON m.set_no = d.set_no AND m.ingredient_id = d.ingredient_id
)
SELECT
    drug_no,
    concept_id,
    ROW_NUMBER() OVER (PARTITION BY concept_id ORDER BY drug_no) AS place
FROM meant
