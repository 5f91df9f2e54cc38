"""Scores and categories beside published scales, and kappa beside published numbers."""

import pyarrow as pa
import pytest

from cotreat.errors import DataError
from cotreat.outcomes.causality import (
    ANSWER_COLUMNS,
    build_judgements,
    compute_agreements,
    compute_causality,
)
from cotreat.vocabulary.causality import read_causality_items

# Points of the ten items in order, yes / no / unknown: Naranjo et al. 1981 (doi:10.1038/clpt.1981.154),
# Horn et al. 2007 (doi:10.1345/aph.1H423).
NARANJO = (
    (1, 0, 0),
    (2, -1, 0),
    (1, 0, 0),
    (2, -1, 0),
    (-1, 2, 0),
    (-1, 1, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
)
DIPS = (
    (1, -1, 0),
    (1, -1, 0),
    (1, -1, 0),
    (1, -1, 0),
    (1, -2, 0),
    (2, -1, 0),
    (-1, 1, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, -1, 0),
)


@pytest.mark.parametrize(("method", "points"), [("naranjo", NARANJO), ("dips", DIPS)])
def test_points_are_those_of_the_papers(method, points) -> None:
    items = read_causality_items(method).values()
    assert tuple(tuple(item.points[a] for a in ("yes", "no", "unknown")) for item in items) == points


def answered(method, points):
    """Answers that give these points, item by item."""
    return {
        item.item: next(answer for answer in ("unknown", "yes", "no") if item.points[answer] == wanted)
        for item, wanted in zip(read_causality_items(method).values(), points, strict=True)
    }


@pytest.mark.parametrize(
    ("points", "score", "category"),
    [
        ((0, 2, 1, 0, 2, 0, 0, 0, 0, 1), 6, "probable"),
        ((1, 2, 1, 2, 2, 1, 1, 1, 1, 1), 13, "definite"),
        ((0, -1, 0, -1, -1, -1, 0, 0, 0, 0), -4, "doubtful"),
        ((1, 2, 1, 2, 2, 1, 0, 0, 0, 0), 9, "definite"),
        ((1, 2, 1, 2, 2, 0, 0, 0, 0, 0), 8, "probable"),
        ((1, 2, 1, 0, 0, 0, 0, 0, 0, 0), 4, "possible"),
        ((0,) * 10, 0, "doubtful"),
    ],
)
def test_naranjo(points, score: int, category: str) -> None:
    found = compute_causality("naranjo", answered("naranjo", points))
    assert (found.score, found.category) == (score, category)


@pytest.mark.parametrize(
    ("points", "score", "category"),
    [
        ((1, 1, 1, 1, 1, 2, 1, 1, 0, 0), 9, "highly_probable"),
        ((1, 1, 1, 1, 1, 2, 1, 0, 0, 0), 8, "probable"),
        ((1, 1, 1, 1, 0, 0, 0, 0, 0, 0), 4, "possible"),
        ((1, 0, 0, 0, 0, 0, 0, 0, 0, 0), 1, "doubtful"),
        ((-1, -1, -1, -1, -2, -1, -1, 0, 0, -1), -9, "doubtful"),
    ],
)
def test_dips(points, score: int, category: str) -> None:
    found = compute_causality("dips", answered("dips", points))
    assert (found.score, found.category) == (score, category)


TIMELY = {"assessable": "yes", "time_plausible": "yes"}
ALONE = {**TIMELY, "other_cause_possible": "no", "withdrawal_plausible": "yes"}
STRICT = {**ALONE, "other_cause_excluded": "yes", "definitive": "yes"}


@pytest.mark.parametrize(
    ("answers", "category"),
    [
        ({**STRICT, "rechallenge_satisfactory": "yes"}, "certain"),
        (STRICT, "certain"),
        ({**STRICT, "rechallenge_satisfactory": "no"}, "probable"),
        ({**ALONE, "definitive": "yes"}, "probable"),
        (ALONE, "probable"),
        ({**ALONE, "withdrawal_plausible": "unknown"}, "possible"),
        ({**ALONE, "other_cause_possible": "yes"}, "possible"),
        (TIMELY, "possible"),
        ({**ALONE, "time_plausible": "no"}, "unlikely"),
        ({**TIMELY, "more_data_expected": "yes"}, "conditional"),
        ({"assessable": "no"}, "unassessable"),
        ({}, "unassessable"),
    ],
)
def test_who_umc(answers, category: str) -> None:
    assert compute_causality("who_umc", answers).category == category


def test_an_item_of_another_method_is_refused() -> None:
    with pytest.raises(KeyError, match="fits_object is not an item of naranjo"):
        compute_causality("naranjo", {"fits_object": "yes"})


def test_kappa_of_published_counts() -> None:
    """45, 15, 25, 15 of 100: observed 0.60, expected 0.54, kappa 0.1304 (worked example of Cohen's kappa)."""
    counts = {("probable", "probable"): 45, ("probable", "possible"): 15}
    counts |= {("possible", "probable"): 25, ("possible", "possible"): 15}
    pairs = [pair for pair, n in counts.items() for _ in range(n)]
    rows = [
        {"event_key": key, "drug": "methotrexate", "method": "naranjo", "judge": judge, "category": category}
        for key, pair in enumerate(pairs)
        for judge, category in zip(("a", "b"), pair, strict=True)
    ]
    (found,) = compute_agreements(rows)
    assert (found.n, found.agreed) == (100, 60)
    assert found.kappa == pytest.approx(0.06 / 0.46, abs=1e-12)
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower < 0.1304 < found.upper


def test_judges_who_say_the_same_of_all_have_no_kappa() -> None:
    rows = [
        {"event_key": key, "drug": "a", "method": "dips", "judge": judge, "category": "possible"}
        for key in (1, 2, 3)
        for judge in ("a", "b")
    ]
    (found,) = compute_agreements(rows)
    assert (found.agreed, found.kappa) == (3, None)


def table_of(*rows: tuple[object, ...]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(ANSWER_COLUMNS, row, strict=True)) for row in rows])


def test_a_long_table_of_answers_becomes_judged_categories() -> None:
    answers = table_of(
        (1, "methotrexate", "first", "naranjo", "after_drug", "yes"),
        (1, "methotrexate", "first", "naranjo", "recurred_on_restart", "yes"),
        (1, "methotrexate", "first", "naranjo", "improved_on_stop", "yes"),
        (1, "methotrexate", "second", "naranjo", "after_drug", "no"),
        (2, "combination", None, "who_umc", "time_plausible", "yes"),
    )
    found = build_judgements(answers).to_pylist()
    assert [(r["event_key"], r["drug"], r["judge"], r["method"], r["category"]) for r in found] == [
        (1, "methotrexate", "first", "naranjo", "probable"),
        (1, "methotrexate", "second", "naranjo", "doubtful"),
        (2, "combination", None, "who_umc", "possible"),
    ]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ((1, "a", "x", "guess", "after_drug", "yes"), "`guess` is not a method"),
        ((1, "a", "x", "naranjo", "fits_object", "yes"), "`fits_object` is not an item of naranjo"),
        ((1, "a", "x", "naranjo", "after_drug", "perhaps"), "`perhaps` is not an answer"),
    ],
)
def test_what_is_no_answer_is_said(row, says: str) -> None:
    with pytest.raises(DataError, match=says):
        build_judgements(table_of(row))


def test_two_answers_to_one_item_are_an_error() -> None:
    row = (1, "a", "x", "naranjo", "after_drug", "yes")
    with pytest.raises(DataError, match="answered twice"):
        build_judgements(table_of(row, row))
