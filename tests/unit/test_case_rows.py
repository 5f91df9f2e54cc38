"""Rows of a case table as people write them, each with what is read and what is found."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cotreat.engine import connect
from cotreat.errors import ProtocolError
from cotreat.findings import Findings
from cotreat.protocol import read_protocol
from cotreat.readers.case_table import read_case_table
from cotreat.validation.case_rules import validate_cases

ROW = {
    "patient": "P1",
    "anchor": "Baricitinib 4 mg/day",
    "partner": "Methotrexate 15 mg/week",
    "duration": "6",
    "response": "better",
    "end_reason": "no effect",
    "anchor_end": "",
}
LONG_ENOUGH = 'response.partial = ["better"]\nend_reason.ineffectiveness = ["no effect"]\n'
PROTOCOL = """
[study]
name = "Rows"
kind = "case_series"
[source]
reader = "case_table"
file = "cases.csv"
{source}
[source.columns]
{columns}
[values]
{values}
[roles]
anchor = {{ classes = ["jak_inhibitor"] }}
partner = {{ classes = ["conventional_immunomodulator", "systemic_corticosteroid", "biologic"] }}
"""


class Case:
    """What was read of a table: the pairs, the patients and the findings."""

    def __init__(
        self,
        pairs: list[dict[str, Any]],
        findings: list[dict[str, Any]],
        conditions: list[str],
        prior_therapies: list[str],
    ) -> None:
        self.pairs = pairs
        self.findings = findings
        self.conditions = conditions
        self.prior_therapies = prior_therapies

    def found(self, code: str) -> list[dict[str, Any]]:
        return [finding for finding in self.findings if finding["code"] == code]

    def severities(self, code: str) -> list[str]:
        return [finding["severity"] for finding in self.found(code)]


def read(folder: Path, *rows: Mapping[str, str], source: str = "", values: str = LONG_ENOUGH) -> Case:
    """The rows, each with the defaults of ROW where it says nothing else."""
    names = list(dict.fromkeys(name for row in (ROW, *rows) for name in row))
    if any("start_date" in row for row in rows):
        names.remove("duration")
    with (folder / "cases.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**ROW, **row} for row in rows)
    columns = "\n".join(f'{name} = "{name}"' for name in names)
    (folder / "study.toml").write_text(PROTOCOL.format(source=source, columns=columns, values=values))
    with connect() as engine:
        study = read_case_table(engine, read_protocol(folder / "study.toml"))
        pairs = engine.fetch("SELECT * FROM declared_pairs ORDER BY pair_key").to_pylist()
        found = Findings.concat([study.findings, validate_cases(engine, study)])
        terms = engine.fetch("SELECT term FROM conditions ORDER BY patient_key, source_row")
        drugs = engine.fetch("SELECT drug FROM prior_therapies ORDER BY pair_key")
        return Case(pairs, found.table.to_pylist(), terms["term"].to_pylist(), drugs["drug"].to_pylist())


# Lists


def test_none_beside_something_is_a_contradiction_and_no_level(tmp_path: Path) -> None:
    case = read(tmp_path, {"comorbidity": "None; asthma", "prior_therapy": "methotrexate, none"})
    assert [(f["column"], f["severity"]) for f in case.found("contradiction")] == [
        ("comorbidity", "warning"),
        ("prior_therapy", "warning"),
    ]
    assert case.conditions == ["asthma"]
    assert case.prior_therapies == ["methotrexate"]


# Two drugs in one cell


@pytest.mark.parametrize(
    ("role", "text", "named"),
    [
        ("partner", "methotrexate + prednisone", "two drugs (methotrexate, prednisone)"),
        ("partner", "MTX 15 mg/week + prednisone 5 mg/day", "two drugs (methotrexate, prednisone)"),
        ("anchor", "baricitinib → upadacitinib 15 mg/day", "two drugs (baricitinib, upadacitinib)"),
        (
            "partner",
            "methotrexate, prednisone, ciclosporin",
            "several drugs (methotrexate, prednisone, ciclosporin)",
        ),
    ],
)
def test_two_drugs_in_one_cell_stop_the_row(tmp_path: Path, role: str, text: str, named: str) -> None:
    case = read(tmp_path, {role: text}, {"patient": "P2"})
    (finding,) = case.found("two_drugs")
    assert finding["severity"] == "error"
    assert finding["row"] == 2
    assert named in finding["why"]
    assert [pair["source_row"] for pair in case.pairs] == [3]


def test_a_brand_name_in_brackets_is_no_second_drug(tmp_path: Path) -> None:
    case = read(
        tmp_path, {"anchor": "Baricitinib (Olumiant) 4 mg/day"}, {"anchor": "Baricitinib 4 mg/day Olumiant"}
    )
    assert case.found("two_drugs") == []
    assert len(case.pairs) == 2


def test_a_number_word_of_a_dose_is_no_second_drug(tmp_path: Path) -> None:
    case = read(tmp_path, {"partner": "Methotrexat 15 mg alle acht Tage"})
    assert case.found("two_drugs") == []
    assert len(case.pairs) == 1


@pytest.mark.parametrize(
    ("role", "text"), [("partner", "tacrolimus 0.1% ointment"), ("anchor", "ruxolitinib cream")]
)
def test_a_drug_for_the_skin_is_no_systemic_drug(tmp_path: Path, role: str, text: str) -> None:
    case = read(tmp_path, {role: text}, {"patient": "P2"})
    assert case.severities("topical_drug") == ["error"]
    assert [pair["source_row"] for pair in case.pairs] == [3]


# None


@pytest.mark.parametrize("word", ["none", "No"])
def test_no_reason_is_not_a_reason_called_none(tmp_path: Path, word: str) -> None:
    case = read(tmp_path, {"end_reason": word, "reason_started": word, "response": word})
    (pair,) = case.pairs
    assert (pair["end_reason"], pair["reason_started"]) == (None, None)
    assert pair["response"] == "none"
    assert case.severities("no_end_reason") == ["warning"]


def test_a_reason_called_none_by_the_protocol_stays(tmp_path: Path) -> None:
    values = f'{LONG_ENOUGH}end_reason.planned = ["none"]\n'
    (pair,) = read(tmp_path, {"end_reason": "None"}, values=values).pairs
    assert pair["end_reason"] == "planned"


# Identifiers


@pytest.mark.parametrize("word", ["NA", "n/a", "-", "", "unknown"])
@pytest.mark.parametrize("source", ["", 'unknown = ["", "[...]"]'])
def test_a_word_for_unknown_is_no_patient(tmp_path: Path, word: str, source: str) -> None:
    case = read(tmp_path, {"patient": word}, {"patient": "P2"}, source=source)
    assert [finding["row"] for finding in case.found("missing_patient")] == [2]
    assert case.severities("missing_patient") == ["error"]
    assert [pair["source_row"] for pair in case.pairs] == [3]


def test_a_word_that_the_protocol_moves_has_its_meaning(tmp_path: Path) -> None:
    case = read(tmp_path, {"response": "no"}, source='unknown = ["no"]')
    assert case.pairs[0]["response"] is None


def test_a_course_is_not_called_unknown(tmp_path: Path) -> None:
    rows = [
        {"patient": f"P{n}", "course": word} for n, word in enumerate(["NA", "-", "C1", "unknown", "none"])
    ]
    case = read(tmp_path, *rows)
    assert [pair["course_id"] for pair in case.pairs] == [None, None, "C1", None, None]
    assert case.found("course_of_two_patients") == []


def test_patients_with_nearly_the_same_number_are_told(tmp_path: Path) -> None:
    ids = ["P1", "p-01", "P 1", "P10", "P100", "007", "7", "70", "P1"]
    case = read(tmp_path, *({"patient": name} for name in ids))
    assert case.severities("patient_ids_alike") == ["warning"] * 3
    assert [
        (finding["row"], finding["why"].split(" are ")[0]) for finding in case.found("patient_ids_alike")
    ] == [
        (3, "Patients P1 and p-01"),
        (4, "Patients P1 and P 1"),
        (8, "Patients 007 and 7"),
    ]


# A dose in the cell of the drug and in a column of its own


@pytest.mark.parametrize(
    ("anchor", "dose", "expected"),
    [
        ("Olumiant®", "4 mg/day", 4.0),
        ("Baricitinib*", "4 mg/day", 4.0),
        ("Baricitinib (oral)", "4 mg/day", 4.0),
        ("Baricitinib phosphate", "4 mg/day", 4.0),
        ("Baricitinib 4 mg/day", "4 mg daily", 4.0),
        ("Baricitinib 4 mg/day", "", 4.0),
        ("Baricitinib 4 mg/day", "NA", 4.0),
    ],
)
def test_the_dose_column_gives_what_the_drug_cell_lacks(
    tmp_path: Path, anchor: str, dose: str, expected: float
) -> None:
    case = read(tmp_path, {"anchor": anchor, "anchor_dose": dose})
    assert [(pair["anchor"], pair["anchor_dose_mg_day"]) for pair in case.pairs] == [
        ("baricitinib", expected)
    ]
    assert case.found("dose_not_read") == case.found("two_doses") == []


def test_a_route_in_the_drug_cell_goes_with_the_dose_column(tmp_path: Path) -> None:
    row = {"partner": "Methotrexate (subcutaneous)", "partner_dose": "14 mg/week"}
    (pair,) = read(tmp_path, row).pairs
    assert (pair["partner_dose_mg_day"], pair["partner_route"]) == (2.0, "subcutaneous")


def test_two_doses_that_differ_leave_it_unknown(tmp_path: Path) -> None:
    case = read(tmp_path, {"anchor": "Baricitinib 4 mg/day", "anchor_dose": "2 mg/day"})
    assert case.severities("two_doses") == ["warning"]
    assert case.found("two_doses")[0]["value"] == "2 mg/day"
    assert [pair["anchor_dose_mg_day"] for pair in case.pairs] == [None]


def test_a_drug_for_the_skin_by_its_dose_column(tmp_path: Path) -> None:
    case = read(tmp_path, {"partner": "Tacrolimus", "partner_dose": "0.1% ointment"})
    assert case.severities("topical_drug") == ["error"]


# What followed the anchor


@pytest.mark.parametrize(
    "text",
    [
        "Failure, was not switched to upadacitinib",
        "never switched to upadacitinib",
        "has not yet been switched to upadacitinib",
        "wasn't switched to upadacitinib",
    ],
)
def test_a_switch_that_did_not_happen_names_no_next_treatment(tmp_path: Path, text: str) -> None:
    case = read(tmp_path, {"anchor_end": text})
    assert case.pairs[0]["next_treatment"] is None
    assert case.severities("switch_negated") == ["info"]


@pytest.mark.parametrize(
    "text",
    [
        "Failure, switched to upadacitinib, then switched to adalimumab",
        "switched to upadacitinib 15 mg/day and adalimumab",
    ],
)
def test_the_first_of_two_next_treatments_is_kept(tmp_path: Path, text: str) -> None:
    case = read(tmp_path, {"anchor_end": text})
    assert case.pairs[0]["next_treatment"] == "upadacitinib"
    (finding,) = case.found("further_treatment")
    assert (finding["severity"], finding["why"]) == (
        "info",
        "The next treatment is upadacitinib; adalimumab also stands there and is not used.",
    )


@pytest.mark.parametrize(
    "text", ["switched to no treatment", "Remission, switched to none", "switched to no further therapy."]
)
def test_a_switch_to_nothing_is_no_next_treatment(tmp_path: Path, text: str) -> None:
    case = read(tmp_path, {"anchor_end": text})
    assert case.pairs[0]["next_treatment"] == "none"
    assert case.found("unknown_drug") == case.found("further_treatment") == []


# Dates


def test_a_combination_of_more_than_50_years_has_no_known_length(tmp_path: Path) -> None:
    case = read(tmp_path, {"start_date": "1950-01-01", "end_date": "2020-01-01"})
    assert case.severities("implausible_duration") == ["warning"]
    assert [(pair["start_day"], pair["duration_days"]) for pair in case.pairs] == [(None, None)]


def test_the_row_whose_date_is_the_cut_off_is_named(tmp_path: Path) -> None:
    dates = [("2020-01-01", "2020-03-01"), ("2021-01-01", "2029-01-01"), ("2021-01-01", "2022-01-01")]
    rows = [{"patient": start + end, "start_date": start, "end_date": end} for start, end in dates]
    (finding,) = read(tmp_path, *rows).found("cutoff_from_dates")
    assert (finding["severity"], finding["row"], finding["column"]) == ("info", 3, "end_date")
    assert "2029-01-01" in finding["why"]


# One spelling under two levels


@pytest.mark.parametrize(
    "values",
    [
        'sex = { female = ["F"], male = ["f "] }',
        'response = { partial = ["good"], complete = ["Good"] }',
        'monotherapy_response = { partial = ["good"], none = ["good"] }',
    ],
)
def test_a_spelling_cannot_mean_two_levels_of_one_answer(tmp_path: Path, values: str) -> None:
    field, first, second = values.split()[0], values.split()[3], values.split()[6]
    with pytest.raises(
        ProtocolError, match=rf"`values\.{field}` has .* under `{first}` and under `{second}`"
    ):
        read(tmp_path, {}, values=values)


def test_a_reason_may_mean_two_levels(tmp_path: Path) -> None:
    values = 'end_reason = { remission = ["both"], access = ["both"] }\nresponse.partial = ["better"]'
    (pair,) = read(tmp_path, {"end_reason": "both"}, values=values).pairs
    assert (pair["end_reason"], pair["end_reason_other"]) == ("remission", "access")


# Rows that are no cases


def test_a_totals_row_or_a_note_may_be_taken_out(tmp_path: Path) -> None:
    blank = dict.fromkeys(ROW, "")
    case = read(
        tmp_path,
        {},
        {**blank, "patient": "Total", "anchor": "22 cases"},
        {**blank, "anchor": "seen at one center"},
        {"patient": ""},
        {"patient": "P2", "partner": "something"},
    )
    hint = "If it is a totals row or a note, take it out of the table."
    said = {(finding["row"], finding["code"]) for finding in case.findings if hint in finding["what_to_do"]}
    assert said == {
        (3, "unknown_drug"),
        (3, "missing_partner"),
        (4, "missing_patient"),
        (4, "unknown_drug"),
        (4, "missing_partner"),
    }
