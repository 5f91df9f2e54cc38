-- Recorded supplies of the study's drugs: a row of the CDM for each of the study's drugs in it (`place` numbers
-- them). The end is the recorded one; else the CDM's own, which is mostly reckoned from the supply; else the
-- supply's. An end that stands for none, such as 9999-12-31, is cut to the last day of any calendar here.
WITH supplied AS (
    SELECT
        row_id,
        person_id,
        concept_id,
        start_day,
        CASE WHEN stopped_day > :last_day THEN :last_day ELSE stopped_day END AS stopped_day,
        CASE WHEN end_day > :last_day THEN :last_day ELSE end_day END AS end_day,
        CASE WHEN supply_days >= 1 THEN supply_days END AS supply_days,
        CASE WHEN supply_days < 1 THEN 1 ELSE 0 END AS has_empty_supply,
        quantity,
        stop_reason
    FROM {exposures} AS recorded
)
SELECT
    s.row_id,
    s.person_id,
    s.concept_id,
    c.drug_no,
    c.place,
    d.is_anchor,
    s.start_day,
    COALESCE(s.stopped_day, s.end_day, s.start_day + s.supply_days - 1) AS end_day,
    CASE
        WHEN s.stopped_day IS NOT NULL THEN 'recorded'
        WHEN s.end_day IS NOT NULL OR s.supply_days IS NOT NULL THEN 'supply'
    END AS end_rule,
    s.supply_days,
    s.has_empty_supply,
    s.quantity,
    s.stop_reason
FROM supplied AS s
INNER JOIN {drug_concepts} AS c ON c.concept_id = s.concept_id
INNER JOIN {drugs} AS d ON d.drug_no = c.drug_no
