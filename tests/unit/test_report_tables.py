"""Tables of the report, from estimates of an invented study."""

from dataclasses import replace

import pyarrow as pa
import pytest
from invented_report import cases, count, estimates, one_sided, report_input, share

from cotreat.analysis.results import Estimate
from cotreat.findings import Finding
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.tables_cases import build_absence_text, table_cases, table_finding_counts, table_findings
from cotreat.report.tables_further import LAID_OUT, table_further
from cotreat.report.tables_patients import build_glance, build_sources_text, table_characteristics
from cotreat.report.tables_response import table_complete_response, table_response
from cotreat.report.tables_safety import table_adverse_events, table_aesi, table_terms
from cotreat.report.tables_treatment import (
    table_doses,
    table_drugs,
    table_durations,
    table_end_reasons,
    table_reasons,
)

INDEX = EstimateIndex(estimates(cases()))


def cells(table: TableBlock | None) -> list[tuple[str, ...]]:
    assert table is not None
    return [row.cells for row in table.rows]


def row(table: TableBlock | None, first: str) -> tuple[str, ...]:
    return next(found for found in cells(table) if found[0] == first)


def test_table_1_shows_counts_over_the_known_and_names_the_unknown() -> None:
    table = table_characteristics(INDEX)
    assert cells(table)[:4] == [
        ("Sex, n/N (%)", ""),
        ("Female", "5/8 (62.5%)"),
        ("Male", "3/8 (37.5%)"),
        ("Unknown", "1 patient"),
    ]
    assert row(table, "Mean (SD)") == ("Mean (SD)", "41.3 (11.2)")
    assert row(table, "Range") == ("Range", "27 to 60")
    assert row(table, "None recorded")[1] == "5/8 (62.5%)"
    assert table is not None
    assert table.columns[1].heading == "Patients (N = 9)"


def test_table_1_says_when_rows_differ_in_what_is_unknown() -> None:
    levels = [share("prior_therapy", "patient", 3, 8, rule="any", level="ciclosporin", missing=1)]
    levels.append(share("prior_therapy", "patient", 2, 6, rule="any", level="dupilumab", missing=3))
    assert row(table_characteristics(EstimateIndex(levels)), "Unknown")[1] == "1 to 3 patients, by row"


def test_reasons_stand_from_the_most_frequent_down_and_end_with_the_unknown() -> None:
    assert [found[0] for found in cells(table_reasons(INDEX))] == [
        "Partial response to the anchor drug alone",
        "No response to the anchor drug alone",
        "Loss of response to the anchor drug alone",
        "Unknown",
    ]
    assert row(table_reasons(INDEX), "Unknown")[1] == "1 combination"


def test_response_keeps_unassessable_and_unknown_out_of_the_denominator_and_counts_them() -> None:
    table = table_response(INDEX)
    assert row(table, "All combinations") == (
        "All combinations",
        "5/9 (55.6%)",
        "34.6 to 74.6",
        "3/9 (33.3%)",
        "1/9 (11.1%)",
        "2",
    )
    assert [found[0] for found in cells(table)][1:5] == [
        "By disease",
        "Alopecia areata",
        "Atopic dermatitis",
        "Vitiligo",
    ]


def test_what_cannot_be_estimated_says_why() -> None:
    table = table_response(INDEX)
    assert table is not None
    assert row(table, "Unknown")[1] == "\N{EN DASH} [a]"
    assert "[a] Not estimated: nobody whose answer is known." in table.notes


def test_complete_response_under_every_unit_and_rule() -> None:
    assert [found[:2] for found in cells(table_complete_response(INDEX))] == [
        ("Combinations", "5/9 (55.6%)"),
        ("Combinations: not assessable counted as failure", "5/10 (50.0%)"),
        ("Patients: first combination", "4/7 (57.1%)"),
    ]


def test_durations_count_the_ongoing() -> None:
    table = table_durations(INDEX)
    assert row(table, "All combinations")[1:5] == ("10", "1", "3", "10.8 [3.0 to 18.0]")
    assert table is not None
    assert table.notes[0].startswith("Durations of ongoing combinations are censored")


def test_a_single_value_has_no_spread() -> None:
    assert row(table_durations(INDEX), "Vitiligo")[4:7] == ("3.0", "\N{EN DASH}", "3.0")


def test_doses_are_written_without_empty_decimals() -> None:
    assert row(table_doses(INDEX), "Baricitinib") == (
        "Baricitinib",
        "mg per day",
        "4",
        "0",
        "4 [4 to 4]",
        "2 to 4",
        "3.5 (1)",
    )
    assert row(table_doses(INDEX), "Methotrexate")[1:4] == ("mg per week", "3", "1")


def test_ongoing_combinations_have_no_end_reason() -> None:
    table = table_end_reasons(INDEX)
    assert table is not None
    assert row(table, "Remission")[1] == "3/7 (42.9%)"
    assert "Ongoing and therefore left out: 3." in table.notes[0]


def test_adverse_events_name_the_unknown_of_every_group() -> None:
    assert row(table_adverse_events(INDEX), "All") == (
        "All",
        "4/7 (57.1%)",
        "36.1 to 76.1",
        "2",
        "4/9 (44.4%)",
        "23.4 to 63.4",
        "2",
        "5",
    )
    assert row(table_terms(INDEX), "Nausea") == ("Nausea", "2/5 (40.0%)", "2/7 (28.6%)", "7.6 to 47.6", "2")


def test_every_table_of_events_says_of_whom_its_patients_are_a_share() -> None:
    whole, terms, special = table_adverse_events(INDEX), table_terms(INDEX), table_aesi(INDEX)
    assert whole is not None
    assert terms is not None
    assert special is not None
    assert "Counted over all patients, also the unknown: at least 4 of 9 patients." in whole.notes
    for table in (terms, special):
        assert "in whom it is known whether they had this event. N can differ" in table.notes[0]
    assert "seriousness of a recorded infection is unknown" in special.notes[0]


def test_a_zero_has_both_its_bounds() -> None:
    zero = row(table_aesi(INDEX), "Serious infection")
    assert zero == ("Serious infection", "0/7 (0.0%)", "0.0 to 19.0 [a]", "up to 34.8", "2")
    assert row(table_aesi(INDEX), "Herpes zoster")[3] == "\N{EN DASH}"


def test_a_table_of_several_methods_says_which_interval_has_which() -> None:
    wilson = share("partner_drug", "pair", 5, 9, level="methotrexate")
    exact = share("partner_drug", "pair", 0, 9, level="acitretin", method="Clopper-Pearson, two-sided 95 %")
    clusters = replace(exact, level="dupilumab", note="exact on patients")
    table = table_drugs(EstimateIndex([wilson, exact, clusters]))
    assert table is not None
    assert [found[2] for found in cells(table)[1:]] == ["34.6 to 74.6", "0.0 to 19.0 [a]", "0.0 to 19.0 [b]"]
    assert table.notes == (
        "CI: confidence interval (Wilson, 95% unless marked).",
        "[a] Interval: Clopper-Pearson, two-sided 95%.",
        "[b] Interval: Clopper-Pearson, two-sided 95%, exact on patients.",
    )
    only = table_drugs(EstimateIndex([wilson]))
    assert only is not None
    assert only.notes == ("CI: confidence interval (Wilson, 95%).",)


def test_the_order_of_the_two_bounds_does_not_matter() -> None:
    both = share("aesi", "patient", 0, 7, rule="any", level="mace", method="exact, two-sided 95 %")
    assert cells(table_aesi(EstimateIndex([one_sided(both), both])))[0][2:4] == ("0.0 to 19.0", "up to 34.8")


def test_glance_has_a_denominator_for_every_share() -> None:
    figures = {f.label: (f.value, f.detail) for f in build_glance(report_input()).figures}
    assert figures["Patients"] == ("9", "")
    assert figures["Combinations"] == ("11", "in 9 patients")
    assert figures["Complete responses"] == (
        "5 of 9",
        "combinations (55.6%; 95% CI 34.6 to 74.6); not assessable or unknown in 2",
    )
    assert figures["Cut-off"] == ("None", "durations as recorded, without dates")


def test_glance_names_the_combinations_whose_events_are_unknown() -> None:
    events = replace(count("adverse_events", "event", 13, patients=8), n_missing=4)
    figures = {f.label: f.detail for f in build_glance(report_input(results=[events])).figures}
    assert figures["Adverse events"] == "in 8 patients; unknown in 4 combinations"


def test_sources_say_what_was_read_and_used() -> None:
    assert build_sources_text(report_input()) == (
        "cases.csv (UTF-8, comma): 11 rows read, 11 used, 0 left out. The rows that are used belong to 9 "
        "patients."
    )


def test_a_source_of_one_row_is_singular() -> None:
    one = report_input()
    sources = pa.Table.from_pylist([{"file": "a.csv", "rows_read": 1, "rows_used": 1, "rows_left_out": 0}])
    assert "a.csv: 1 row read, 1 used, 0 left out." in build_sources_text(replace(one, sources=sources))


def test_the_case_table_says_unknown_none_and_ongoing_apart() -> None:
    table = table_cases(report_input())
    assert table is not None
    by_column = dict(zip([c.heading for c in table.columns], zip(*cells(table), strict=True), strict=True))
    assert by_column["Adverse events (attributed to)"][:3] == ("None", "Nausea (methotrexate)", "unknown")
    assert by_column["Months"][2:5] == ("22 (ongoing)", "0.5", "6")
    assert by_column["Reason for ending"][2] == "Ongoing"
    assert by_column["Reason for ending"][9] == "unknown"
    assert by_column["Next treatment"][:3] == ("None", "Upadacitinib", "Ongoing")
    assert by_column["Comorbidities"][:2] == ("Asthma; Crohn disease", "None")
    assert by_column["Anchor drug and dose (as recorded)"][0] == "Baricitinib 4 mg/day"
    assert by_column["Partner drug and dose (as recorded)"][0] == "Methotrexate 15 mg/week (orally)"
    assert table.is_wide


def test_a_column_that_no_case_has_is_left_out_and_named() -> None:
    rows = [found | {"sex": None} for found in cases()]
    table = table_cases(report_input(rows))
    assert table is not None
    assert "Sex" not in [c.heading for c in table.columns]
    assert table.notes[-1] == "Known of no case, and therefore no column: Sex."


@pytest.mark.parametrize(
    ("pairs", "kind", "expected"),
    [
        (11, "database", "under disclosure control (counts below 5 are suppressed)"),
        (201, "case_series", "201 combinations, and no more than 200"),
        (11, "case_series", "no listing of single cases was made"),
    ],
)
def test_a_missing_listing_says_why(pairs: int, kind: str, expected: str) -> None:
    inputs = report_input(results=[count("pairs", "pair", pairs)], with_listings=False, kind=kind)
    assert expected in build_absence_text(inputs, "cases")
    assert table_cases(inputs) is None


def test_findings_are_counted_and_listed_most_severe_first() -> None:
    found = [
        Finding("info", "unused_column", "a.csv"),
        Finding("warning", "dose_not_read", "a.csv", "", 7, "dose", "15 smg", "No unit.", "Correct it."),
        Finding("warning", "dose_not_read", "a.csv", "", 5, "dose", "?", "No unit.", "Correct it."),
    ]
    inputs = report_input(findings=found)
    assert cells(table_finding_counts(inputs)) == [
        ("warning", "Dose not read", "2"),
        ("info", "Unused column", "1"),
    ]
    assert cells(table_findings(inputs))[0] == (
        "warning",
        "a.csv, row 5, dose",
        "?",
        "No unit.",
        "Correct it.",
    )


def test_at_most_200_findings_are_listed_and_the_rest_is_counted() -> None:
    inputs = report_input(findings=[Finding("info", "note", "a.csv", row=i) for i in range(250)])
    table = table_findings(inputs)
    assert table is not None
    assert len(table.rows) == 200
    assert table.notes == ("50 more are in findings.csv.",)


def test_under_disclosure_control_findings_are_only_counted() -> None:
    inputs = report_input(findings=[Finding("info", "note", "a.csv")], kind="database")
    assert table_findings(inputs) is None
    assert table_finding_counts(inputs) is not None


def test_no_estimate_is_lost() -> None:
    rate = Estimate(
        "hospital_stay_rate", "event", "", "state=combination & sex=female", "", "rate", 55.12, 24.5, 106.6,
        "Garwood", 13, None, "per 100 patient-years",
    )  # fmt: skip
    assert cells(table_further(EstimateIndex([rate]))) == [
        (
            "Hospital stay rate",
            "Adverse events",
            "State: Combination; Sex: Female",
            "Rate",
            "55.12 per 100 patient-years",
            "24.5 to 106.6",
            "\N{EN DASH}",
        )
    ]
    assert table_further(INDEX) is None
    assert {e.measure for e in estimates(cases())} <= LAID_OUT


def test_a_suppressed_number_is_not_shown() -> None:
    nothing = {"estimate": None, "ci_lower": None, "ci_upper": None, "numerator": None, "denominator": None}
    hidden = replace(share("response", "pair", 3, 9, level="complete"), **nothing, note="suppressed: below 5")
    table = table_response(EstimateIndex([hidden]))
    assert table is not None
    assert row(table, "All combinations")[1:3] == ("\N{EN DASH} [a]", "\N{EN DASH}")
    assert "[a] Not estimated: suppressed: below 5." in table.notes


def test_a_row_has_as_many_cells_as_columns() -> None:
    with pytest.raises(ValueError, match="2 cells in a row of 1 columns"):
        TableBlock("t", "c", (Column("a"),), (Row(("1", "2")),))


def test_a_case_names_its_events_as_the_table_of_terms_does() -> None:
    events = "mean_corpuscular_volume_increased (methotrexate); tingling_lips"
    table = table_cases(report_input([cases()[0] | {"adverse_events": events}]))
    assert cells(table)[0][-1] == "Mean corpuscular volume increased (methotrexate); Tingling lips"


def test_without_an_analysis_of_events_no_case_is_said_to_have_had_none() -> None:
    without = [e for e in estimates(cases()) if e.measure != "pairs_with_adverse_event"]
    table = table_cases(report_input(results=without))
    assert table is not None
    assert "Adverse events (attributed to)" not in [c.heading for c in table.columns]
    assert table.notes[-1].endswith("no column: Adverse events (attributed to).")


def test_a_table_in_which_nothing_is_known_is_not_shown() -> None:
    nothing = [share("response", "pair", 0, 0, level="complete", missing=9)]
    assert table_response(EstimateIndex(nothing)) is None
    assert table_complete_response(EstimateIndex(nothing)) is None
    assert table_reasons(EstimateIndex([share("reason_started", "pair", 0, 0, level="x", missing=9)])) is None
    dose = Estimate(
        "anchor_dose_mg_day",
        "pair",
        "",
        "anchor_drug=baricitinib",
        "",
        "median",
        None,
        denominator=0,
        note="none",
    )
    assert table_doses(EstimateIndex([dose])) is None
