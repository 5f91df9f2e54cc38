"""Suspected drugs: what dates say of them, any and sole suspects, judges; counted by hand."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pytest

from cotreat.analysis.estimates import estimate
from cotreat.analysis.selection import StudyTables
from cotreat.engine import Engine, connect
from cotreat.errors import UsageError
from cotreat.findings import Findings
from cotreat.outcomes.event_drugs import build_event_drugs
from cotreat.outcomes.judged_causality import build_judged_causality
from cotreat.readers.sources import ReadStudy
from cotreat.study_tables.loading import build_study_table
from cotreat.validation.causality_rules import validate_causality

DAY = 20_000
TABLES = StudyTables("wilson", 1, is_dated=True)
# patient, drug, first and last day, ongoing, days of the risk window
ERAS = (
    (1, "upadacitinib", 0, 200, 1, 30),
    (1, "methotrexate", 50, 100, 0, 30),
    (1, "methotrexate", 150, 200, 1, 30),
)
# event, patient, term, onset, end, suspects
EVENTS: tuple[tuple[int, int, str, int | None, int | None, tuple[str, ...]], ...] = (
    (1, 1, "nausea", 60, 110, ("methotrexate", "combination")),
    (2, 1, "nausea", 160, 170, ("methotrexate",)),
    (3, 1, "acne", 20, 40, ("upadacitinib", "methotrexate")),
    (4, 1, "rash", 120, None, ("methotrexate",)),
    (5, 1, "rash", 140, None, ("methotrexate", "dupilumab")),
    (6, 2, "acne", None, None, ("upadacitinib",)),
    (7, 2, "vertigo", 10, None, ()),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect("duckdb://") as engine:
        engine.load(
            "eras", _table(_ERA_COLUMNS, [(p, d, DAY + a, DAY + b, o, r) for p, d, a, b, o, r in ERAS])
        )
        pairs = [(1, DAY + 50, DAY + 100, 0, DAY + 130), (1, DAY + 150, DAY + 200, 1, DAY + 230)]
        overlaps = engine.load("pair_overlaps", _table(_OVERLAP_COLUMNS, pairs))
        rows = [_event(*event) for event in EVENTS]
        engine.load("events", build_study_table("events", rows))
        recorded = [
            {**row, "source_id": 1, "source_row": row["event_key"], "certainty": "recorded"} for row in rows
        ]
        engine.load("adverse_events", build_study_table("adverse_events", recorded))
        for table in ("attributions", "causality_answers"):
            engine.load(table, build_study_table(table, []))
        build_judged_causality(engine, None)
        engine.load("sources", build_study_table("sources", [{"source_id": 1, "file": "events.csv"}]))
        suspects = [{"event_key": key, "drug": drug} for key, *_, drugs in EVENTS for drug in drugs]
        engine.load("event_suspects", build_study_table("event_suspects", suspects))
        judged = [
            (1, "methotrexate", "naranjo", "a", "probable"),
            (1, "methotrexate", "naranjo", "b", "probable"),
            (2, "methotrexate", "naranjo", "a", "probable"),
            (2, "methotrexate", "naranjo", "b", "possible"),
        ]
        columns = ("event_key", "drug", "method", "judge", "category")
        rows = [dict(zip(columns, row, strict=True)) for row in judged]
        engine.load("event_judgements", build_study_table("event_judgements", rows))
        build_event_drugs(engine, {"overlaps": overlaps})
        yield engine


_ERA_COLUMNS = ("patient_key", "drug", "start_day", "end_day", "is_ongoing", "risk_window")
_OVERLAP_COLUMNS = ("patient_key", "start_day", "end_day", "is_ongoing", "risk_end_day")


def _event(
    key: int, patient: int, term: str, onset: int | None, end: int | None, suspects: Sequence[str]
) -> dict[str, Any]:
    day = None if onset is None else DAY + onset
    return {
        "event_key": key,
        "patient_key": patient,
        "term": term,
        "onset_day": day,
        "earliest_onset_day": day,
        "latest_onset_day": day,
        "end_day": None if end is None else DAY + end,
    }


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows])


def test_what_dates_say_of_each_suspect(engine: Engine) -> None:
    rows = engine.fetch("SELECT * FROM event_drugs").to_pylist()
    found = {
        (r["event_key"], r["drug"]): (r["timing"], r["days_since_start"], r["dechallenge"], r["rechallenge"])
        for r in rows
    }
    assert found == {
        (1, "methotrexate"): ("on_board", 10, "ended_after_stop", "came_back"),
        (1, "combination"): ("on_board", 10, "ended_after_stop", "came_back"),
        (2, "methotrexate"): ("on_board", 10, "ended_on_drug", "not_done"),
        (3, "upadacitinib"): ("on_board", 20, "ended_on_drug", "not_done"),
        (3, "methotrexate"): ("before_start", None, None, None),
        (4, "methotrexate"): ("in_risk_window", None, None, None),
        (5, "methotrexate"): ("after_risk_window", None, None, None),
        (5, "dupilumab"): ("never_taken", None, None, None),
        (6, "upadacitinib"): ("never_taken", None, None, None),
    }


def test_a_suspect_that_the_dates_contradict_is_a_finding(engine: Engine) -> None:
    findings = validate_causality(engine, ReadStudy(Findings.concat([]), {"suspects": "blamed"}, None)).table
    assert sorted(zip(*(findings[c].to_pylist() for c in ("code", "row", "value")), strict=True)) == [
        ("suspect_never_taken", 5, "dupilumab"),
        ("suspect_never_taken", 6, "upadacitinib"),
        ("suspect_not_started", 3, "methotrexate"),
    ]


Counts = tuple[int | None, int | None, int | None]


def ask(engine: Engine, measure: str, by: str = "") -> dict[tuple[str, str], Counts]:
    found = estimate(engine, TABLES, measure=measure, unit="event", by=by)
    counted = [e for e in found if e.statistic in ("count", "kappa")]
    return {(e.group, e.level): (e.numerator, e.denominator, e.n_missing) for e in counted}


def test_any_and_sole_suspects(engine: Engine) -> None:
    assert ask(engine, "attribution", "drug") == {
        ("drug=combination", "any_suspect"): (1, 7, 0),
        ("drug=combination", "sole_suspect"): (0, 7, 0),
        ("drug=dupilumab", "any_suspect"): (1, 7, 0),
        ("drug=dupilumab", "sole_suspect"): (0, 7, 0),
        ("drug=methotrexate", "any_suspect"): (5, 7, 0),
        ("drug=methotrexate", "sole_suspect"): (2, 7, 0),
        ("drug=upadacitinib", "any_suspect"): (2, 7, 0),
        ("drug=upadacitinib", "sole_suspect"): (1, 7, 0),
    }
    of_terms = ask(engine, "attribution", "drug & term")
    assert of_terms["drug=methotrexate & term=nausea", "sole_suspect"] == (1, 2, 0)
    assert of_terms["drug=upadacitinib & term=acne", "any_suspect"] == (2, 2, 0)


def test_judged_categories_and_agreement(engine: Engine) -> None:
    group = "drug=methotrexate & method=naranjo"
    assert ask(engine, "causality", "drug") == {
        (group, "judges_differ"): (1, 2, 3),
        (group, "probable"): (1, 2, 3),
    }
    assert ask(engine, "judge_agreement") == {("judges=a v b & method=naranjo", ""): (1, 2, None)}


def test_timing_is_counted_of_what_is_known(engine: Engine) -> None:
    found = ask(engine, "causality_timing", "drug")
    assert found["drug=methotrexate", "on_board"] == (2, 5, 0)
    assert ask(engine, "causality_dechallenge", "drug")["drug=methotrexate", "ended_after_stop"] == (1, 2, 3)


def test_there_is_no_filter(engine: Engine) -> None:
    with pytest.raises(UsageError, match="computed by `drug` or by `drug & term`, without a filter"):
        estimate(
            engine, TABLES, measure="attribution", unit="event", by="drug", where={"disease": "vitiligo"}
        )
