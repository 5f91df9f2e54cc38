"""Judgements of cause in a source: read, checked, derived, counted; every number counted by hand."""

import itertools
from pathlib import Path

import pyarrow as pa
import pytest
from long_table_study import read_files, write_study
from redcap_study import read_export

from cotreat import Estimate, StudyRun, run_study
from cotreat.engine import TableName, connect
from cotreat.episodes.step import build_step
from cotreat.outcomes.causality import compute_causality
from cotreat.outcomes.judged_causality import build_judged_causality
from cotreat.study_tables.loading import build_study_table
from cotreat.study_tables.schema import SCHEMAS
from cotreat.vocabulary.causality import ANSWERS, read_causality_items
from servers import postgres_url, spark_url

SOURCE = """
[source.exposures]
file = "exposures.csv"
[source.adverse_events]
file = "events.csv"
[source.causality_answers]
file = "answers.csv"
"""
EXPOSURES = """patient_id,drug,start_date,end_date
1,adalimumab,2020-01-01,2020-12-31
1,methotrexate,2020-03-01,2020-08-31
2,adalimumab,2020-01-01,2020-12-31
2,methotrexate,2020-03-01,2020-08-31
"""
EVENTS = """patient_id,event_id,term,onset_date,suspects
1,1,nausea,2020-05-01,methotrexate
1,2,acne,2020-06-01,
2,1,nausea,2020-05-05,methotrexate
2,2,acne,2020-06-01,methotrexate
"""
HEADINGS = "patient_id,event_id,drug,judge,method,item,answer,category"


def files(*answers: str, events: str = EVENTS) -> dict[str, str]:
    rows = "\n".join([HEADINGS, *answers, ""])
    return {"exposures.csv": EXPOSURES, "events.csv": events, "answers.csv": rows}


def test_what_cannot_be_an_answer_is_a_finding(tmp_path: Path) -> None:
    read = read_files(
        tmp_path,
        files(
            "1,1,methotrexate,a,naranjo,after_drug,yes,",
            "1,1,methotrexate,a,naranjo,after_drug,no,",
            "1,3,methotrexate,a,naranjo,after_drug,yes,",
            "2,2,no such drug,a,naranjo,after_drug,yes,",
            "1,1,methotrexate,a,dips,after_drug,yes,",
            "1,1,methotrexate,a,naranjo,no such item,yes,",
            "1,1,methotrexate,a,naranjo,other_cause,perhaps,",
            "1,2,both,b,WHO-UMC,,,definite",
            "1,2,both,c,WHO-UMC,,,Possible",
            "1,2,both,c,,,,Possible",
            "1,2,both,d,naranjo,,,",
        ),
        source=f'bad_rows = "leave_out"\n{SOURCE}',
    )
    found = {(f.code, f.row) for f in read.findings if f.severity == "warning"}
    assert found >= {
        ("answered_twice", 3),
        ("unknown_event", 4),
        ("item_of_other_method", 6),
        ("item_not_read", 7),
        ("unknown_answer", 8),
        ("category_of_other_method", 9),
        ("missing_method", 11),
        ("missing_item", 12),
    }
    assert not any(row in (2, 10) for _, row in found)
    steps = {
        (table, reason): rows for table, reason, rows, _ in read.attrition if table == "causality_answers"
    }
    assert steps["causality_answers", "read"] == 11
    assert (
        sum(n for (_, reason), n in steps.items() if reason not in ("read", "used"))
        == 11 - steps["causality_answers", "used"]
    )


def test_one_number_for_two_events_is_a_finding(tmp_path: Path) -> None:
    read = read_files(tmp_path, files(events=EVENTS.replace("1,2,acne", "1,1,acne")), source=SOURCE)
    assert ("warning", "duplicate_event_id", 3, "event_id", "1") in read.said


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> StudyRun:
    """Two judges by Naranjo on three events: 6 and -1, 2 and 2, -1 and -1 points; one by WHO-UMC."""
    folder = tmp_path_factory.mktemp("judged")
    answers = files(
        "1,1,methotrexate,a,naranjo,after_drug,yes,",
        "1,1,methotrexate,a,naranjo,other_cause,no,",
        "1,1,methotrexate,a,naranjo,improved_on_stop,yes,",
        "1,1,methotrexate,a,naranjo,objective_evidence,yes,",
        "1,1,methotrexate,a,naranjo,,,doubtful",
        "1,1,methotrexate,b,naranjo,after_drug,no,",
        "2,1,methotrexate,a,naranjo,after_drug,yes,",
        "2,1,methotrexate,b,naranjo,after_drug,yes,",
        "2,2,methotrexate,a,naranjo,after_drug,no,",
        "2,2,methotrexate,b,naranjo,after_drug,no,",
        "1,2,both,b,WHO-UMC,,,Possible",
        "2,1,adalimumab,b,WHO-UMC,,,Possible",
        "2,2,adalimumab,b,WHO-UMC,,,Unlikely",
    )
    return run_study(write_study(folder, answers, source=SOURCE), out=folder / "out")


def counts(run: StudyRun, measure: str, group: str) -> dict[str, tuple[int | None, int | None]]:
    found = [e for e in run.results if (e.measure, e.group) == (measure, group) and e.statistic == "count"]
    return {e.level: (e.numerator, e.denominator) for e in found}


def test_categories_are_derived_and_judges_may_differ(run: StudyRun) -> None:
    assert counts(run, "causality", "drug=methotrexate & method=naranjo") == {
        "judges_differ": (1, 3),
        "possible": (1, 3),
        "doubtful": (1, 3),
    }
    assert counts(run, "causality", "drug=combination & method=who_umc") == {"possible": (1, 1)}


def test_kappa_of_two_judges(run: StudyRun) -> None:
    """They agree on 2 of 3; by chance on 0 + 1/9 + 2/9: (2/3 - 1/3) / (1 - 1/3) = 1/2."""
    (found,) = _of(run, "judge_agreement")
    assert (found.group, found.numerator, found.denominator) == ("judges=a v b & method=naranjo", 2, 3)
    assert found.estimate == pytest.approx(0.5)
    assert run.out is not None
    text = (run.out / "tables" / "judge_agreement.csv").read_text(encoding="utf-8-sig")
    assert "Naranjo" in text
    assert "2/3" in text
    assert "0.50" in text


def _of(run: StudyRun, measure: str) -> list[Estimate]:
    return [e for e in run.results if e.measure == measure]


def test_a_judged_drug_is_a_suspect_only_where_none_is_named(run: StudyRun) -> None:
    assert counts(run, "attribution", "drug=combination")["any_suspect"] == (1, 4)
    assert counts(run, "attribution", "drug=adalimumab") == {}
    said = {(f.code, f.row, f.value) for f in run.findings}
    # Adalimumab is possible of the event in row 13, and unlikely of that in row 14.
    assert {(row, value) for code, row, value in said if code == "judged_not_suspected"} == {
        (13, "adalimumab")
    }
    assert ("category_contradicts_answers", 6, "doubtful") in said


def test_every_way_to_answer_comes_to_the_category_of_its_answers() -> None:
    """All 6,561 of WHO-UMC, and each pair of items of the scales."""
    ways = [
        ("who_umc", dict(zip(read_causality_items("who_umc"), way, strict=True)))
        for way in itertools.product(ANSWERS, repeat=8)
    ]
    for method in ("naranjo", "dips"):
        for items in itertools.combinations(read_causality_items(method), 2):
            ways += [
                (method, dict(zip(items, way, strict=True))) for way in itertools.product(ANSWERS, repeat=2)
            ]
    rows = [
        {"event_key": key, "drug": "methotrexate", "method": method, "item": item, "answer": answer}
        for key, (method, way) in enumerate(ways)
        for item, answer in way.items()
    ]
    with connect() as engine:
        schema = SCHEMAS["causality_answers"].arrow
        engine.load("causality_answers", pa.Table.from_pylist(rows, schema=schema))
        judged = build_judged_causality(engine, TableName("causality_answers"))
        found = {r["event_key"]: r["category"] for r in engine.fetch(f"SELECT * FROM {judged}").to_pylist()}
    assert found == {key: compute_causality(method, way).category for key, (method, way) in enumerate(ways)}
    assert len(found) == 6561 + 2 * 45 * 9


URLS = {"duckdb": lambda: "duckdb://", "postgres": postgres_url, "spark": spark_url}


@pytest.mark.parametrize(
    "name",
    ["duckdb", *(pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("postgres", "spark"))],
)
def test_every_engine_says_the_same_of_suspects_and_judgements(name: str) -> None:
    """Event 1 names a suspect, event 2 none; judges without a name, without answers, and with both.

    Of event 2 methotrexate was only doubtful; adalimumab was unlikely to one judge and possible to another.
    """
    columns = ("event_key", "drug", "judge", "method", "item", "answer", "category")
    rows = [
        (1, "methotrexate", "a", "naranjo", "after_drug", "yes", None),
        (1, "methotrexate", "a", "naranjo", "other_cause", "no", None),
        (1, "methotrexate", "a", "naranjo", None, None, "doubtful"),
        (1, "methotrexate", None, "dips", "fits_object", None, None),
        (2, "combination", "b", "who_umc", None, None, "possible"),
        (3, "methotrexate", "b", "naranjo", "after_drug", "no", None),
        (2, "adalimumab", "a", "who_umc", None, None, "unlikely"),
        (3, "adalimumab", "b", "who_umc", None, None, "possible"),
    ]
    with connect(URLS[name]()) as engine:
        answers = [dict(zip(columns, row, strict=True)) for row in rows]
        engine.load("causality_answers", build_study_table("causality_answers", answers))
        engine.load(
            "attributions", build_study_table("attributions", [{"event_key": 1, "drug": "methotrexate"}])
        )
        # Recorded rows 2 and 3 are one event.
        keys = pa.table({"row_key": [1, 2, 3], "event_key": [1, 2, 2]})
        tables = {
            "event_rows": engine.load("event_rows", keys),
            "attributions": TableName("attributions"),
            "causality_judged": build_judged_causality(engine, TableName("causality_answers")),
        }
        found: dict[str, list[tuple[str, ...]]] = {}
        for step in ("event_suspects", "event_judgements"):
            build_step(engine, step, sql=step, tables=tables, room="outcomes")
            fetched = engine.fetch(f"SELECT * FROM {step}")
            found[step] = sorted(tuple(map(str, row.values())) for row in fetched.to_pylist())
    assert found == {
        "event_suspects": [("1", "methotrexate"), ("2", "adalimumab"), ("2", "combination")],
        "event_judgements": [
            ("1", "methotrexate", "dips", "None", "doubtful"),
            ("1", "methotrexate", "naranjo", "a", "possible"),
            ("2", "adalimumab", "who_umc", "a", "unlikely"),
            ("2", "adalimumab", "who_umc", "b", "possible"),
            ("2", "combination", "who_umc", "b", "possible"),
            ("2", "methotrexate", "naranjo", "b", "doubtful"),
        ],
    }


def test_the_shipped_redcap_instrument_holds_a_judgement_by_drug(tmp_path: Path) -> None:
    """How likely each drug is the cause stands beside it in the entry of the event."""
    read = read_export(
        tmp_path,
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,drug,treatment_start,ae_term,ae_onset,"
        "ae_drug_1,ae_causality_1,ae_drug_2,ae_causality_2\n"
        "7,treatment,1,baricitinib,2023-01-01,,,,,,\n"
        "7,adverse_event,1,,,acne,2023-02-01,baricitinib,probable,methotrexate,\n"
        "7,adverse_event,2,,,nausea,2023-03-01,methotrexate,possible,,\n",
    )
    assert [f.code for f in read.findings if f.severity != "info"] == []
    events = {row["event_key"]: row["term"] for row in read.tables["adverse_events"]}
    judged = read.tables["causality_answers"]
    assert sorted((events[r["event_key"]], r["drug"], r["method"], r["category"]) for r in judged) == [
        ("acne", "baricitinib", "who_umc", "probable"),
        ("nausea", "methotrexate", "who_umc", "possible"),
    ]
