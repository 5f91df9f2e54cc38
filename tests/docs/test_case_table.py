"""The guide to the case table names every column that there is, and its protocol is one that works."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from pages import blocks, read

from cotreat.findings import Unparsed
from cotreat.protocol import CaseTableColumns, read_protocol
from cotreat.readers.dose import parse_dose
from cotreat.vocabulary import build_term_index, parse_drug_phrase, read_drugs

PAGE = "docs/case_table.md"


def _toml_blocks() -> list[str]:
    return [block.text for block in blocks(read(PAGE)) if block.language == "toml"]


def test_the_guide_names_every_column() -> None:
    section = read(PAGE).split("\n## Which column is which\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", section, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(CaseTableColumns.model_fields)


def test_the_pieces_of_protocol_make_one_that_is_accepted(tmp_path: Path) -> None:
    """As a reader would copy them: all pieces in one file, each section once."""
    sections: dict[str, dict[str, str]] = {"study": {"name": '"Pieces"'}}
    for text in _toml_blocks():
        for section, keys in tomllib.loads(text).items():
            _collect(sections, section, keys)
    lines = [
        line
        for section, keys in sections.items()
        for line in (f"[{section}]", *(f"{key} = {value}" for key, value in keys.items()))
    ]
    path = tmp_path / "study.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    protocol = read_protocol(path)
    assert protocol.levels("end_reason")["ineffectiveness"] == ("no effect", "no effect and side effect")
    assert list(protocol.levels("end_reason"))[1] == "adverse_event"


@pytest.mark.parametrize(
    ("cell", "drug", "mg_per_day"),
    [
        ("Baricitinib 4mg/day", "baricitinib", 4),
        ("Methotrexate 15 mg/week (orally)", "methotrexate", 15 / 7),
        ("Dupilumab 300 mg/14 days", "dupilumab", 300 / 14),
        ("Cyclosporin 100 mg/12 h", "ciclosporin", 200),
        ("Prednisone 40 mg/day in gradual tapering (orally)", "prednisone", 40),
    ],
)
def test_a_drug_cell_is_read_as_the_guide_says(cell: str, drug: str, mg_per_day: float) -> None:
    assert f"`{cell}`" in read(PAGE)
    phrase = parse_drug_phrase(cell, build_term_index(read_drugs()))
    assert not isinstance(phrase, Unparsed)
    dose = parse_dose(phrase[1])
    assert not isinstance(dose, Unparsed)
    assert (phrase[0], dose.mg_per_day) == (drug, pytest.approx(mg_per_day, rel=1e-12))


def test_a_misprinted_dose_is_proposed_as_the_guide_says() -> None:
    assert "`Upadacitinib 15 smg/day`" in read(PAGE)
    dose = parse_dose("15 smg/day")
    assert isinstance(dose, Unparsed)
    assert dose.proposal == "15 mg/day"


def _collect(sections: dict[str, dict[str, str]], section: str, keys: dict[str, object]) -> None:
    for key, value in keys.items():
        if section == "source" and isinstance(value, dict):
            _collect(sections, f"{section}.{key}", value)
        else:
            sections.setdefault(section, {})[key] = _inline(value)


def _inline(value: object) -> str:
    """A value in TOML's inline form."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value)
