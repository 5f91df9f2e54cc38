"""Rates and rate ratios in print: a table, a forest plot, and what is said where there is none."""

import re
from dataclasses import replace

import pytest

from cotreat import Estimate
from cotreat.report.content import EstimateIndex
from cotreat.report.figures import WIDTH_MM
from cotreat.report.figures_forest import plot_rate_ratios, plot_rates
from cotreat.report.tables import ABSENT
from cotreat.report.tables_ratios import build_ratio_absence, table_rate_ratios

RATE_UNIT = "per 100 patient-years"


def rate(group: str, events: int, days: int, value: float | None, upper: float | None) -> Estimate:
    return Estimate(
        "adverse_event_rate",
        "event",
        "",
        group,
        "",
        "rate",
        value,
        ci_lower=0.0,
        ci_upper=upper,
        ci_method="Garwood, two-sided 95 %",
        numerator=events,
        denominator=days,
        unit=RATE_UNIT,
        n_patients=9,
    )


def ratio(value: float | None, **more: object) -> Estimate:
    one = Estimate("rate_ratio", "event", "crude", "state=combination", "against_anchor_only", "ratio", value)
    return replace(one, numerator=12, denominator=42, ci_method="exact mid-P, 95 %", unit="1", **more)


def index(*estimates: Estimate) -> EstimateIndex:
    return EstimateIndex(estimates)


def test_one_row_and_many_fit_the_page_and_the_rest_is_counted() -> None:
    """As many regimens as anybody may have: those with least time are left to the table."""
    one = plot_rates(index(rate("", 3, 3652, 30.0, 87.0)))
    assert one is not None
    regimens = [rate(f"regimen=drug_{n} + other", 1, 3652 + n, 10.0, 55.0) for n in range(40)]
    many = plot_rates(index(rate("", 3, 3652, 30.0, 87.0), *regimens))
    assert many is not None
    assert one.height_mm < 40
    assert many.width_mm == WIDTH_MM
    assert many.height_mm < 150
    assert "18 more are in the table." in many.caption
    assert "Drug 39 + other: 10.0 (0.0 to 55.0)" in many.alt
    assert "Drug 1 + other" not in many.alt


def test_a_bound_from_little_time_does_not_stretch_the_axis() -> None:
    """Zero events in a day: the bound of 134,740 is said, and drawn as an arrow."""
    found = plot_rates(index(rate("", 3, 3652, 30.0, 87.0), rate("regimen=one + two", 0, 1, 0.0, 134_740.0)))
    assert found is not None
    assert "One + two: 0.0 (0.0 to 134,740.0)" in found.alt
    ticks = [int(text) for text in re.findall(r">(\d+)</text>", found.svg)]
    assert ticks == [0, 20, 40, 60, 80]


def test_rates_without_intervals_are_drawn_and_no_interval_is_announced() -> None:
    """As under disclosure control: the axis reaches the largest rate, and every rate has its mark."""
    bare = [
        replace(rate(group, 5, 3652, value, None), ci_lower=None, ci_method="")
        for group, value in (("", 50.0), ("regimen=one + two", 158.8))
    ]
    found = plot_rates(index(*bare))
    assert found is not None
    assert [int(text) for text in re.findall(r">(\d+)</text>", found.svg)][-1] >= 159
    both = plot_rates(index(*bare, rate("regimen=one + three", 5, 3652, 50.0, 90.0)))
    assert both is not None
    assert found.svg.count("<use ") + 1 == both.svg.count("<use ")
    assert "CI" not in found.svg
    assert "confidence" not in found.caption


def test_no_time_in_which_events_are_known_is_not_none() -> None:
    nobody = replace(rate("regimen=one + two", 0, 0, None, None), ci_lower=None)
    found = plot_rates(index(rate("", 3, 3652, 30.0, 87.0), nobody))
    assert found is not None
    assert "One + two: not estimated" in found.alt
    assert ">0/0.0</text>" not in found.svg
    assert ">3/10.0</text>" in found.svg


def test_without_rates_there_is_no_figure() -> None:
    assert plot_rates(index()) is None
    assert plot_rates(index(rate("", 0, 0, None, None))) is None
    assert plot_rate_ratios(index()) is None


def test_a_ratio_has_the_events_of_both_sides_and_says_how_it_was_made() -> None:
    found = index(ratio(1.234, ci_lower=0.5, ci_upper=3.0))
    table, figure = table_rate_ratios(found), plot_rate_ratios(found)
    assert table is not None
    assert [row.cells for row in table.rows] == [
        ("Combination against anchor only, all events", "", ""),
        ("All time, not adjusted", "12 v 30", "1.23 (0.50 to 3.00)"),
    ]
    assert figure is not None
    assert "All time, not adjusted: 1.23 (0.50 to 3.00)" in figure.alt
    assert "not an effect" in figure.caption
    assert not build_ratio_absence(found)


def test_a_ratio_without_an_upper_end_is_drawn_with_an_arrow() -> None:
    figure = plot_rate_ratios(index(ratio(None, ci_lower=1.4)))
    assert figure is not None
    assert f"not adjusted: {ABSENT} (1.40 or more)" in figure.alt


@pytest.mark.parametrize("note", ["not derivable: lengths only", "not given: a series"])
def test_why_there_is_no_ratio_is_said(note: str) -> None:
    found = index(Estimate("rate_ratio", "event", "crude", "", "", "ratio", None, note=note))
    assert (table_rate_ratios(found), plot_rate_ratios(found)) == (None, None)
    assert build_ratio_absence(found) == note
