-- The key under which a reference and what it points to are found: `Patient/1` of `http://a.org/fhir/Patient/1/_history/2`,
-- `urn:uuid:...` as it stands; NULL where it points to nothing by a name (`#1` is in the resource itself).
CREATE OR REPLACE MACRO {db}.fhir_key(reference) AS
CASE
    WHEN reference LIKE 'urn:%' THEN reference
    ELSE NULLIF(regexp_extract(reference, '([A-Z][A-Za-z]*/[A-Za-z0-9.-]+)(/_history/[^/]*)?$', 1), '')
END;

-- The same of a reference to a patient; NULL where it is to something else, such as a group.
CREATE OR REPLACE MACRO {db}.fhir_patient_key(reference) AS
CASE
    WHEN reference LIKE 'urn:%' THEN reference
    ELSE NULLIF(regexp_extract(reference, '(Patient/[A-Za-z0-9.-]+)(/_history/[^/]*)?$', 1), '')
END;

-- What a key names, without the type: the identifier of a patient who is in no file.
CREATE OR REPLACE MACRO {db}.fhir_name(key) AS
CASE
    WHEN key LIKE 'urn:%' THEN regexp_extract(key, '([^:]+)$', 1)
    ELSE regexp_extract(key, '([^/]+)$', 1)
END;

-- A quantity of time in days, as text for the reader of numbers; NULL where its unit is none of time.
CREATE OR REPLACE MACRO {db}.fhir_days(quantity) AS
CAST(TRY_CAST(quantity.value AS DOUBLE) * CASE lower(COALESCE(quantity.code, quantity.unit))
    WHEN 'h' THEN CAST(1 AS DOUBLE) / 24
    WHEN 'd' THEN 1
    WHEN 'day' THEN 1
    WHEN 'days' THEN 1
    WHEN 'wk' THEN 7
    WHEN 'week' THEN 7
    WHEN 'weeks' THEN 7
    WHEN 'mo' THEN 30.4375
    WHEN 'month' THEN 30.4375
    WHEN 'months' THEN 30.4375
    WHEN 'a' THEN 365.25
END AS DOUBLE);

-- What is said of a dose, without its dates, so that each distinct one is read once.
CREATE OR REPLACE MACRO {db}.fhir_dose(said, quantity, repeats, timing_code, as_needed) AS
to_json({{
    'text': said,
    'value': quantity.value,
    'unit': COALESCE(quantity.code, quantity.unit),
    'frequency': repeats.frequency,
    'period': repeats.period,
    'periodUnit': repeats.periodUnit,
    'code': COALESCE(timing_code.coding[1].code, timing_code.text),
    'asNeeded': as_needed
}});

-- A concept as a text that is the same for the same codes and words; NULL where it says nothing.
CREATE OR REPLACE MACRO {db}.fhir_concept(concept) AS
CASE WHEN concept.text IS NOT NULL OR len(concept.coding) > 0 THEN CAST(to_json(concept) AS VARCHAR) END;

-- A reference's own words for what it refers to, as a concept.
CREATE OR REPLACE MACRO {db}.fhir_said(said) AS
CASE WHEN said IS NOT NULL THEN CAST(to_json({{'text': said}}) AS VARCHAR) END;
