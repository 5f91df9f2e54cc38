"""Adverse events of dated records in the numbers: counted once per unit, unknown where the onset is."""

from pathlib import Path

import pytest
from long_table_study import write_study

from cotreat import Estimate, run_study

ROLES = """
[roles]
anchor = { drugs = ["baricitinib"] }
partner = { drugs = ["methotrexate", "prednisone"] }
"""
# One patient on two partners at once, one on one partner, one on the anchor alone.
EXPOSURES = """patient_id,drug,start_date,end_date
1,baricitinib,2020-01-01,2020-12-31
1,methotrexate,2020-03-01,2020-08-31
1,prednisone,2020-04-01,2020-06-30
2,baricitinib,2020-01-01,2020-12-31
2,methotrexate,2020-03-01,2020-08-31
3,baricitinib,2020-01-01,2020-12-31
"""


@pytest.fixture
def measured(tmp_path: Path) -> "Measured":
    return Measured(tmp_path)


class Measured:
    """Estimates of a study with these adverse events."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._results: list[Estimate] = []

    def run(self, *events: str) -> "Measured":
        table = "\n".join(["patient_id,term,onset_date,end_date,suspects", *events, ""])
        source = '[source.exposures]\nfile = "exposures.csv"\n[source.adverse_events]\nfile = "events.csv"\n'
        path = write_study(self._folder, {"exposures.csv": EXPOSURES, "events.csv": table}, source=source)
        text = path.read_text(encoding="utf-8")
        path.write_text(text[: text.index("[roles]")] + ROLES.lstrip(), encoding="utf-8")
        self._results = list(run_study(path).results)
        return self

    def count(self, measure: str, unit: str, level: str = "", group: str = "") -> tuple[int | None, ...]:
        """Numerator, denominator and unknown of one count."""
        (found,) = [
            e
            for e in self._results
            if (e.measure, e.unit_of_analysis, e.level, e.group, e.statistic)
            == (measure, unit, level, group, "count")
        ]
        return found.numerator, found.denominator, found.n_missing

    @property
    def measures(self) -> set[str]:
        return {e.measure for e in self._results}


def test_an_event_in_two_parallel_pairs_is_one_event_of_one_patient(measured: Measured) -> None:
    found = measured.run("1,nausea,2020-05-01,,methotrexate", "2,nausea,2020-05-01,,")
    assert found.count("adverse_events", "event") == (2, None, 0)
    assert found.count("patients_with_adverse_event", "patient") == (2, 2, 0)
    assert found.count("pairs_with_adverse_event", "pair") == (3, 3, 0)
    assert found.count("adverse_event_term", "event", "nausea") == (2, 2, 0)
    assert found.count("adverse_event_term", "pair", "nausea") == (3, 3, 0)
    by_partner = [found.count("adverse_events", "event", group=f"partner_drug={d}") for d in PARTNERS]
    assert by_partner == [(2, None, 0), (1, None, 0)]
    # The second event is attributed to nobody knows whom.
    assert found.count("adverse_event_attribution", "event", "methotrexate") == (1, 1, 1)


PARTNERS = ("methotrexate", "prednisone")


def test_what_began_outside_a_combination_is_no_event_of_it(measured: Measured) -> None:
    found = measured.run("1,nausea,2020-02-29,,", "2,nausea,2020-10-01,,", "3,nausea,2020-05-01,,")
    assert found.count("adverse_events", "event") == (0, None, 0)
    assert found.count("patients_with_adverse_event", "patient") == (0, 2, 0)


def test_an_unknown_onset_leaves_the_patient_unknown_for_its_term_only(measured: Measured) -> None:
    found = measured.run("1,nausea,,,", "2,gout,2020-05-01,,")
    assert found.count("adverse_events", "event") == (1, None, 1)
    assert found.count("patients_with_adverse_event", "patient") == (1, 1, 1)
    assert found.count("adverse_event_term", "patient", "nausea") == (0, 1, 1)
    assert found.count("adverse_event_term", "patient", "gout") == (1, 2, 0)
    # An event that is not known to belong to a pair is no event among which shares are taken.
    assert found.count("adverse_event_term", "event", "gout") == (1, 1, 0)


def test_a_month_counts_where_all_its_days_do(measured: Measured) -> None:
    found = measured.run("1,nausea,2020-05,,", "2,gout,2020-02,,", "2,rash,2020-09,,", "2,vertigo,2020,,")
    # All of May is in both pairs; September ends with the 30 days after the pair; 2020 may be anything.
    assert found.count("adverse_event_term", "patient", "nausea") == (1, 2, 0)
    assert found.count("adverse_event_term", "patient", "rash") == (1, 2, 0)
    assert found.count("adverse_event_term", "patient", "vertigo") == (0, 1, 1)
    assert found.count("adverse_events", "event") == (2, None, 1)


def test_without_a_table_of_events_nothing_is_said_of_them(tmp_path: Path) -> None:
    path = write_study(tmp_path, {"exposures.csv": EXPOSURES})
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("[roles]")] + ROLES.lstrip(), encoding="utf-8")
    measures = {e.measure for e in run_study(path).results}
    assert "pairs" in measures
    assert not measures & {"adverse_events", "patients_with_adverse_event", "aesi"}


def test_a_table_without_events_says_that_there_were_none(measured: Measured) -> None:
    found = measured.run()
    assert found.count("adverse_events", "event") == (0, None, 0)
    assert found.count("patients_with_adverse_event", "patient") == (0, 2, 0)
