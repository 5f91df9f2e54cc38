-- Strengths of the study's products: what each holds of the ingredients that belong to its drug.
SELECT
    c.drug_no,
    c.concept_id,
    s.ingredient_id,
    s.amount,
    s.amount_unit,
    s.numerator,
    s.numerator_unit,
    s.denominator,
    s.denominator_unit
FROM {drug_strength} AS s
INNER JOIN {drug_concepts} AS c ON c.concept_id = s.concept_id
INNER JOIN {drug_concepts} AS i ON i.concept_id = s.ingredient_id AND i.drug_no = c.drug_no
WHERE s.invalid_reason IS NULL
