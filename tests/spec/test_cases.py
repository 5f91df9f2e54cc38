"""Every case of every chapter, on every connected engine."""

from collections.abc import Callable, Sequence

import pytest

from spec.case import Case
from spec.engines import CONNECTED, ENGINES
from spec.table import Row, difference


def test_case(engine: str, case: Case, ask: Callable[[str, Case], Sequence[Row]]) -> None:
    differs = difference(ask(engine, case), case.expected_rows, case.columns)
    assert not differs, f"{case.about}\n{differs}"


@pytest.mark.parametrize("unconnected", [e for e in ENGINES if e not in CONNECTED])
def test_engine_is_connected(unconnected: str) -> None:
    pytest.skip(f"episodes on {unconnected} are not connected to spec.engines.run_step_on_engine yet")
