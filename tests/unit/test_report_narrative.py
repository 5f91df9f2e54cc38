"""Sentences: every number with its denominator and unit, and what is unknown."""

import re
from dataclasses import replace
from datetime import date

from invented_report import cases, count, estimates, one_sided, report_input, share

from cotreat.report.content import EstimateIndex
from cotreat.report.methods import build_legend, build_methods_text
from cotreat.report.narrative import build_results_text
from cotreat.report.sentences import build_share_sentence, compute_joined_text, compute_share_phrase

INDEX = EstimateIndex(estimates(cases()))
TEXT = " ".join(build_results_text(INDEX))


def sentences(*found: object) -> str:
    return " ".join(build_results_text(EstimateIndex(found)))  # type: ignore[arg-type]  # estimates


def test_a_share_in_words() -> None:
    e = replace(share("response", "pair", 14, 22), ci_lower=0.4156, ci_upper=0.8114)
    assert compute_share_phrase(e, with_interval=True) == "14 of 22 combinations (63.6%; 95% CI 41.6 to 81.1)"
    assert compute_share_phrase(replace(e, numerator=1, denominator=1)) == "1 of 1 combination (100.0%)"


def test_the_unknown_are_counted_behind_the_share() -> None:
    e = share("ongoing", "patient", 2, 8, missing=1)
    assert build_share_sentence("Ongoing were ", e) == (
        "Ongoing were 2 of 8 patients (25.0%; 95% CI 4.0 to 44.0); unknown in 1 patient."
    )


def test_lists_read_as_prose() -> None:
    assert [compute_joined_text(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_the_paragraphs_follow_the_study() -> None:
    first = [text.split(".")[0] for text in build_results_text(INDEX)]
    assert first[0] == "The study includes 9 patients, 11 combinations and 11 courses"
    assert first[2].startswith(
        "Among combinations with an assessable response, the response was complete in 5 of 9"
    )
    assert first[3] == "In all, 5 adverse events were recorded"
    assert len(first) == 5


def test_no_percentage_stands_without_its_counts() -> None:
    shares = re.sub(r"\d+ of \d+ [a-z ]+? \([^()]*\d%[^()]*\)", "", TEXT)
    assert not re.findall(r"[\d.]+%(?! CI)", shares)


def test_durations_say_how_many_are_censored() -> None:
    assert (
        "The median duration of the combination was 10.8 months (95% CI 8.6 to 12.9 months; IQR 3.0 to "
        "18.0 months; range 0.5 to 31.0 months; n = 10 combinations; unknown in 1 combination)"
    ) in TEXT
    assert "The durations of 3 combinations are censored: these were ongoing." in TEXT


def test_no_end_of_observation_is_invented() -> None:
    assert "In all, 3 of 11 combinations (27.3%; 95% CI 6.3 to 46.3) were recorded as ongoing." in TEXT
    assert "end of observation" not in TEXT


def test_nothing_is_judged() -> None:
    assert not re.search(
        r"\b(safe|safety|mild|well tolerated|effective|significant|good|better)\b", TEXT.lower()
    )


def test_zeros_of_special_interest_come_with_their_bound() -> None:
    assert (
        "Of major adverse cardiovascular event, serious infection and venous thromboembolism, none was "
        "recorded, each with 0 of 7 patients (0.0%; 95% CI 0.0 to 19.0; one-sided 95% upper bound 34.8%; "
        "unknown in 2 patients)."
    ) in TEXT
    zero = share("aesi", "patient", 0, 7, rule="any", level="serious_infection")
    assert sentences(zero, one_sided(zero)) == (
        "No serious infection was recorded: 0 of 7 patients (0.0%; 95% CI 0.0 to 19.0; one-sided 95% upper "
        "bound 34.8%)."
    )


def test_of_all_patients_at_least_so_many_had_an_event() -> None:
    assert "Counted over all patients, at least 4 of 9 patients had an adverse event." in TEXT
    known = share("patients_with_adverse_event", "patient", 4, 9, rule="any")
    assert "at least" not in sentences(known)


def test_unknowns_that_differ_stand_with_each_level() -> None:
    levels = [share("prior_therapy", "patient", 3, 8, rule="any", level="ciclosporin", missing=1)]
    levels.append(share("prior_therapy", "patient", 2, 6, rule="any", level="dupilumab", missing=3))
    assert sentences(*levels) == (
        "The previous systemic therapies were ciclosporin in 3 of 8 patients (37.5%; unknown in 1 patient) "
        "and dupilumab in 2 of 6 patients (33.3%; unknown in 3 patients)."
    )


def test_what_could_not_be_estimated_says_why() -> None:
    assert sentences(share("response", "pair", 0, 0, level="complete", missing=3)) == (
        "Among combinations with an assessable response, the response was not estimated: nobody whose "
        "answer is known."
    )


def test_long_lists_are_cut_and_say_so() -> None:
    levels = [share("disease", "patient", 9 - i, 45, rule="first", level=f"disease_{i}") for i in range(9)]
    text = sentences(*levels)
    assert "disease 5 in 4 of 45 patients (8.9%); 3 others are in the table." in text
    assert "disease 6" not in text


def test_the_same_number_is_not_given_twice() -> None:
    plain = share("response", "pair", 5, 9, level="complete")
    failure = replace(plain, rule="unassessable_as_failure")
    assert "counted as failure" not in sentences(plain, failure)
    assert "counted as failure" in sentences(plain, replace(failure, denominator=10))


def test_a_single_group_is_not_repeated() -> None:
    whole = share("response", "pair", 5, 9, level="complete")
    one = replace(whole, group="disease=vitiligo")
    assert "By disease" not in sentences(whole, one)
    assert "By disease" in sentences(whole, one, replace(whole, group="disease=psoriasis"))


def test_a_combination_is_counted_and_a_regimen_named() -> None:
    assert "By regimen, among those with an assessable response" in TEXT
    assert "By combination" not in TEXT


def test_events_are_counted_by_suspect_and_the_unknown_are_named() -> None:
    events = replace(count("adverse_events", "event", 13, patients=8), n_missing=4)
    suspects = [
        share("adverse_event_attribution", "event", n, 13, level=drug)
        for drug, n in (("baricitinib", 5), ("methotrexate", 5), ("dupilumab", 1))
    ]
    text = (
        "In all, 13 adverse events were recorded; unknown in 4 combinations. Of 13 adverse events, 5 were "
        "attributed to baricitinib, 5 to methotrexate and 1 to dupilumab."
    )
    assert sentences(events, *suspects) == text
    more = share("adverse_event_attribution", "event", 3, 13, level="upadacitinib")
    assert sentences(events, *suspects, more).endswith("Several drugs can be suspected of the same event.")


def test_one_patient_is_singular() -> None:
    assert sentences(count("patients", "patient", 1), count("pairs", "pair", 1)) == (
        "The study includes 1 patient and 1 combination."
    )


def test_nothing_is_said_of_what_was_not_studied() -> None:
    assert build_results_text(EstimateIndex([])) == ()


def test_methods_print_the_definitions_and_the_parameters_in_force() -> None:
    text = " ".join(build_methods_text(report_input()))
    assert "Anchor drugs were the drugs of the class JAK inhibitor." in text
    assert "Partner drugs were methotrexate and dupilumab." in text
    assert "Definition of response: Physician's judgement as recorded." in text
    assert "shorter than 28 days" in text
    assert "Clopper-Pearson, one-sided 95%; Clopper-Pearson, two-sided 95%; Wilson, 95%" in text
    assert "cotreat version 0.0.0" in text
    assert "suppressed" not in text


def test_methods_of_a_dated_database_name_the_parameters_in_force() -> None:
    tables = {"reader": "tables", "exposures": {"file": "a.csv", "no_end": {"days": 30}}}
    inputs = report_input(cutoff=date(2024, 12, 31), kind="database", source=tables)
    text = " ".join(build_methods_text(inputs))
    assert "gaps of up to 30 days" in text
    assert "An exposure with neither an end nor a supply was taken to last 30 days." in text
    assert "taken within 365 days of the first observed day" in text
    assert "Adverse events up to 30 days after the end" in text
    assert "Observation ended on 2024-12-31" in text
    assert "Counts below 5" in text


def test_methods_do_not_name_what_was_not_done() -> None:
    tables = {"reader": "tables", "exposures": {"file": "a.csv"}}
    text = " ".join(build_methods_text(report_input(results=[], source=tables)))
    assert "taken to be ongoing" in text
    assert "Adverse events" not in text
    assert "first observed day" not in text


def test_a_dated_case_table_is_not_said_to_join_exposures() -> None:
    text = " ".join(build_methods_text(report_input(cutoff=date(2024, 12, 31))))
    assert "as the source declares it" in text
    assert "from the recorded start to the recorded end, both days included" in text
    assert "gaps" not in text


def test_a_single_drug_is_singular() -> None:
    roles = {
        "anchor": {"drugs": ["adalimumab"]},
        "partner": {"drugs": ["methotrexate"], "classes": ["biologic"]},
    }
    text = build_methods_text(report_input(roles=roles))[0]
    assert "The anchor drug was adalimumab." in text
    assert "Partner drugs were methotrexate, and the drugs of the class biologic." in text


def test_the_legend_explains_the_rules_in_use_only() -> None:
    terms = [entry.term for entry in build_legend(INDEX).terms]
    assert "Rule “any”" in terms
    assert "Rule “longest”" not in terms


def test_a_share_that_is_not_estimated_makes_no_broken_sentence() -> None:
    nothing = [
        share("response", unit, 0, 0, rule=rule, level="complete")
        for unit, rule in (("pair", ""), ("patient", "best"))
    ]
    nothing.append(share("patients_with_adverse_event", "patient", 0, 0, rule="any"))
    nothing.append(share("ongoing", "pair", 0, 0))
    assert sentences(*nothing) == (
        "Among combinations with an assessable response, the response was not estimated: nobody whose "
        "answer is known. How many patients had an adverse event is not estimated: nobody whose answer is "
        "known."
    )
