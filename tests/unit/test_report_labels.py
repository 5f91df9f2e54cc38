"""Levels in print: names of the vocabulary where it knows them, else their own words."""

import pytest

from cotreat.report.labels import (
    compute_label,
    compute_phrase,
    compute_rule_phrase,
    compute_terms_label,
    compute_unit_noun,
)


@pytest.mark.parametrize(
    ("level", "measure", "phrase"),
    [
        ("alopecia_areata", "disease", "alopecia areata"),
        ("crohn_disease", "comorbidity", "Crohn disease"),
        ("iga_nephropathy", "comorbidity", "IgA nephropathy"),
        ("covid_19", "adverse_event_term", "COVID-19"),
        ("crp_increased", "adverse_event_term", "C-reactive protein increased"),
        ("baricitinib + methotrexate", "regimen", "baricitinib + methotrexate"),
        ("our_own_level", "reason_started", "our own level"),
        ("none", "response", "no response"),
        ("none", "comorbidity", "none recorded"),
        ("none", "next_treatment", "no other treatment"),
        ("unassessable", "monotherapy_response", "not assessable"),
        ("jak_inhibitor", "drug_class", "JAK inhibitor"),
    ],
)
def test_a_level_inside_a_sentence(level: str, measure: str, phrase: str) -> None:
    assert compute_phrase(level, measure) == phrase


def test_a_level_alone_has_a_capital_letter() -> None:
    assert compute_label("upadacitinib + dupilumab", "regimen") == "Upadacitinib + dupilumab"
    assert compute_terms_label("asthma; crohn_disease", "comorbidity") == "Asthma; Crohn disease"


def test_units_are_counted_by_name() -> None:
    assert compute_unit_noun("pair", 1) == "combination"
    assert compute_unit_noun("pair", 0) == "combinations"
    assert compute_unit_noun("event", 2) == "adverse events"


def test_a_rule_in_words() -> None:
    assert compute_rule_phrase("") == ""
    assert compute_rule_phrase("best, unassessable_as_failure") == (
        "best response; not assessable counted as failure"
    )
