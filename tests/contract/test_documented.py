"""Everything public says what it is, and what it says of its parameters is true."""

import dataclasses
import importlib
import inspect
import re

import pytest
from surface import module_names, public_classes, public_functions, public_methods

FUNCTIONS = public_functions()
CLASSES = public_classes()
METHODS = public_methods()


@pytest.mark.parametrize("name", module_names())
def test_a_module_says_which_question_it_answers(name: str) -> None:
    assert _first_line(importlib.import_module(name)), f"{name} has no docstring"


@pytest.mark.parametrize("name", sorted(FUNCTIONS | CLASSES | METHODS))
def test_a_public_name_is_documented(name: str) -> None:
    first = _first_line((FUNCTIONS | CLASSES | METHODS)[name])
    assert first.endswith("."), f"{name}: the first line of the docstring is a sentence, found {first!r}"


@pytest.mark.parametrize("name", sorted(FUNCTIONS | METHODS))
def test_documented_parameters_exist(name: str) -> None:
    function = (FUNCTIONS | METHODS)[name]
    documented = _entries(inspect.getdoc(function) or "", "Parameters")
    assert set(documented) <= set(inspect.signature(function).parameters), name


@pytest.mark.parametrize("name", sorted(n for n, c in CLASSES.items() if dataclasses.is_dataclass(c)))
def test_documented_attributes_exist(name: str) -> None:
    cls = CLASSES[name]
    documented = _entries(inspect.getdoc(cls) or "", "Attributes")
    assert set(documented) <= {f.name for f in dataclasses.fields(cls)}, name  # type: ignore[arg-type]  # filtered above


def test_reads_the_entries_of_a_section() -> None:
    parameters = "Parameters\n----------\nfirst, second\n    Numbers.\nthird\n    One more."
    doc = f"A sum.\n\n{parameters}\n\nNotes\n-----\nNone."
    assert _entries(doc, "Parameters") == ["first", "second", "third"]


def _first_line(value: object) -> str:
    # A dataclass or enum without a docstring is given one by Python; only a written one counts.
    doc = value.__dict__.get("__doc__") if isinstance(value, type) else value.__doc__
    text = inspect.cleandoc(doc or "")
    if isinstance(value, type) and text.startswith(f"{value.__name__}("):
        return ""
    return " ".join(text.split("\n\n", 1)[0].split())


def _entries(doc: str, section: str) -> list[str]:
    """Names that a numpydoc section documents."""
    body = re.search(rf"^{section}\n-+\n(.*?)(?=^\w[^\n]*\n-{{3,}}\n|\Z)", doc, re.MULTILINE | re.DOTALL)
    heads = re.findall(r"^(\w[\w, *]*?)(?: *:.*)?$", body[1], re.MULTILINE) if body else []
    return [name.strip().lstrip("*") for head in heads for name in head.split(",")]
