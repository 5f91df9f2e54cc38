"""Ctrl-C is told apart from an error whose words only look like it."""

import duckdb
import pytest

from cotreat.engine import connect
from cotreat.errors import EngineError, compute_is_interruption


@pytest.mark.parametrize("text", ["interrupted", "Query interrupted", "KeyboardInterrupt"])
def test_words_of_the_data_are_no_ctrl_c(text: str) -> None:
    with connect() as engine, pytest.raises(EngineError, match=text) as raised:
        engine.create("numbers", f"SELECT CAST('{text}' AS INTEGER) AS n")
    assert not compute_is_interruption(raised.value)


@pytest.mark.parametrize(
    "error",
    [
        KeyboardInterrupt(),
        RuntimeError("Query interrupted"),
        duckdb.InterruptException("INTERRUPT Error: Interrupted!"),
        duckdb.InvalidInputException(
            "Invalid Input Error: reading the object registered as 'arrow_input' as Arrow data failed: "
            "KeyboardInterrupt: "
        ),
    ],
)
def test_ctrl_c_is_known_behind_another_error(error: BaseException) -> None:
    assert compute_is_interruption(error)
    outer = EngineError("DuckDB could not read the tables")
    outer.__cause__ = error
    assert compute_is_interruption(outer)
