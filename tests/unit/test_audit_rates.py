"""What numbers of a sentence with patient-years stand for, and when they are bound to nothing."""

from pathlib import Path

import pytest

from cotreat.audit.claims import Query
from cotreat.audit.grammar.chunks import parse_pieces
from cotreat.audit.grammar.lexicon import Lexicon, build_lexicon
from cotreat.audit.grammar.rates import build_rate_statements
from cotreat.protocol import read_protocol

STUDY = Path(__file__).parents[2] / "examples" / "letter" / "study.toml"
Bound = list[tuple[str, str, str]]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon(read_protocol(STUDY), {})


def bound(text: str, lexicon: Lexicon) -> tuple[list[Query], Bound]:
    """The questions, and of each number its text, its aspect and the measure."""
    found = build_rate_statements(parse_pieces(text, lexicon))
    numbers = [(c.text, c.aspect, s.queries[0].quantity) for s in found for c in s.claims]
    return [s.queries[0] for s in found], numbers


def test_patients_events_time_rate_and_interval(lexicon: Lexicon) -> None:
    queries, numbers = bound(
        "A serious event began in 3 of 9 patients on the combination (33.3%; 95% CI 7.5 to 70.1); unknown "
        "in 2 patients: 4 adverse events in 1,012.5 patient-years, 0.4 per 100 patient-years (95% CI 0.1 "
        "to 1.0); 2 adverse events may have begun then and are not counted.",
        lexicon,
    )
    patients, events = "adverse_event_proportion", "adverse_event_rate:rate"
    assert numbers == [
        ("3", "count", patients),
        ("9", "denominator", patients),
        ("33.3%", "proportion", patients),
        ("7.5", "ci_lower", patients),
        ("70.1", "ci_upper", patients),
        ("2", "missing", patients),
        ("4", "count", events),
        ("1,012.5", "denominator", events),
        ("0.4", "value", events),
        ("0.1", "ci_lower", events),
        ("1.0", "ci_upper", events),
        ("2", "missing", events),
    ]
    assert {q.conditions for q in queries} == {(("state", "combination"), ("seriousness", "serious"))}


def test_a_bound_where_there_was_none(lexicon: Lexicon) -> None:
    queries, numbers = bound(
        "There were 0 adverse events in 12.5 patient-years on the anchor alone, 0.0 per 100 patient-years "
        "(95% CI 0.0 to 29.5); one-sided 95% upper bound 24.0.",
        lexicon,
    )
    assert numbers[-1] == ("24.0", "ci_upper", "adverse_event_rate:rate")
    assert queries[-1].statistic == "one_sided"
    assert {q.conditions for q in queries} == {(("state", "anchor_only"),)}


@pytest.mark.parametrize(
    "text",
    [
        "The incidence rate of infections was 2.3 per 100 patient-years on the combination.",
        "4 adverse events occurred in 12.5 patient-years on tofacitinib.",
        "4 adverse events occurred in 12.5 patient-years.",
        "Mean follow-up was 12.3 patient-years on the combination.",
        "Herpes zoster occurred at 3.1 per 100 person-years.",
        "3 adverse events in 12.5 patient-years on the combination and 2 on the anchor alone.",
        "In men, 3 adverse events began in 12.5 patient-years on the combination.",
        "3 mild adverse events began in 12.5 patient-years on the combination.",
    ],
)
def test_another_rate_is_bound_to_nothing(text: str, lexicon: Lexicon) -> None:
    queries, numbers = bound(text, lexicon)
    assert numbers
    assert {q.kind for q in queries} == {"nothing"}
