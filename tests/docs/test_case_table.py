"""The guide to the case table names every column that there is, and its protocol is one that works."""

import json
import re
import tomllib
from pathlib import Path

from pages import blocks, read

from cotreat.protocol import CaseTableColumns, read_protocol

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
