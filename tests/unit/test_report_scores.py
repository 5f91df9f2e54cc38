"""Response by a score and the contrast in the report, at one course and at a million."""

import pytest

from cotreat.analysis.results import Estimate
from cotreat.report.content import EstimateIndex
from cotreat.report.figures_response import plot_response_over_time
from cotreat.report.tables_contrast import table_response_contrast, table_score_contrast
from cotreat.report.tables_scores import table_response_at_week, table_response_on_treatment


def share(measure: str, rule: str, numerator: int, denominator: int, **more: object) -> Estimate:
    fields = {
        "measure": measure,
        "unit_of_analysis": "course",
        "rule": rule,
        "group": "",
        "level": "salt_le_20",
        "statistic": "proportion",
        "estimate": numerator / denominator if denominator else None,
        "ci_lower": 0.1,
        "ci_upper": 0.9,
        "ci_method": "Wilson, 95 %",
        "numerator": numerator,
        "denominator": denominator,
        "n_missing": 0,
        "n_censored": 0,
    }
    return Estimate(**{**fields, **more})  # type: ignore[arg-type]  # the fields of an estimate, by name


def at_weeks(*weeks: int, n: int) -> list[Estimate]:
    return [
        share("response_at_week", rule, n // 2, n - missing, group=f"week={week}", n_missing=missing)
        for week in weeks
        for rule, missing in (("non_responder_imputation", 0), ("as_observed", n // 4))
    ]


@pytest.mark.parametrize("n", [1, 40, 1_000_000])
def test_a_week_has_both_ways_to_count(n: int) -> None:
    index = EstimateIndex(at_weeks(4, 100, n=n))
    table = table_response_at_week(index)
    assert table is not None
    assert [row.cells[0] for row in table.rows] == ["SALT ≤ 20", "Week 4", "Week 100"]
    shown = f"{n:,}" if n > 9_999 else str(n)
    assert f"/{shown} (" in table.rows[1].cells[1]
    figure = plot_response_over_time(index)
    assert figure is not None
    assert "week 4" in figure.alt
    assert figure.svg.startswith("<svg")


def test_without_scores_there_is_nothing() -> None:
    index = EstimateIndex([])
    shown = (
        table_response_at_week(index),
        table_response_on_treatment(index),
        table_response_contrast(index),
        table_score_contrast(index),
        plot_response_over_time(index),
    )
    assert set(shown) == {None}


def test_nobody_asked_is_no_panel() -> None:
    index = EstimateIndex(at_weeks(4, n=0))
    assert table_response_at_week(index) is None
    assert plot_response_over_time(index) is None


def test_a_contrast_says_that_it_is_no_effect() -> None:
    alone = [
        share(m, "first_add_on", k, 10, unit_of_analysis="patient", level=level, statistic=statistic)
        for m, counts in (("response_on_anchor_alone", (1, 4, 5)), ("response_on_combination", (4, 3, 3)))
        for level, k in zip(("complete", "partial", "none"), counts, strict=True)
        for statistic in ("count", "proportion")
    ]
    gains = [
        share(
            "response_difference",
            "first_add_on",
            3 if level == "complete" else 2,
            10,
            unit_of_analysis="patient",
            level=level,
            statistic=statistic,
        )
        for level in ("complete", "complete_or_partial")
        for statistic in ("difference", "improved", "worsened")
    ]
    table = table_response_contrast(EstimateIndex([*alone, *gains]))
    assert table is not None
    assert [row.cells[1:4] for row in table.rows] == [
        ("1/10 (10.0%)", "4/10 (40.0%)", "+30.0"),
        ("5/10 (50.0%)", "7/10 (70.0%)", "+20.0"),
    ]
    assert any("is not an effect" in note for note in table.notes)
