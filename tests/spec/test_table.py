"""The small language of the cases: it reads what it should and refuses the rest."""

import pytest

from spec.case import Case, read_partial_date
from spec.chapters import CASES
from spec.steps import STEP_COLUMNS
from spec.table import difference, format_table, parse_table


def test_values_have_the_type_of_their_column() -> None:
    [row] = parse_table("""
        drug         | start_day  | days | is_ongoing | dose | end
        methotrexate | 1970-01-02 | 3    | yes        | 2.5  |
    """)
    assert row == {
        "drug": "methotrexate",
        "start_day": 1,
        "days": 3,
        "is_ongoing": 1,
        "dose": 2_500_000,
        "end": None,
    }


def test_a_row_with_a_cell_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="1 cells under 2 headings"):
        parse_table("drug | days\nmethotrexate")


def test_a_dose_finer_than_a_ng_is_refused() -> None:
    with pytest.raises(ValueError, match="not a whole number of ng"):
        parse_table("dose\n0.0000001")


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("1970-01-31", 30, 30, "day"),
        ("1972-02", 761, 789, "month"),  # 2 x 365 + 31; 29 days in 1972
        ("1970", 0, 364, "year"),
    ],
)
def test_a_partial_date_has_a_first_and_a_last_day(text: str, first: int, last: int, precision: str) -> None:
    assert read_partial_date(text) == (first, last, precision)


def test_a_row_that_stands_twice_is_not_the_same_as_once() -> None:
    once, twice = parse_table("days\n1"), parse_table("days\n1\n1")
    assert difference(twice, once, ["days"])
    assert not difference(twice, twice, ["days"])


def test_rows_have_no_order() -> None:
    assert not difference(parse_table("days\n1\n2"), parse_table("days\n2\n1"), ["days"])


def test_a_table_is_written_as_it_is_read() -> None:
    text = "drug | start_day  | is_ongoing | mean\na    | 2024-02-29 | no         | 1.25"
    assert format_table(parse_table(text), ["drug", "start_day", "is_ongoing", "mean"]) == text


def test_an_unknown_column_of_an_exposure_is_refused() -> None:
    case = Case(
        name="misspelt",
        about="A column that no exposure has.",
        exposures="drug | start_day | end_day | doze\na | 2023 | 2023 | 1",
        step="eras",
        expected="drug",
    )
    with pytest.raises(ValueError, match="doze"):
        _ = case.patients


def test_the_two_days_of_one_case_are_read_from_its_text() -> None:
    case = next(case for case in CASES if case.name.endswith("months, widest and narrowest"))
    [patient] = case.patients
    [exposure] = patient.exposures
    assert exposure.date_precision == "month"
    assert patient.observed_to == day_of_text("2024-12-31")


def day_of_text(text: str) -> int:
    first, _, _ = read_partial_date(text)
    return first


def test_case_names_differ() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_says_one_sentence_and_asks_for_columns_that_exist(case: Case) -> None:
    assert case.about.endswith(".")
    assert case.columns
    assert set(case.columns) <= set(STEP_COLUMNS[case.step])
