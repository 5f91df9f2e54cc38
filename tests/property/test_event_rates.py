"""The three numbers of safety are what counting day by day gives, by everything that divides person-time."""

import pytest
from hypothesis import Phase, given, settings

from cotreat.engine import connect
from property.patients import studies
from spec.case import PlainStudy
from spec.dated_episodes import DatedEpisodes
from spec.rate_rows import NUMBERS, rates_of_engine, rates_of_oracle
from spec.table import difference

TIMES = ("", "state", "drug", "drug & state", "ever", "regimen")
EVENTS = ("", "term", "seriousness", "severity")


@pytest.fixture(scope="module")
def episodes() -> DatedEpisodes:
    return DatedEpisodes(connect())


@given(study=studies(size=12))
# No shrinking: it asks the engine thousands of times; the message shows the study instead.
@settings(max_examples=15, phases=[Phase.generate])
def test_the_engine_agrees_with_the_oracle(episodes: DatedEpisodes, study: PlainStudy) -> None:
    episodes.rows([study], "events")
    for time in TIMES:
        for events in EVENTS:
            columns = (*(time.split(" & ") if time else ()), *([events] if events else ()), *NUMBERS)
            found = rates_of_engine(episodes.engine, time, events)
            expected = rates_of_oracle(study.patients, study.protocol, time, events)
            differs = difference(found, expected, columns)
            assert not differs, f"by {time or 'nothing'}, {events or 'any event'}\n{study}\n{differs}"
