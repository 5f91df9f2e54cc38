"""Every case of every chapter, on every connected engine."""

from collections.abc import Callable, Sequence

from spec.case import Case
from spec.table import Row, difference


def test_case(engine: str, case: Case, ask: Callable[[str, Case], Sequence[Row]]) -> None:
    differs = difference(ask(engine, case), case.expected_rows, case.columns)
    assert not differs, f"{case.about}\n{differs}"
