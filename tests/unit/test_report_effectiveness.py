"""Effectiveness in words, regimens side by side, and the log-rank test only where it was asked for."""

from dataclasses import replace

from cotreat.analysis.results import Estimate
from cotreat.report.content import EstimateIndex
from cotreat.report.narrative_effectiveness import build_effectiveness_text
from cotreat.report.tables import ABSENT
from cotreat.report.tables_between import table_between_regimens
from cotreat.report.tables_followups import table_time_to_next
from cotreat.report.tables_survival import table_hazard_ratios

REFERENCE = "against baricitinib + dupilumab, 6 of 16"


def share(
    measure: str, unit: str, level: str, hits: int, n: int, *, statistic: str = "proportion", **more: object
) -> Estimate:
    given = {"rule": "", "group": "", "estimate": hits / n, "ci_lower": 0.1, "ci_upper": 0.9} | more
    return Estimate(  # type: ignore[arg-type] # the rest is given by name
        measure, unit, level=level, statistic=statistic, numerator=hits, denominator=n, ci_method="m", **given
    )


def words(*found: Estimate) -> str:
    return "\n".join(build_effectiveness_text(EstimateIndex(found)))


def test_both_ways_of_counting_what_is_missing_stand_side_by_side() -> None:
    found = [
        share("response_at_week", "pair", "easi75", 5, n, rule=rule, group="week=24", n_missing=missing)
        for rule, n, missing in (("non_responder_imputation", 12, 0), ("as_observed", 8, 4))
    ]
    assert words(*found) == (
        "At week 24, EASI-75 was met in 5 of 12 combinations (41.7%; 95% CI 10.0 to 90.0), with missing "
        "scores counted as failure. Of those with a score, it was met in 5 of 8 combinations (62.5%; "
        "95% CI 10.0 to 90.0); without a score in 4 combinations."
    )


def test_the_contrast_is_described_and_never_called_an_effect() -> None:
    said = words(
        share("response_on_anchor_alone", "patient", "complete", 1, 14, rule="first"),
        share("response_on_combination", "patient", "complete", 9, 14, rule="first"),
        share(
            "response_difference",
            "patient",
            "complete",
            8,
            14,
            statistic="difference",
            rule="first",
            ci_lower=0.25,
            ci_upper=0.75,
        ),
        *(
            share("response_difference", "patient", "complete", n, 14, statistic=s, rule="first")
            for s, n in (("improved", 9), ("worsened", 1))
        ),
    )
    assert (
        "complete in 1 alone and in 9 on the combination (difference +57.1 percentage points; 95% CI" in said
    )
    assert "9 became complete and 1 were complete no longer" in said
    assert said.endswith("this is described and is not an effect.")


def test_a_median_that_was_not_reached_is_said() -> None:
    median = share("drug_survival", "course", "", 3, 21, statistic="median", rule="longest", estimate=None)
    assert words(median) == (
        "The median time on the combination was not reached (3 of 21 courses had ended)."
    )


def test_what_followed_is_told_at_the_last_month_that_is_known() -> None:
    found = [
        share(
            "time_to_next_treatment",
            "patient",
            level,
            n,
            9,
            statistic="incidence_at",
            rule="first",
            group=f"month={month}",
            estimate=None if month == 12 else n / 9,
        )
        for month in (6, 12)
        for level, n in (("death", 0), ("another_drug", 3))
    ]
    assert words(*found) == (
        "Of 9 patients whose combination ended, within 6 months after the first that did there followed "
        "another drug of the study in 33.3% (95% CI 10.0 to 90.0; 3) and death in 0.0% (95% "
        "CI 10.0 to 90.0; 0)."
    )


def test_a_month_that_is_suppressed_leaves_its_cell_and_no_hole() -> None:
    """What may not be shown has no denominator; nobody to ask about has one of 0."""
    found = [
        share(
            "time_to_next_treatment",
            "patient",
            "death",
            7,
            90,
            statistic="incidence_at",
            rule="first",
            group=f"month={month}",
            estimate=None if month == 6 else 7 / 90,
        )
        for month in (6, 12)
    ]
    found[0] = replace(found[0], numerator=None, denominator=None, note="suppressed")
    table = table_time_to_next(EstimateIndex(found))
    assert table is not None
    (row,) = table.rows
    assert row.cells[1].startswith(f"{ABSENT} [")
    assert row.cells[2].startswith("7.8%")
    assert row.cells[3] == ABSENT


def test_regimens_stand_against_the_most_frequent_one() -> None:
    given = {"group": "regimen=baricitinib + prednisone", "note": f"{REFERENCE}; described"}
    table = table_between_regimens(
        EstimateIndex(
            [
                share(
                    "response_between_regimens",
                    "pair",
                    "complete",
                    2,
                    5,
                    statistic="difference",
                    **given | {"estimate": 0.025, "ci_lower": -0.355, "ci_upper": 0.445},
                ),
                share(
                    "response_between_regimens",
                    "pair",
                    "complete",
                    2,
                    5,
                    statistic="ratio",
                    **given
                    | {"estimate": 1.07, "ci_lower": None, "ci_upper": None}
                    | {"note": f"{REFERENCE}; no interval: fewer than 10 patients on one side"},
                ),
            ]
        )
    )
    assert table is not None
    heading, row = table.rows
    assert heading.cells[0] == f"Complete response, {REFERENCE}"
    assert row.cells == ("Baricitinib + prednisone", "2/5 (40.0%)", "+2.5 (-35.5 to 44.5)", "1.07 [a]")
    assert "[a] No interval: fewer than 10 patients on one side." in table.notes


def test_a_log_rank_test_stands_below_the_hazard_ratios() -> None:
    found = [
        share(
            "hazard_ratio", "course", "v a", 3, 9, statistic="hazard_ratio", rule="longest", group="regimen=b"
        ),
        share(
            "hazard_ratio",
            "course",
            "regimen",
            9,
            20,
            statistic="p_value",
            rule="longest",
            estimate=0.0004,
            note="2 groups",
        ),
    ]
    table = table_hazard_ratios(EstimateIndex(found))
    assert table is not None
    assert "Log-rank test by regimen: p < 0.001 (2 groups)." in table.notes
    without = table_hazard_ratios(EstimateIndex(found[:1]))
    assert without is not None
    assert "Log-rank" not in " ".join(without.notes)
