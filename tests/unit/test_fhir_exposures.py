"""FHIR resources that say that a drug was taken: which drug, from when to when, how much, and which count."""

from pathlib import Path
from typing import Any

import pytest
from tests.unit.fhir_study import SUBJECT, Resource, coded, left_out, read_resources, request, text

from cotreat.readers.fhir.concepts import parse_concept, parse_drug_word
from cotreat.readers.fhir.doses import parse_dose_text
from cotreat.vocabulary import build_term_index, read_drugs

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"


def exposures(folder: Path, *resources: Resource, source: str = "", rest: str = "") -> list[tuple[Any, ...]]:
    read = read_resources(folder, *resources, source=source, rest=rest)
    return read.rows("exposures", "drug", "start_day", "end_day", "is_ongoing", "supply_days")


# From when to when.


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("2020-01-01", None, 1, None)),
        ({"status": "unknown"}, ("2020-01-01", None, None, None)),
        (
            {"dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": {"start": "2020-02-01"}}}}]},
            ("2020-02-01", None, 1, None),
        ),
        (
            {
                "status": "completed",
                "dosageInstruction": [
                    {"timing": {"repeat": {"boundsPeriod": {"start": "2020-02-01", "end": "2020-05"}}}}
                ],
            },
            ("2020-02-01", "2020-05-31", None, None),
        ),
        (
            {
                "status": "completed",
                "dosageInstruction": [
                    {"timing": {"repeat": {"boundsDuration": {"value": 2, "code": "wk"}}}},
                ],
            },
            ("2020-01-01", None, None, 14),
        ),
        (
            # What may be dispensed once, and twice more.
            {
                "status": "completed",
                "dispenseRequest": {
                    "numberOfRepeatsAllowed": 2,
                    "expectedSupplyDuration": {"value": 30, "unit": "days"},
                },
            },
            ("2020-01-01", None, None, 90),
        ),
        ({"authoredOn": "2020-03-01T23:30:00-05:00"}, ("2020-03-01", None, 1, None)),
    ],
)
def test_a_request_lasts_as_it_says(tmp_path: Path, changes: Resource, expected: tuple[Any, ...]) -> None:
    assert exposures(tmp_path, request("r1", **changes)) == [("adalimumab", *expected)]


def test_a_statement_a_dispense_and_an_administration_have_their_own_dates(tmp_path: Path) -> None:
    drugs = ["adalimumab", "methotrexate", "infliximab", "ciclosporin"]
    given = [{**SUBJECT, "status": "completed", "medicationCodeableConcept": text(drug)} for drug in drugs]
    found = exposures(
        tmp_path,
        {
            **given[0],
            "resourceType": "MedicationStatement",
            "id": "s",
            "effectivePeriod": {"start": "2020", "end": "2020-06-30"},
        },
        {
            **given[1],
            "resourceType": "MedicationDispense",
            "id": "d",
            "whenHandedOver": "2020-02-03",
            "daysSupply": {"value": 4, "unit": "wk"},
        },
        {
            **given[2],
            "resourceType": "MedicationAdministration",
            "id": "a",
            "effectiveDateTime": "2020-03-04",
        },
        {
            **given[3],
            "resourceType": "MedicationAdministration",
            "id": "b",
            "effectivePeriod": {"start": "2020-03-04", "end": "2020-03-06"},
        },
        source="[source.administration_days]\ninfliximab = 56",
    )
    assert found == [
        ("adalimumab", "2020-01-01", "2020-06-30", None, None),
        ("methotrexate", "2020-02-03", None, None, 28),
        ("infliximab", "2020-03-04", None, None, 56),
        ("ciclosporin", "2020-03-04", "2020-03-06", None, None),
    ]


def test_what_is_over_and_has_no_end_is_left_out_unless_the_protocol_gives_it_one(tmp_path: Path) -> None:
    over = request("r1", status="stopped")
    read = read_resources(tmp_path / "a", over, request("r2", authoredOn="2021-01-01"))
    assert left_out(read, "MedicationRequest") == [("no_end", 1)]
    assert [f.severity for f in read.findings if f.code == "no_end"] == ["warning"]
    kept = exposures(tmp_path / "b", over, source="no_end = { days = 30 }")
    assert kept == [("adalimumab", "2020-01-01", None, None, None)]


# Which drug.


def drug_of(concept: str) -> str:
    return parse_drug_word(parse_concept(concept), build_term_index(read_drugs()))[0]


@pytest.mark.parametrize(
    ("concept", "drug"),
    [
        ('{"text": "Humira"}', "adalimumab"),
        ('{"coding": [{"system": "http://www.whocc.no/atc", "code": "L04AB04"}]}', "adalimumab"),
        # The code that was superseded in 2024.
        ('{"coding": [{"system": "urn:oid:2.16.840.1.113883.6.73", "code": "L04AA37"}]}', "baricitinib"),
        ('{"coding": [{"display": "0.8 ML adalimumab 50 MG/ML Prefilled Syringe [Humira]"}]}', "adalimumab"),
        ('{"coding": [{"display": "Methotrexate (substance)"}]}', "methotrexate"),
        ('{"coding": [{"display": "tofacitinib 5 MG Oral Tablet"}]}', "tofacitinib"),
        ('{"coding": [{"code": "1"}, {"display": "Olumiant"}]}', "baricitinib"),
        # Two drugs in one text: nobody knows which is meant.
        ('{"text": "adalimumab or methotrexate"}', "adalimumab or methotrexate"),
        ('{"text": "Substance X", "coding": [{"code": "9"}]}', "Substance X"),
        ('{"coding": [{"code": "9"}]}', "9"),
    ],
)
def test_a_drug_by_its_code_its_name_or_the_only_one_in_a_text(concept: str, drug: str) -> None:
    assert drug_of(concept) == drug


def test_a_code_that_the_protocol_names(tmp_path: Path) -> None:
    coded_only = request("r1", medicationCodeableConcept=coded(RXNORM, "327361"))
    rest = '[values]\ndrug.adalimumab = ["327361"]'
    assert exposures(tmp_path, coded_only, rest=rest)[0][0] == "adalimumab"


def medication(number: str, **changes: Any) -> Resource:
    return {"resourceType": "Medication", "id": number, **changes}


@pytest.mark.parametrize(
    "reference",
    ["Medication/m", "https://a.org/fhir/Medication/m", "Medication/m/_history/3", "#m"],
)
def test_a_medication_that_is_referred_to_or_contained(tmp_path: Path, reference: str) -> None:
    it = medication("m", code=coded(ATC, "L04AB04"))
    prescribed = request("r1", medicationReference={"reference": reference})
    del prescribed["medicationCodeableConcept"]
    files = (prescribed | {"contained": [it]},) if reference == "#m" else (it, prescribed)
    assert [row[0] for row in exposures(tmp_path, *files)] == ["adalimumab"]


def test_the_ingredients_of_a_medication_that_nobody_knows(tmp_path: Path) -> None:
    two = [{"itemCodeableConcept": text(drug)} for drug in ("methotrexate", "adalimumab")]
    it = medication("m", code=text("House mixture"), ingredient=two)
    prescribed = request(
        "r1",
        medicationReference={"reference": "Medication/m"},
        dosageInstruction=[{"text": "15 mg/week"}],
    )
    del prescribed["medicationCodeableConcept"]
    read = read_resources(tmp_path, it, prescribed)
    # The dose is that of both together: of each it is unknown.
    assert sorted(read.rows("exposures", "drug", "dose_mg")) == [("adalimumab", None), ("methotrexate", None)]


def test_a_medication_in_no_file_is_one_finding(tmp_path: Path) -> None:
    missing = [request(f"r{n}", medicationReference={"reference": "Medication/m"}) for n in (1, 2)]
    for one in missing:
        del one["medicationCodeableConcept"]
    read = read_resources(tmp_path, *missing, request("r3"))
    found = next(f for f in read.findings if f.code == "missing_medication")
    assert (found.severity, found.file, found.sheet, found.row) == (
        "warning",
        "data.ndjson",
        "MedicationRequest",
        1,
    )
    assert "So it is with 2 of them" in found.why
    assert left_out(read, "MedicationRequest") == [("missing_medication", 2)]


# How much.


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        ({"text": "40 mg/14 days"}, "40 mg/14 days"),
        (
            {"value": "40.0", "unit": "mg", "frequency": "1", "period": "14", "periodUnit": "d"},
            "40 mg/14 days",
        ),
        ({"value": "15", "unit": "mg", "frequency": "1", "period": "1", "periodUnit": "wk"}, "15 mg/week"),
        ({"value": "5", "unit": "mg", "frequency": "1", "period": "12", "periodUnit": "h"}, "5 mg/12 h"),
        (
            {"value": "500", "unit": "mg", "frequency": "2", "period": "1", "periodUnit": "d"},
            "2 x 500 mg/day",
        ),
        ({"value": "4", "unit": "mg", "code": "QD"}, "4 mg/day"),
        ({"value": "5", "unit": "mg", "code": "BID"}, "2 x 5 mg/day"),
        ({"value": "100", "unit": "ug", "code": "QD"}, "100 mcg/day"),
        ({"value": "1", "unit": "{tbl}", "code": "QD"}, "1 tbl/day"),
        ({"value": "4", "unit": "mg"}, "4 mg"),
        ({"text": "as directed"}, "as directed"),
        ({}, None),
        # A text that agrees with the numbers says it in its own words; otherwise the numbers hold.
        ({"text": "15 mg weekly", "value": "15", "unit": "mg", "code": "WK"}, "15 mg weekly"),
        ({"text": "see plan", "value": "15", "unit": "mg", "code": "WK"}, "15 mg/week"),
        ({"text": "20 mg weekly", "value": "15", "unit": "mg", "code": "WK"}, "15 mg/week"),
    ],
)
def test_a_dose_as_the_grammar_reads_it(dose: dict[str, str], expected: str | None) -> None:
    assert parse_dose_text(dose) == expected


def test_dose_and_route_of_a_request(tmp_path: Path) -> None:
    dosage = {
        "timing": {"repeat": {"frequency": 1, "period": 2, "periodUnit": "wk"}},
        "doseAndRate": [{"doseQuantity": {"value": 40, "unit": "mg", "code": "mg"}}],
        "route": coded("http://snomed.info/sct", "34206005", "Subcutaneous route (qualifier value)"),
    }
    read = read_resources(tmp_path, request("r1", dosageInstruction=[dosage]))
    assert read.rows("exposures", "dose_text", "dose_mg", "dose_interval_days", "dose_ng_day", "route") == [
        ("40 mg/2 weeks", 40.0, 14.0, 2857143, "subcutaneous")
    ]


def test_several_dosages_are_no_single_dose(tmp_path: Path) -> None:
    steps = [{"text": "40 mg/day"}, {"text": "20 mg/day"}]
    read = read_resources(tmp_path, request("r1", dosageInstruction=steps))
    assert read.rows("exposures", "dose_mg") == [(None,)]
    assert ("warning", "dose_not_read", 1, "dosage", "40 mg/day; 20 mg/day") in read.said


# Which of them count.


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "entered-in-error"}, "entered_in_error"),
        ({"status": "cancelled"}, "not_done"),
        ({"status": "draft"}, "not_yet"),
        ({"intent": "proposal"}, "not_an_order"),
        ({"doNotPerform": True}, "not_to_be_taken"),
        ({"authoredOn": None}, "no_date"),
        ({"subject": {"reference": "Group/1"}}, "no_patient"),
        ({"subject": {"display": "somebody"}}, "no_patient"),
        ({"medicationCodeableConcept": {}}, "no_drug"),
    ],
)
def test_a_resource_that_is_not_used_is_counted_by_its_reason(
    tmp_path: Path, changes: Resource, reason: str
) -> None:
    read = read_resources(tmp_path, request("r1", **changes), request("r2"))
    assert left_out(read, "MedicationRequest") == [(reason, 1)]
    assert [(f.row, f.sheet) for f in read.findings if f.code == reason] == [(1, "MedicationRequest")]
    assert len(read.tables["exposures"]) == 1


def dispense(number: str, drug: str = "adalimumab", **changes: Any) -> Resource:
    return {
        "resourceType": "MedicationDispense",
        "id": number,
        "status": "completed",
        "medicationCodeableConcept": text(drug),
        "whenHandedOver": "2020-02-01",
        "daysSupply": {"value": 28, "unit": "days"},
        **SUBJECT,
        **changes,
    }


def test_of_one_drug_of_one_patient_one_type_counts(tmp_path: Path) -> None:
    other = request("r2", subject={"reference": "Patient/2"})
    read = read_resources(
        tmp_path,
        request("r1"),
        dispense("d1"),
        other,
        request("r3", medicationCodeableConcept=text("methotrexate")),
    )
    assert read.rows("exposures", "drug", "start_day") == [
        ("adalimumab", "2020-02-01"),
        ("adalimumab", "2020-01-01"),  # the other patient has no supply
        ("methotrexate", "2020-01-01"),
    ]
    assert left_out(read, "MedicationRequest") == [("counted_elsewhere", 1)]
    assert "counted_elsewhere" in read.codes("warning")


def test_the_protocol_says_which_type_goes_first(tmp_path: Path) -> None:
    both = (request("r1"), dispense("d1"), request("r2", medicationCodeableConcept=text("methotrexate")))
    first = 'exposures = ["MedicationRequest", "MedicationDispense"]'
    assert [row[1] for row in exposures(tmp_path / "a", *both, source=first)] == ["2020-01-01", "2020-01-01"]
    by_drug = '[source.exposures_by_drug]\nadalimumab = ["MedicationRequest"]'
    assert [row[1] for row in exposures(tmp_path / "b", *both, source=by_drug)] == [
        "2020-01-01",
        "2020-01-01",
    ]
    only = read_resources(tmp_path / "c", *both, source='exposures = ["MedicationDispense"]')
    assert left_out(only, "MedicationRequest") == [("not_counted", 2)]


def test_reasons_are_read_as_far_as_the_protocol_names_them(tmp_path: Path) -> None:
    one = request("r1", reasonCode=[text("Psoriasis")], statusReason=text("Did not work"))
    silent = read_resources(tmp_path / "a", one)
    assert silent.rows("exposures", "reason_started", "end_reason") == [(None, None)]
    assert silent.codes("warning") == []
    named = read_resources(
        tmp_path / "b", one, rest='[values]\nend_reason.ineffectiveness = ["did not work"]'
    )
    assert named.rows("exposures", "reason_started", "end_reason") == [(None, "ineffectiveness")]
