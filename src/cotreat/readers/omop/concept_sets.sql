-- The concepts of each set: those that are listed, those below them, without those that are taken out.
WITH reached AS (
    SELECT i.set_no, i.concept_id, i.is_excluded
    FROM {items} AS i
    UNION ALL
    SELECT i.set_no, a.descendant_id AS concept_id, i.is_excluded
    FROM {items} AS i
    INNER JOIN {concept_ancestor} AS a ON a.ancestor_id = i.concept_id
    WHERE i.with_below = 1
)
SELECT set_no, concept_id
FROM reached
GROUP BY set_no, concept_id
HAVING MAX(is_excluded) = 0
