"""FHIR resources other than medication: patients, conditions, observations, events; versions and files."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.fhir_study import (
    SUBJECT,
    Resource,
    coded,
    left_out,
    lines,
    observation,
    read_resources,
    read_study_folder,
    request,
    text,
    write_fhir_study,
)
from tests.unit.long_table_study import Read

from cotreat.errors import SourceError
from cotreat.readers.fhir.concepts import Concept, parse_test_word
from cotreat.vocabulary import build_term_index, read_lab_tests

TESTS = build_term_index(read_lab_tests())


def patient(number: str = "1", **changes: Any) -> Resource:
    return {"resourceType": "Patient", "id": number, **changes}


def condition(number: str, words: str, **changes: Any) -> Resource:
    return {"resourceType": "Condition", "id": number, "code": text(words), **SUBJECT, **changes}


# Patients.


def test_a_patient_with_episodes_of_care_and_a_disease(tmp_path: Path) -> None:
    episodes = [
        {
            "resourceType": "EpisodeOfCare",
            "id": f"e{n}",
            "status": "finished",
            "patient": {"reference": "Patient/1"},
            "period": {"start": start, "end": end},
        }
        for n, (start, end) in enumerate([("2019-05-01", "2021-01-31"), ("2018-02-01", "2018-12-31")])
    ]
    read = read_resources(
        tmp_path,
        patient(gender="female", birthDate="1980-05-02", deceasedDateTime="2023-02-01T10:00:00+01:00"),
        *episodes,
        condition("c", "Psoriasis vulgaris"),
        request("r1"),
    )
    columns = ("patient_id", "sex", "birth_day", "disease", "observed_from", "observed_to", "death_day")
    assert read.rows("patients", *columns) == [
        ("1", "female", "1980-05-02", "psoriasis", "2018-02-01", "2021-01-31", "2023-02-01")
    ]
    assert read.tables["conditions"] == []  # the disease stands with the patient


def test_an_episode_of_care_that_goes_on_has_no_last_day(tmp_path: Path) -> None:
    going_on = {
        "resourceType": "EpisodeOfCare",
        "id": "e",
        "status": "active",
        "patient": {"reference": "Patient/1"},
        "period": {"start": "2019-05-01"},
    }
    read = read_resources(tmp_path, patient(gender="unknown"), going_on, request("r1"))
    assert read.rows("patients", "sex", "observed_from", "observed_to") == [(None, "2019-05-01", None)]


def test_a_patient_who_is_in_no_file_is_taken_and_said(tmp_path: Path) -> None:
    read = read_resources(tmp_path, patient("2"), request("r1"))
    assert sorted(row["patient_id"] for row in read.tables["patients"]) == ["1", "2"]
    found = next(f for f in read.findings if f.code == "patient_not_listed")
    assert (found.severity, found.sheet, found.row, found.value) == ("warning", "MedicationRequest", 2, "1")


# Conditions.


def test_conditions_with_their_kind_and_onset(tmp_path: Path) -> None:
    read = read_resources(
        tmp_path,
        request("r1"),
        condition("c1", "Asthma", onsetDateTime="2015-03"),
        condition("c2", "x", code=coded("http://snomed.info/sct", "77176002", "Smoker (finding)")),
        condition("c3", "Obesity", verificationStatus=coded("", "refuted")),
        condition("c4", "Obesity", verificationStatus=coded("", "entered-in-error")),
        condition("c5", "J45", code=coded("http://hl7.org/fhir/sid/icd-10", "J45.9")),
        rest='[values]\ncomorbidity.asthma = ["J45.9"]',
    )
    assert read.rows("conditions", "term", "kind", "start_day") == [
        ("asthma", "comorbidity", "2015-03-01"),
        ("smoker", "risk_factor", None),
        ("asthma", "comorbidity", None),
    ]
    assert left_out(read, "Condition") == [("entered_in_error", 1), ("refuted", 1)]


def test_of_several_diseases_the_protocol_says_which(tmp_path: Path) -> None:
    both = (patient(), request("r1"), condition("c1", "psoriasis"), condition("c2", "atopic dermatitis"))
    unclear = read_resources(tmp_path / "a", *both)
    assert unclear.rows("patients", "disease") == [(None,)]
    assert "several_diseases" in unclear.codes("info")
    assert unclear.rows("conditions", "term", "kind") == [
        ("psoriasis", "disease"),
        ("atopic_dermatitis", "disease"),
    ]
    clear = read_resources(tmp_path / "b", *both, source='diseases = ["psoriasis"]')
    assert clear.rows("patients", "disease") == [("psoriasis",)]
    assert clear.rows("conditions", "term") == [("atopic_dermatitis",)]


# Observations.


def test_laboratory_results_in_the_unit_of_their_test(tmp_path: Path) -> None:
    loinc = "http://loinc.org"
    read = read_resources(
        tmp_path,
        request("r1"),
        observation(
            "o1",
            code=coded(loinc, "731-0", "Lymphocytes [#/volume] in Blood by Automated count"),
            valueQuantity={"value": 810, "unit": "cells/µL", "code": "{cells}/uL"},
            referenceRange=[{"low": {"value": 1000}, "high": {"value": 4000}}],
        ),
        observation("o2", valueQuantity={"value": 35, "unit": "UI/L"}),
        observation("o3", valueQuantity={"value": 5, "comparator": "<", "code": "U/L"}),
        observation("o4", valueQuantity={"value": 3, "code": "mg/dL"}),
        observation("o5", code=text("Ferritina"), valueQuantity={"value": 80, "code": "ng/mL"}),
        observation(
            "o6",
            valueQuantity={"value": 35, "code": "U/L"},
            referenceRange=[{"high": {"value": 0.6, "code": "ukat/L"}}],
        ),
    )
    assert read.rows("laboratory", "test", "value", "unit", "lln", "uln") == [
        ("lymphocytes", 0.81, "10*9/L", 1.0, 4.0),
        ("alt", 35.0, "U/L", None, None),
        ("alt", None, "U/L", None, None),
        ("alt", None, "U/L", None, None),
        ("ferritina", 80.0, "ng/mL", None, None),
        ("alt", 35.0, "U/L", None, None),  # a bound in another unit is not that of the value
    ]
    assert [(f.code, f.row, f.value) for f in read.findings if f.severity == "warning"] == [
        ("value_not_read", 4, "<5"),
        ("impossible_unit", 5, "mg/dL"),
    ]


@pytest.mark.parametrize(
    ("name", "test"),
    [
        ("Neutrophils [#/volume] in Blood by Automated count", "neutrophils"),
        ("Cholesterol in HDL [Moles/volume] in Serum or Plasma", "hdl"),
        ("Bilirubin.total [Moles/volume] in Serum or Plasma", "bilirubin"),
        ("MCV [Entitic volume] by Automated count", "mcv"),
        ("Glucose [Mass/volume] in Urine", None),
        ("Lymphocytes [#/volume] in Cerebral spinal fluid", None),
        ("Neutrophils/100 leukocytes in Blood by Automated count", None),
    ],
)
def test_a_test_by_its_name_in_loinc_where_the_specimen_is_blood(name: str, test: str | None) -> None:
    found = parse_test_word(Concept("", (("http://loinc.org", "0-0", name),)), TESTS)
    assert found == ((test, True) if test else (name, False))


def test_scores_judgements_and_components(tmp_path: Path) -> None:
    survey = [coded("", "survey")]
    read = read_resources(
        tmp_path,
        request("r1"),
        observation(
            "o1",
            category=survey,
            code=text("EASI"),
            valueQuantity={"value": 12.5},
            component=[{"code": text("response"), "valueCodeableConcept": text("partial")}],
        ),
        observation(
            "o2",
            code=text("Blood count"),
            component=[
                {"code": text("ALT"), "valueQuantity": {"value": 30, "code": "U/L"}},
                {"code": text("AST"), "valueQuantity": {"value": 31, "code": "U/L"}},
            ],
        ),
        observation("o3", category=survey, code=text("Shoe size"), valueQuantity={"value": 43}),
        observation("o4", dataAbsentReason=text("error")),
        observation("o5", status="registered"),
        observation("o6", effectiveDateTime=None, valueQuantity={"value": 30, "code": "U/L"}),
    )
    assert read.rows("assessments", "instrument", "value", "response") == [("easi", 12.5, "partial")]
    assert sorted(read.rows("laboratory", "test", "value", "source_row")) == [
        ("alt", 30.0, 3),
        ("ast", 31.0, 3),
    ]
    assert left_out(read, "Observation") == [
        ("no_date", 1),
        ("no_test_or_score", 1),
        ("no_value", 1),
        ("not_yet", 1),
    ]


# Adverse events.


def event(number: str, **changes: Any) -> Resource:
    return {
        "resourceType": "AdverseEvent",
        "id": number,
        "actuality": "actual",
        "event": text("Herpes zoster"),
        "date": "2020-06-01",
        **SUBJECT,
        **changes,
    }


def test_an_event_with_its_suspects_and_how_likely_they_are(tmp_path: Path) -> None:
    likely = coded("http://terminology.hl7.org/CodeSystem/adverse-event-causality-assess", "Probably-Likely")
    suspects = [
        {"instance": {"reference": "MedicationRequest/r1"}, "causality": [{"assessment": likely}]},
        {"instance": {"reference": "#m"}, "causality": [{"assessment": text("possible")}]},
        {"instance": {"reference": "Medication/gone", "display": "Ciclosporin"}},
    ]
    read = read_resources(
        tmp_path,
        request("r1"),
        event(
            "a1",
            seriousness=coded("", "serious"),
            severity=text("severe"),
            outcome=coded("", "resolved", "Resolved"),
            contained=[{"resourceType": "Medication", "id": "m", "code": text("methotrexate")}],
            suspectEntity=suspects,
        ),
        event("a2", actuality="potential"),
        event("a3", date="2020-06"),
    )
    columns = ("term", "onset_day", "date_precision", "severity_grade", "is_serious", "outcome")
    assert read.rows("adverse_events", *columns) == [
        ("herpes_zoster", "2020-06-01", "day", 3, 1, "Resolved"),
        ("herpes_zoster", None, "month", None, None, None),
    ]
    assert sorted((row["drug"], row["category"]) for row in read.tables["attributions"]) == [
        ("adalimumab", "probable"),
        ("ciclosporin", None),
        ("methotrexate", "possible"),
    ]
    assert left_out(read, "AdverseEvent") == [("potential", 1)]


# The same resource several times.


def test_a_resource_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    read = read_resources(tmp_path, request("r1"), request("r1"))
    assert left_out(read, "MedicationRequest") == [("duplicate", 1)]
    assert len(read.tables["exposures"]) == 1


def test_the_newest_version_counts(tmp_path: Path) -> None:
    old = request("r1", meta={"lastUpdated": "2020-01-01T00:00:00Z"})
    new = request("r1", authoredOn="2021-05-05", meta={"lastUpdated": "2022-01-01T00:00:00Z"})
    read = read_resources(tmp_path, new, old)
    assert read.rows("exposures", "start_day") == [("2021-05-05",)]
    assert left_out(read, "MedicationRequest") == [("older_version", 1)]


def test_two_that_contradict_each_other_are_an_error_and_on_request_a_warning(tmp_path: Path) -> None:
    two = (request("r1"), request("r1", authoredOn="2021-05-05"))
    read = read_resources(tmp_path / "a", *two)
    assert [(f.code, f.row) for f in read.findings if f.severity == "error"] == [("duplicate_id", 2)]
    lenient = read_resources(tmp_path / "b", *two, source='bad_rows = "leave_out"')
    assert lenient.codes("error") == []
    assert lenient.rows("exposures", "start_day") == [("2020-01-01",)]


# Files and accounts.


def bundle(*resources: Resource, **changes: Any) -> Resource:
    entries = [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries, **changes}


def _read_files(folder: Path, files: dict[str, str], source: str = "") -> Read:
    return read_study_folder(write_fhir_study(folder, files, source=source))


@pytest.mark.parametrize(
    "shape",
    ["one bundle", "bundle on one line", "bundles as lines", "a list", "lines named json", "many files"],
)
def test_however_the_resources_are_packed_they_are_the_same(tmp_path: Path, shape: str) -> None:
    by_urn = {"subject": {"reference": "urn:uuid:1"}}
    refers = by_urn if "bundle" in shape else SUBJECT
    all_of_them = [
        patient(gender="male"),
        request("r1", **refers),
        observation("o1", valueInteger=30) | refers,
    ]
    files = {
        "one bundle": {"b.json": json.dumps(bundle(*all_of_them), indent=2)},
        "bundle on one line": {"b.json": json.dumps(bundle(*all_of_them))},
        "bundles as lines": {"b.ndjson": lines(bundle(*all_of_them[:2]), bundle(*all_of_them[2:]))},
        "a list": {"b.json": json.dumps(all_of_them)},
        "lines named json": {"b.json": lines(*all_of_them)},
        "many files": {f"{n}.ndjson": lines(one) for n, one in enumerate(all_of_them)},
    }[shape]
    read = _read_files(tmp_path, files, '[source.units]\nalt = "U/L"')
    assert read.rows("patients", "patient_id", "sex") == [("1", "male")]
    assert read.rows("exposures", "drug", "patient_key") == [("adalimumab", 1)]
    assert read.rows("laboratory", "test", "value") == [("alt", 30.0)]
    assert sum(row["rows_used"] for row in read.tables["sources"]) == 3


def test_every_resource_is_used_or_counted(tmp_path: Path) -> None:
    read = _read_files(
        tmp_path,
        {
            "a.ndjson": lines(patient(), request("r1"), {"resourceType": "Encounter", "id": "e"}, {"a": 1}),
            "b.json": json.dumps(
                bundle(request("r2", status="cancelled"), request("r3", authoredOn="2021-01-01"))
            ),
        },
    )
    by_kind: dict[str, dict[str, int]] = {}
    for row in read.tables["attrition"]:
        by_kind.setdefault(row["table"], {})[row["reason"]] = row["rows"]
    for reasons in by_kind.values():
        assert reasons["read"] == sum(n for reason, n in reasons.items() if reason != "read")
    assert by_kind["Encounter"] == {"read": 1, "other_resource": 1, "used": 0}
    assert by_kind["JSON"] == {"read": 1, "not_fhir": 1, "used": 0}
    assert by_kind["MedicationRequest"] == {"read": 3, "not_done": 1, "used": 2}
    assert [(row["file"], row["rows_read"], row["rows_used"]) for row in read.tables["sources"]] == [
        ("a.ndjson", 4, 2),
        ("b.json", 2, 1),
    ]
    # The place of a row is its file and its line or entry.
    rows = read.rows("exposures", "source_id", "source_row")
    assert sorted(rows) == [(1, 2), (2, 2)]


def test_only_the_files_that_the_protocol_names(tmp_path: Path) -> None:
    files = {"a.ndjson": lines(request("r1")), "b.ndjson": lines(request("r2"))}
    read = _read_files(tmp_path, files, 'files = ["b.ndjson"]')
    assert [row["file"] for row in read.tables["sources"]] == ["b.ndjson"]
    with pytest.raises(SourceError, match=r"c.ndjson: there is no such file. Correct `files`"):
        _read_files(tmp_path, files, 'files = ["c.ndjson"]')
