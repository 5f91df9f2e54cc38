-- Of each class its ingredients, with the products of each that are in the class.
SELECT s.set_no, i.concept_id AS ingredient_id, i.concept_id
FROM {concept_sets} AS s
INNER JOIN {concept} AS i ON i.concept_id = s.concept_id
INNER JOIN {classes} AS k ON k.set_no = s.set_no
WHERE i.concept_class_id = 'Ingredient' AND COALESCE(i.standard_concept, 'S') = 'S'
UNION
SELECT s.set_no, i.concept_id AS ingredient_id, p.concept_id
FROM {concept_sets} AS s
INNER JOIN {concept} AS i ON i.concept_id = s.concept_id
INNER JOIN {classes} AS k ON k.set_no = s.set_no
INNER JOIN {concept_ancestor} AS a ON a.ancestor_id = i.concept_id
INNER JOIN {concept_sets} AS p ON p.set_no = s.set_no AND p.concept_id = a.descendant_id
WHERE i.concept_class_id = 'Ingredient' AND COALESCE(i.standard_concept, 'S') = 'S'
