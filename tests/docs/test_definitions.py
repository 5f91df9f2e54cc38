"""docs/definitions.md is what its cases make of it."""

import runpy
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_of_definitions_is_fresh() -> None:
    made = runpy.run_path(str(DOCS / "make_definitions.py"))["definitions"]()
    assert (DOCS / "definitions.md").read_text(encoding="utf-8") == made, "run docs/make_definitions.py"
