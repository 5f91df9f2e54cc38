"""A disk that is full is said in plain words."""

from pathlib import Path

import pytest

from cotreat.engine import connect
from cotreat.errors import EngineError

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_named_without_what_the_database_wraps_it_in() -> None:
    with connect() as engine:
        engine.create("days", "SELECT range AS day FROM range(3000000)")
        with pytest.raises(EngineError) as refused:
            engine.export("days", FULL, order_by="day")
    said = "The disk is full: /dev/full could not be written. Free some space and start again."
    assert str(refused.value) == said
