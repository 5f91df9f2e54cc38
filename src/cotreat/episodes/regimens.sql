-- Regimens: the name of every set of drugs that occurs, "a + b", in the order of the drugs' names,
-- and what being on it means: how many drugs and which roles. Roles number the drugs by name, so
-- the order of the lines below is the order of the names.
WITH sets AS (
    SELECT DISTINCT regimen_mask FROM {masks} WHERE regimen_mask > 0
),
members AS (
    SELECT s.regimen_mask, r.drug, r.drug_key, r.role, r.risk_window
    FROM sets AS s
    INNER JOIN {roles} AS r ON (s.regimen_mask & r.bit) <> 0
)
SELECT
    r.regimen_mask,
    SUBSTR(
        ''
    || MAX(CASE WHEN r.drug_key = 1 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 2 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 3 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 4 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 5 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 6 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 7 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 8 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 9 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 10 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 11 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 12 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 13 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 14 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 15 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 16 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 17 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 18 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 19 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 20 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 21 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 22 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 23 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 24 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 25 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 26 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 27 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 28 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 29 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 30 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 31 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 32 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 33 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 34 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 35 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 36 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 37 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 38 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 39 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 40 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 41 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 42 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 43 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 44 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 45 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 46 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 47 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 48 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 49 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 50 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 51 THEN ' + ' || r.drug ELSE '' END)
    || MAX(CASE WHEN r.drug_key = 52 THEN ' + ' || r.drug ELSE '' END),
        4
    ) AS regimen,
    COUNT(*) AS n_drugs,
    COUNT(CASE WHEN r.role = 'anchor' THEN 1 END) AS n_anchors,
    COUNT(CASE WHEN r.role = 'partner' THEN 1 END) AS n_partners
FROM members AS r
GROUP BY r.regimen_mask
