-- Concepts that are named: standard ingredients by their name, ATC classes by their code.
SELECT n.set_no, n.name, c.concept_id
FROM {names} AS n
INNER JOIN {concept} AS c ON LOWER(c.concept_name) = n.name
WHERE n.is_code = 0 AND c.concept_class_id = 'Ingredient' AND COALESCE(c.standard_concept, 'S') = 'S'
UNION ALL
SELECT n.set_no, n.name, c.concept_id
FROM {names} AS n
INNER JOIN {concept} AS c ON c.concept_code = n.name
WHERE n.is_code = 1 AND c.vocabulary_id = 'ATC'
