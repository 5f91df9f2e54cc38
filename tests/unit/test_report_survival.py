"""Tables and figures of how long combinations were kept."""

import re

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.figures_curves import plot_drug_survival, plot_end_reasons
from cotreat.report.tables_survival import (
    table_drug_survival,
    table_end_reason_incidence,
    table_hazard_ratios,
)

ROBUST = "infinitesimal jackknife, patients as clusters, 95 %"


def survival(
    statistic: str, level: str, estimate: float | None, *, group: str = "", note: str = "", **more: object
) -> Estimate:
    given = {"ci_lower": None, "ci_upper": None, "ci_method": "", "numerator": 7, "denominator": 21} | more
    measure = str(given.pop("measure", "drug_survival"))
    return Estimate(  # type: ignore[arg-type] # the rest is given by name
        measure,
        "course",
        "longest",
        group,
        level,
        statistic,
        estimate,
        n_patients=18,
        n_missing=2,
        n_censored=0,
        note=note,
        **given,
    )


WHOLE = [
    survival("median", "", 12.0, ci_lower=6.0, ci_upper=None, ci_method=ROBUST, unit="months", numerator=18),
    survival("survival_at", "6", 2 / 3, ci_lower=0.411, ci_upper=0.831, ci_method=ROBUST),
    survival("at_risk", "6", 17.0, numerator=17, unit="courses"),
    survival("survival_at", "24", None, note="nobody was followed so long"),
    survival("at_risk", "24", 0.0, numerator=0, unit="courses"),
]
CURVE = [
    survival("survival_at", level, estimate, measure="drug_survival_curve", ci_lower=low, ci_upper=high)
    for level, estimate, low, high in (("3", 0.9, 0.7, 0.97), ("6", 0.6, 0.4, 0.8), ("12", 0.0, 0.0, 0.2))
]


def rows(table: TableBlock | None) -> dict[str, tuple[str, ...]]:
    assert table is not None
    return {row.cells[0]: row.cells[1:] for row in table.rows}


def test_a_share_has_its_interval_and_how_many_are_at_risk() -> None:
    table = table_drug_survival(EstimateIndex(WHOLE))
    assert rows(table)["All courses"] == (
        "18/21",
        "2",
        "12.0 (6.0 or more)",
        "66.7 (41.1 to 83.1); 17",
        "\N{EN DASH} [a]",
    )
    assert table is not None
    assert "[a] Not estimated: nobody was followed so long." in table.notes


def test_a_study_without_curves_has_no_table_and_no_figure() -> None:
    index = EstimateIndex([])
    assert table_drug_survival(index) is None
    assert table_end_reason_incidence(index) is None
    assert table_hazard_ratios(index) is None
    assert plot_drug_survival(index) == []
    assert plot_end_reasons(index) is None


def test_the_curve_says_what_it_shows_to_who_cannot_see_it() -> None:
    (figure,) = plot_drug_survival(EstimateIndex([*WHOLE, *CURVE]))
    assert "All courses: 21 courses, last known share 0.0% at 12 months" in figure.alt
    assert figure.svg.startswith("<svg")


def test_regimens_have_a_curve_each_and_small_ones_are_named() -> None:
    groups = [
        survival(
            "survival_at", "6", 0.5, measure="drug_survival_curve", group=f"regimen={name}", denominator=n
        )
        for name, n in (("a + b", 12), ("a + c", 3), ("a + d", 1))
    ]
    figures = plot_drug_survival(EstimateIndex([*WHOLE, *CURVE, *groups]))
    assert [figure.name for figure in figures] == ["drug_survival", "drug_survival_by_regimen"]
    assert "1 smaller regimen is in the table." in figures[1].caption
    assert "A + b (n = 12)" in figures[1].svg


def test_reasons_stand_beside_how_many_ended_for_them() -> None:
    reasons = [
        survival(
            "incidence_at",
            reason,
            share,
            group=f"month={month}",
            measure=measure,
            ci_lower=0.05,
            ci_upper=0.42,
            ci_method=ROBUST,
            numerator=n,
        )
        for measure in ("end_reason_incidence", "end_reason_incidence_curve")
        for reason, month, share, n in (
            ("adverse_event", 6, 0.15, 3),
            ("adverse_event", 24, 0.15, 3),
            ("remission", 6, 0.1, 2),
            ("remission", 24, 0.36, 7),
        )
    ]
    index = EstimateIndex([*WHOLE, *reasons])
    table = table_end_reason_incidence(index)
    assert list(rows(table)) == ["Remission", "Adverse event"]
    assert rows(table)["Remission"] == ("10.0 (5.0 to 42.0); 2", "36.0 (5.0 to 42.0); 7")
    figure = plot_end_reasons(index)
    assert figure is not None
    assert "By 24 months: adverse event 15.0%; remission 36.0%" in figure.alt


def test_a_hazard_ratio_names_what_it_is_against_and_why_there_is_none() -> None:
    ratios = [
        survival(
            "hazard_ratio",
            "v a + b",
            estimate,
            measure="hazard_ratio",
            group=f"regimen={name}",
            ci_lower=low,
            ci_upper=high,
            note=note,
            numerator=1,
            denominator=2,
        )
        for name, estimate, low, high, note in (
            ("a + c", 1.858, 0.557, 6.19, "reference: 11 of 12 courses ended, in 12 patients"),
            ("a + d", None, None, None, "no end in this group; reference: 11 of 12 courses ended"),
        )
    ]
    table = table_hazard_ratios(EstimateIndex(ratios))
    found = rows(table)
    assert "By regimen, against a + b" in found
    assert found["A + c"] == ("1/2", "1.86 (0.56 to 6.19)")
    assert found["A + d"][1].startswith("\N{EN DASH}")
    assert table is not None
    assert any("No end in this group" in note for note in table.notes)


def test_the_last_reason_is_seen_though_all_end_on_one_day() -> None:
    found = {}
    for share in (1.0, 0.9):
        ended = survival(
            "incidence_at", "remission", share, group="month=5", measure="end_reason_incidence_curve"
        )
        figure = plot_end_reasons(EstimateIndex([*WHOLE, ended]))
        assert figure is not None
        found[share] = _steps(figure.svg, "#56b4e9")
    # The area goes on after the last end; where some are still followed, nobody knows how it goes on.
    assert found == {1.0: 3, 0.9: 2}


def _steps(svg: str, colour: str) -> int:
    """At how many places the area of a colour has a corner; its sign in the legend has two."""
    paths = re.findall(rf'<path d="([^"]+)"[^>]*fill: {colour}', svg)
    return max(len({round(float(x)) for x in re.findall(r"[ML] ([\d.]+) ", path)}) for path in paths)
