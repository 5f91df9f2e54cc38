"""Safety in the report: how bad, in whom, over how long; never a bare word."""

from dataclasses import replace

import pytest

from cotreat import Estimate
from cotreat.analysis.disclosure import add_suppression
from cotreat.analysis.results import Result
from cotreat.report.content import EstimateIndex
from cotreat.report.figures_bars import plot_response
from cotreat.report.narrative_safety import build_safety_text
from cotreat.report.tables import ABSENT
from cotreat.report.tables_severity import table_aesi_by_risk, table_severity

SEVERE = "severity=grade_3_or_worse & state=combination"


def share(measure: str, group: str, hits: int, n: int, *, level: str = "", missing: int = 0) -> Estimate:
    one = Estimate(
        measure, "patient", "any", group, level, "proportion", hits / n, ci_lower=0.1, ci_upper=0.5
    )
    return replace(
        one, ci_method="m", numerator=hits, denominator=n, unit="1", n_patients=n, n_missing=missing
    )


def rate(group: str, events: int, days: int, method: str = "Garwood, two-sided 95 %") -> Estimate:
    one = Estimate("adverse_event_rate", "event", "", group, "", "rate", events / days * 36525)
    return replace(
        one,
        ci_lower=None if "one-sided" in method else 0.0,
        ci_upper=82.02 if "one-sided" in method else 101.0,
        ci_method=method,
        numerator=events,
        denominator=days,
        unit="per 100 patient-years",
        n_patients=9,
    )


def found(events: int, hits: int) -> EstimateIndex:
    groups = ("", "state=combination", "severity=grade_3_or_worse", "seriousness=serious", SEVERE)
    shares = [share("adverse_event_proportion", group, hits, 9, missing=1) for group in groups]
    rates = [rate(group, events, 1461) for group in groups]
    return EstimateIndex([*shares, *rates, rate(SEVERE, 0, 1461, "Garwood, one-sided 95 %")])


def test_the_scale_how_many_out_of_whom_and_over_how_long_are_said() -> None:
    (text,) = build_safety_text(found(4, 3))
    assert text == (
        "An adverse event began in 3 of 9 patients on the combination (33.3%; 95% CI 10.0 to 50.0); "
        "unknown in 1 patient: 4 adverse events in 4.0 patient-years, 100.0 per 100 patient-years "
        "(95% CI 0.0 to 101.0). An event whose recorded severity is grade 3 or worse of CTCAE began in 3 of "
        "9 patients on the combination (33.3%; 95% CI 10.0 to 50.0); unknown in 1 patient: 4 adverse "
        "events in 4.0 patient-years, 100.0 per 100 patient-years (95% CI 0.0 to 101.0)."
    )


def test_none_has_its_upper_bound_and_is_not_called_safe() -> None:
    (text,) = build_safety_text(found(0, 0))
    assert "0 adverse events in 4.0 patient-years, 0.0 per 100 patient-years" in text
    assert text.endswith("; one-sided 95% upper bound 82.0.")
    assert not {"safe", "mild", "tolerated"} & set(text.lower().replace(",", " ").split())


def test_without_days_nothing_is_said() -> None:
    assert build_safety_text(EstimateIndex([])) == ()
    assert table_severity(EstimateIndex([])) is None
    assert table_aesi_by_risk(EstimateIndex([])) is None


def test_patients_have_their_events_beside_them_all_serious_and_severe() -> None:
    table = table_severity(found(4, 3))
    assert table is not None
    assert table.rows[0].cells == ("All", *("3/9 (33.3%)", "4") * 3, "1")
    assert table.rows[2].cells == ("Combination", "3/9 (33.3%)", "4", ABSENT, ABSENT, "3/9 (33.3%)", "4", "1")


def test_special_interest_is_split_by_risk_with_those_of_unknown_risk_last() -> None:
    counts = {"": 3, "risk_flag=age_65": 2, "risk_flag=none": 1, "risk_flag=unknown": 0, "risk_flag=any": 2}
    shares = [share("aesi", group, n, 5, level="herpes_zoster") for group, n in counts.items()]
    table = table_aesi_by_risk(EstimateIndex(shares))
    assert table is not None
    assert [c.heading.partition(",")[0] for c in table.columns[1:]] == [
        "Age 65 years or more",
        "Any of these",
        "None of these",
        "Unknown",
    ]
    assert table.rows[0].cells[1:] == ("2/5 (40.0%)", "2/5 (40.0%)", "1/5 (20.0%)", "0/5 (0.0%)")


@pytest.mark.parametrize(("partial", "is_drawn"), [(9, True), (3, False)])
def test_a_bar_with_a_suppressed_part_is_not_drawn(partial: int, *, is_drawn: bool) -> None:
    everybody = [
        replace(share("response", group, n, 30, level=level), rule="", unit_of_analysis="pair")
        for group, own in (("", (10, 12, 8)), ("regimen=a + b", (10, partial, 20 - partial)))
        for level, n in zip(("complete", "partial", "none"), own, strict=True)
    ]
    figure = plot_response(EstimateIndex(add_suppression(Result.of(everybody), 5)))
    assert figure is not None
    assert ("A + b" in figure.alt) is is_drawn
