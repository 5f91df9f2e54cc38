"""The page of long tables names every field, heading and range as they are."""

import re

from pages import read

from cotreat.readers.long_tables import LONG_TABLES
from cotreat.vocabulary import read_instruments

PAGE = read("docs/long_tables.md")


def test_every_table_has_its_fields_and_standard_headings() -> None:
    for name, fields in LONG_TABLES.items():
        section = re.search(rf"^## {name}\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
        assert section, name
        found = re.findall(r"^\| `(\w+)`( \(needed\))? \| `(\w+)` \|", section[1], re.MULTILINE)
        declared = [(f.name, " (needed)" if f.is_required else "", f.heading) for f in fields]
        assert found == declared


def test_every_score_has_its_range() -> None:
    found = re.findall(r"^\| ([A-Z-]+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
    known = read_instruments().values()
    assert found == [(one.name, f"{one.low:g}", f"{one.high:g}") for one in known]
