"""Files stay short enough to answer one question each."""

import ast

import pytest
from surface import ROOT, SOURCE

LONGEST_FILE = 400
LONGEST_FUNCTION = 50

# A file that is longer, and why it is one file all the same.
LONGER: dict[str, str] = {}

FILES = sorted(str(path.relative_to(ROOT)) for path in SOURCE.rglob("*.py"))


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_short(name: str) -> None:
    lines = len((ROOT / name).read_text(encoding="utf-8").splitlines())
    assert (lines > LONGEST_FILE) == (name in LONGER), f"{name}: {lines} lines"


@pytest.mark.parametrize("name", FILES)
def test_a_function_is_short(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    sizes = {f"{name}:{f.lineno} {f.name}": _length(f) for f in functions}
    assert {where: size for where, size in sizes.items() if size > LONGEST_FUNCTION} == {}


def _length(function: ast.FunctionDef) -> int:
    """Lines from the name to the end, the docstring not counted."""
    docstring = ast.get_docstring(function, clean=False) or ""
    return (function.end_lineno or function.lineno) - function.lineno + 1 - len(docstring.splitlines())
