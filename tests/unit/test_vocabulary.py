"""The shipped words: each means one thing, and is found however it is spelt."""

import csv
import re
from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotreat.findings import Unparsed
from cotreat.readers.cells import build_cell_words
from cotreat.vocabulary import (
    LONGEST_TERM,
    WORD_FIELDS,
    Spelled,
    build_term_index,
    build_word_index,
    compute_edit_distance,
    parse_drug_phrase,
    parse_spelling_key,
    parse_spelling_keys,
    parse_term,
    parse_terms,
    read_ae_terms,
    read_aesi,
    read_atc_sources,
    read_conditions,
    read_drugs,
    read_instruments,
    read_lab_tests,
    read_risk_flags,
    read_therapies,
    read_word_spellings,
    read_words,
)

# File -> its headings and how many of them make its key.
FILES = {
    "ae_terms.csv": (
        ["term", "name", "ctcae_term", "group", "is_infection", "is_laboratory", "spellings"],
        1,
    ),
    "aesi.csv": (["aesi", "name", "term", "needs"], 3),
    "risk_flags.csv": (["flag", "name", "term"], 3),
    "atc_sources.csv": (["drug", "atc", "source_1", "source_2"], 2),
    "causality.csv": (["method", "item", "about", "yes", "no", "unknown"], 2),
    "checklist_items.csv": (["checklist", "item", "section", "asks", "answered_by", "still_open"], 2),
    "checklists.csv": (["checklist", "name", "full_name", "kinds", "doi"], 1),
    "ctcae.csv": (
        [
            "version",
            "term",
            "name",
            "test",
            "side",
            "grade",
            "value",
            "unit",
            "molar_value",
            "molar_unit",
            "limit_multiple",
            "limit_plus",
            "baseline_multiple",
            "baseline_sign",
            "baseline_when",
        ],
        6,
    ),
    "conditions.csv": (["condition", "name", "kind", "spellings"], 1),
    "dose_words.csv": (["kind", "value", "spelling"], 3),
    "drugs.csv": (
        [
            "drug",
            "name",
            "class",
            "subclass",
            "atc",
            "spellings",
            "mg_day_low",
            "mg_day_high",
            "common_routes",
        ],
        1,
    ),
    "criteria.csv": (
        [
            "criterion",
            "name",
            "instrument",
            "at_most",
            "at_least",
            "points",
            "percent",
            "diseases",
            "source",
        ],
        1,
    ),
    "instruments.csv": (["instrument", "name", "low", "high", "direction", "spellings"], 1),
    "lab_sources.csv": (["test", "fact", "value", "source_1", "source_2"], 3),
    "lab_tests.csv": (
        [
            "test",
            "name",
            "loinc",
            "unit",
            "low",
            "high",
            "can_be_zero",
            "molar_mass",
            "charge",
            "spellings",
        ],
        1,
    ),
    "therapies.csv": (["therapy", "name", "spellings"], 1),
    "ucum.csv": (["code", "prefixes", "value", "unit", "about"], 1),
    "unit_spellings.csv": (["spelling", "ucum"], 1),
    "words.csv": (["field", "level", "spelling"], 3),
}
VOCABULARIES: dict[str, Mapping[str, Spelled]] = {
    "drugs": read_drugs(),
    "therapies": read_therapies(),
    "conditions": read_conditions(),
    "ae_terms": read_ae_terms(),
    "instruments": read_instruments(),
    "lab_tests": read_lab_tests(),
}
INDEXES = {name: build_term_index(vocabulary) for name, vocabulary in VOCABULARIES.items()}
DRUGS_AND_THERAPIES = build_term_index(read_drugs(), read_therapies())
JAK_INHIBITORS = {
    "abrocitinib",
    "baricitinib",
    "delgocitinib",
    "deucravacitinib",
    "deuruxolitinib",
    "fedratinib",
    "filgotinib",
    "golidocitinib",
    "ivarmacitinib",
    "jaktinib",
    "momelotinib",
    "pacritinib",
    "peficitinib",
    "ritlecitinib",
    "ruxolitinib",
    "tofacitinib",
    "upadacitinib",
}


def _table(name: str) -> list[list[str]]:
    text = files("cotreat.vocabulary").joinpath(name).read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines()))


# --- the files ---


def test_every_file_of_the_folder_is_looked_at() -> None:
    shipped = {f.name for f in files("cotreat.vocabulary").iterdir() if f.name.endswith(".csv")}
    assert shipped == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_complete_sorted_and_unique(name: str) -> None:
    headings, key = FILES[name]
    first, *rows = _table(name)
    assert first == headings
    assert rows
    assert {len(row) for row in rows} == {len(headings)}
    assert len({tuple(row[:key]) for row in rows}) == len(rows)
    # These stand in the order in which their source asks.
    if name not in ("causality.csv", "checklist_items.csv", "checklists.csv"):
        assert all(before[:key] < after[:key] for before, after in pairwise(rows))


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_no_stray_blanks_and_no_empty_alternatives(name: str) -> None:
    for row in _table(name):
        for cell in row:
            assert cell == cell.strip()
            if "|" in cell:
                assert all(part == part.strip() != "" for part in cell.split("|")), row


@pytest.mark.parametrize("name", FILES)
def test_a_file_ends_its_lines_alike(name: str) -> None:
    data = files("cotreat.vocabulary").joinpath(name).read_bytes()
    assert b"\r" not in data
    assert data.endswith(b"\n")


@pytest.mark.parametrize("vocabulary", VOCABULARIES.values(), ids=VOCABULARIES)
def test_levels_are_snake_case_and_entries_have_names(vocabulary: Mapping[str, Any]) -> None:
    for level, entry in vocabulary.items():
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", level)
        assert entry.name[0].isupper()
        assert entry.spellings[0] == level.replace("_", " ")
        assert len(set(entry.spellings)) == len(entry.spellings)


def test_what_is_read_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        read_drugs()["new"] = read_drugs()["baricitinib"]  # type: ignore[index]  # what is tested
    with pytest.raises(FrozenInstanceError):
        read_drugs()["baricitinib"].name = "x"  # type: ignore[misc]  # what is tested


# --- one spelling, one meaning ---


@pytest.mark.parametrize("vocabulary", VOCABULARIES.values(), ids=VOCABULARIES)
def test_every_spelling_means_its_own_level(vocabulary: Mapping[str, Spelled]) -> None:
    index = build_term_index(vocabulary)
    for level, entry in vocabulary.items():
        for spelling in entry.spellings:
            assert parse_terms(spelling, index) == (level,), spelling
            assert parse_terms(f"  {spelling.upper()} ", index) == (level,), spelling


@pytest.mark.parametrize("field", WORD_FIELDS)
def test_every_word_of_a_field_means_its_own_level(field: str) -> None:
    index = build_word_index(field)
    for level, spellings in read_word_spellings(field).items():
        for spelling in spellings:
            assert parse_terms(spelling, index) == (level,), spelling
            assert all(read_words(field)[key] == level for key in parse_spelling_keys(spelling))


def test_drugs_and_therapies_can_be_searched_as_one() -> None:
    index = DRUGS_AND_THERAPIES
    assert parse_term("Oral corticosteroids", index) == "oral_corticosteroid"
    assert parse_term("cyclosporin", index) == "ciclosporin"


def test_two_levels_that_share_a_spelling_are_refused() -> None:
    one = {"gout": read_ae_terms()["gout"]}
    other = {"gout_2": read_conditions()["gout"]}
    with pytest.raises(ValueError, match=r"'gicht' means both 'gout' and 'gout_2'|'gout' means both"):
        build_term_index(one, other)


def test_the_fields_of_words_are_these() -> None:
    assert {row[0] for row in _table("words.csv")[1:]} == set(WORD_FIELDS)
    with pytest.raises(ValueError, match="There are no words for the field 'colour'"):
        read_words("colour")


@pytest.mark.parametrize(
    ("field", "levels"),
    [
        ("sex", {"female", "male"}),
        ("response", {"complete", "partial", "none", "unassessable"}),
        ("duration_unit", {"days", "weeks", "months", "years"}),
        (
            "route",
            {"oral", "subcutaneous", "intravenous", "intramuscular", "topical", "intralesional"},
        ),
        ("yes_no", {"yes", "no"}),
        ("severity", {"mild", "moderate", "severe", "life_threatening", "fatal"}),
    ],
)
def test_the_levels_of_a_field_are_these(field: str, levels: set[str]) -> None:
    assert set(read_word_spellings(field)) == levels


# --- spelling keys ---


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("haemorrhage", "hemorrhage"),
        ("Oedema", "edema"),
        ("cyclosporin", "Ciclosporin"),
        ("Zyklosporin", "ciclosporin"),
        ("sulphasalazine", "sulfasalazine"),
        ("Hypercholesterolaemia", "hypercolesterolemia"),
        ("hypertriglyceridemia", "hipertrigliceridemia"),
        ("herpes-zoster", "herpes_zoster"),
        ("attention deficit/hyperactivity disorder", "attention deficit hyperactivity disorder"),
        ("Crohn's disease", "Crohns disease"),
        ("Crohn\N{RIGHT SINGLE QUOTATION MARK}s disease", "crohns disease"),
        ("NÁUSEAS", "nauseas"),
        ("s.c.", "sc"),
        ("cataracts", "cataract"),
        ("Kortikosteroide", "corticosteroide"),
    ],
)
def test_one_word_in_two_spellings_has_one_key(one: str, other: str) -> None:
    assert parse_spelling_key(one) == parse_spelling_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("prednisone", "prednisolone"),
        ("gout", "gout?"),
        ("methotrexate", "methotrexate [...]"),
        ("methotrexate", "methotrexate ..."),
        ("ffa", "fa"),
        ("dm1", "dm11"),
        ("anemia", "anuria"),
        ("", "?"),
    ],
)
def test_two_words_keep_two_keys(one: str, other: str) -> None:
    assert parse_spelling_key(one) != parse_spelling_key(other)


@pytest.mark.parametrize("typed", ["Übelkeit", "Uebelkeit", "ubelkeit", "ÜBELKEIT"])
def test_an_umlaut_is_found_with_and_without_its_dots(typed: str) -> None:
    assert parse_term(typed, INDEXES["ae_terms"]) == "nausea"


@pytest.mark.parametrize("typed", ["Anämie", "Anaemie", "Anamie"])
def test_an_a_umlaut_is_found_written_out(typed: str) -> None:
    assert parse_term(typed, INDEXES["ae_terms"]) == "anemia"


def test_the_key_of_a_key_is_itself() -> None:
    for vocabulary in VOCABULARIES.values():
        for entry in vocabulary.values():
            for spelling in entry.spellings:
                key = parse_spelling_key(spelling)
                assert parse_spelling_key(key) == key, spelling


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "", 3),
        ("smg", "mg", 1),
        ("artharlgia", "arthralgia", 1),
        ("upadacitnib", "upadacitinib", 1),
        ("kitten", "sitting", 3),
        ("ca", "abc", 3),
    ],
)
def test_the_edit_distance(left: str, right: str, distance: int) -> None:
    assert compute_edit_distance(left, right, limit=9) == distance
    assert compute_edit_distance(right, left, limit=9) == distance


def test_a_distance_above_the_limit_is_the_limit_plus_one() -> None:
    assert compute_edit_distance("kitten", "sitting", limit=2) == 3
    assert compute_edit_distance("a", "abcdefgh", limit=2) == 3
    assert compute_edit_distance("kitten", "sitting", limit=3) == 3


# --- proposals ---


@pytest.mark.parametrize(
    ("text", "vocabulary", "proposal"),
    [
        ("upadacitnib", "drugs", "upadacitinib"),
        ("rituximap", "drugs", "rituximab"),
        ("Transminitis", "ae_terms", "transaminases_increased"),
        ("Artharlgia", "ae_terms", "arthralgia"),
        ("Intersticial granulomatous dermatitis", "conditions", "interstitial_granulomatous_dermatitis"),
        ("rheumathoid arthitis", "conditions", "rheumatoid_arthritis"),
        ("pulmonar sarcoidosis", "conditions", "pulmonary_sarcoidosis"),
        ("Renal trasplantation", "conditions", "renal_transplant"),
        ("zzzzzz", "drugs", ""),
        ("", "drugs", ""),
        ("xyz", "conditions", ""),
    ],
)
def test_a_near_word_is_proposed_and_not_used(text: str, vocabulary: str, proposal: str) -> None:
    found = parse_term(text, INDEXES[vocabulary])
    assert isinstance(found, Unparsed)
    assert (found.text, found.proposal) == (text, proposal)


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("gats", ""),  # one edit from two levels
        ("goat", "goat_level"),
        ("goax", "goat_level"),
        ("gxax", ""),  # two edits, and a word of four letters may have one
        ("got", ""),  # three letters are near everything
        ("leflunomie", "leflunomide"),
        ("lefunomie", "leflunomide"),  # two edits in nine letters
        ("lefunomi", ""),  # three
        ("trockene Lippen", ""),  # three, and all in one word
        ("intersticiel lung diseaze", "interstitial_lung_disease"),  # three edits in a long text
    ],
)
def test_how_far_a_proposal_reaches(text: str, proposal: str) -> None:
    index = build_term_index(
        extra={
            "goat_level": ["goat"],
            "cats": [],
            "rats": [],
            "leflunomide": [],
            "interstitial_lung_disease": ["interstitial lung disease"],
            "dry_eye": ["trockene Augen"],
        }
    )
    found = parse_term(text, index)
    assert (found.proposal if isinstance(found, Unparsed) else found) == proposal


def test_an_overlong_text_is_refused_unread() -> None:
    index = INDEXES["drugs"]
    for found in (parse_term("a" * 10**6, index), parse_drug_phrase("a" * 10**6, index)):
        assert isinstance(found, Unparsed)
        assert found.proposal == ""
        assert len(found.text) < LONGEST_TERM
        assert "has 1000000 characters" in found.why


@given(st.text(max_size=60))
def test_no_text_breaks_the_lookup(text: str) -> None:
    found = parse_term(text, DRUGS_AND_THERAPIES)
    assert isinstance(found, Unparsed) or found in read_drugs() or found in read_therapies()
    phrase = parse_drug_phrase(text, DRUGS_AND_THERAPIES)
    assert isinstance(phrase, Unparsed) or phrase[0] in read_drugs() or phrase[0] in read_therapies()


# --- the protocol's own spellings ---


def test_spellings_of_the_protocol_win() -> None:
    index = build_term_index(
        read_drugs(), extra={"upadacitinib": ["upadacitnib"], "prednisolone": ["Prednisone"]}
    )
    assert parse_term("Upadacitnib", index) == "upadacitinib"
    assert parse_term("prednisone", index) == "prednisolone"


def test_a_level_of_the_protocol_alone_is_allowed_and_known_by_its_name() -> None:
    index = build_term_index(read_drugs(), extra={"study_drug": ["ABC-123"]})
    assert parse_term("abc 123", index) == "study_drug"
    assert parse_term("Study drug", index) == "study_drug"


def test_one_spelling_under_two_levels_of_the_protocol_means_both() -> None:
    index = build_term_index(
        extra={
            "ineffectiveness": ["No response and adverse effects", "No response"],
            "adverse_event": ["No response and adverse effects"],
        }
    )
    assert parse_terms("no response and adverse effects", index) == ("ineffectiveness", "adverse_event")
    assert parse_term("no response and adverse effects", index) == "ineffectiveness"
    assert parse_terms("No response", index) == ("ineffectiveness",)


def test_a_sign_can_be_a_spelling_of_the_protocol() -> None:
    index = build_word_index("response", extra={"none": ["-"], "partial": ["+"], "complete": ["++"]})
    assert [parse_term(sign, index) for sign in ("-", " + ", "++")] == ["none", "partial", "complete"]


def test_words_of_a_field_can_be_added_to() -> None:
    index = build_word_index("sex", extra={"female": ["2"], "male": ["1"]})
    assert [parse_term(t, index) for t in ("2", "1", "Mujer", "Männer", "Frau")] == [
        "female",
        "male",
        "female",
        "male",
        "female",
    ]


@pytest.mark.parametrize("letter", ["M", "m", "H", "h."])
def test_a_letter_that_is_a_man_in_one_language_and_a_woman_in_another_is_left_to_the_user(
    letter: str,
) -> None:
    assert isinstance(parse_term(letter, build_word_index("sex")), Unparsed)
    assert parse_term(letter, build_word_index("sex", extra={"male": ["M", "H"]})) == "male"


@pytest.mark.parametrize("letter", ["F", "f.", "w", "W"])
def test_a_letter_that_is_a_woman_in_every_language_is_known(letter: str) -> None:
    assert parse_term(letter, build_word_index("sex")) == "female"


def _absence(text: str) -> tuple[bool, bool]:
    """Whether a cell says that there was none, and whether it says nothing."""
    shipped = read_word_spellings("absence")
    words = build_cell_words(
        none=shipped["none"], unknown=shipped["unknown"], ongoing=[], switched_to=[], joiners=[]
    )
    return words.is_none(text), words.is_unknown(text)


@pytest.mark.parametrize(
    "text",
    [
        "no refiere",
        "Sin EA",
        "keine UAW",
        "None reported",
        "no AE",
        "No adverse events",
        "ninguno",
        "Ninguna",
        "keine",
        "Sin efectos adversos",
        "no efectos adversos",
        "keine Nebenwirkungen",
    ],
)
def test_a_cell_that_says_none(text: str) -> None:
    assert _absence(text) == (True, False)


@pytest.mark.parametrize(
    "text", ["n/a", "N.A.", "N/A", "no consta", "not recorded", "not reported", "Pendiente", "pending", "-"]
)
def test_a_cell_that_says_nothing(text: str) -> None:
    assert _absence(text) == (False, True)


# --- a drug at the start of a text ---


@pytest.mark.parametrize(
    ("text", "drug", "rest"),
    [
        ("Baricitinib 4 mg/day", "baricitinib", "4 mg/day"),
        ("Baricitinib4mg/day", "baricitinib", "4mg/day"),
        ("Mycophenolate mofetil 1 g bid", "mycophenolate", "1 g bid"),
        ("mycophenolate 1 g bid", "mycophenolate", "1 g bid"),
        ("Methotrexate: 15 mg/week (orally)", "methotrexate", "15 mg/week (orally)"),
        ("• MTX, 15 mg", "methotrexate", "15 mg"),
        ("Baricitinib (Olumiant) 4 mg", "baricitinib", "4 mg"),
        ("Baricitinib (orally) 4 mg", "baricitinib", "(orally) 4 mg"),
        ("Ciclosporin A 100 mg/12 h", "ciclosporin", "100 mg/12 h"),
        ("6-MP 50 mg", "mercaptopurine", "50 mg"),
        ("FK506 2 mg", "tacrolimus", "2 mg"),
        ("Tacrolimus .5 mg/12h", "tacrolimus", ".5 mg/12h"),
        ("Tacrolimus ,5 mg", "tacrolimus", ",5 mg"),
        ("Tacrolimus (Prograf) ,5 mg", "tacrolimus", ",5 mg"),
        ("Tacrolimus,5 mg", "tacrolimus", "5 mg"),
        ("Metotrexato", "methotrexate", ""),
        ("Decortin H 5 mg", "prednisolone", "5 mg"),
        ("Decortin 5 mg", "prednisone", "5 mg"),
        ("Methotrexate? 15 mg", "methotrexate", "? 15 mg"),
        ("Mycofenolat mofetyl 1 g", "mycophenolate", "1 g"),
        ("Baricitinib mofetil 4 mg", "baricitinib", "mofetil 4 mg"),
    ],
)
def test_the_drug_at_the_head_of_a_text(text: str, drug: str, rest: str) -> None:
    assert parse_drug_phrase(text, INDEXES["drugs"]) == (drug, rest)


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("upadacitnib 30 mg/day monotherapy", "upadacitinib"),
        ("certolizumap pegol 200 mg", "certolizumab_pegol"),
        ("switched to baricitinib", ""),
        ("4 mg", ""),
        ("(baricitinib)", ""),
        ("", ""),
        ("?", ""),
        ("Baricitinibmethotrexate", ""),
    ],
)
def test_no_drug_at_the_head_of_a_text(text: str, proposal: str) -> None:
    found = parse_drug_phrase(text, INDEXES["drugs"])
    assert isinstance(found, Unparsed)
    assert found.proposal == proposal


# --- drugs ---


def test_the_jak_inhibitors_on_the_market_are_there() -> None:
    shipped = {d.drug for d in read_drugs().values() if d.drug_class == "jak_inhibitor"}
    assert shipped >= JAK_INHIBITORS
    assert all(drug.endswith("tinib") for drug in shipped)


@pytest.mark.parametrize(
    ("drug", "drug_class"),
    [
        ("baricitinib", "jak_inhibitor"),
        ("deucravacitinib", "jak_inhibitor"),
        ("methotrexate", "conventional_immunomodulator"),
        ("ciclosporin", "conventional_immunomodulator"),
        ("tacrolimus", "conventional_immunomodulator"),
        ("azathioprine", "conventional_immunomodulator"),
        ("mycophenolate", "conventional_immunomodulator"),
        ("prednisone", "systemic_corticosteroid"),
        ("dupilumab", "biologic"),
        ("adalimumab", "biologic"),
        ("apremilast", "phosphodiesterase_4_inhibitor"),
        ("acitretin", "retinoid"),
        ("minoxidil", "vasodilator"),
    ],
)
def test_the_class_of_a_drug(drug: str, drug_class: str) -> None:
    assert read_drugs()[drug].drug_class == drug_class


def test_the_classes_are_these() -> None:
    assert {d.drug_class for d in read_drugs().values()} == {
        "aldosterone_antagonist",
        "antibiotic",
        "antipsoriatic",
        "aryl_hydrocarbon_receptor_agonist",
        "biologic",
        "btk_inhibitor",
        "complement_inhibitor",
        "conventional_immunomodulator",
        "five_alpha_reductase_inhibitor",
        "jak_inhibitor",
        "phosphodiesterase_4_inhibitor",
        "psoralen",
        "retinoid",
        "rock2_inhibitor",
        "s1p_receptor_modulator",
        "systemic_corticosteroid",
        "topical_calcineurin_inhibitor",
        "topical_corticosteroid",
        "vasodilator",
    }


@pytest.mark.parametrize(
    ("drug", "mg_day", "plausible"),
    [
        ("baricitinib", 4, True),
        ("baricitinib", 40, False),
        ("methotrexate", 15 / 7, True),
        ("methotrexate", 15, False),  # a weekly dose taken for a daily one
        ("dupilumab", 600 / 14, True),
        ("dupilumab", 300, False),
        ("upadacitinib", 15, True),
        ("prednisone", 40, True),
        ("ciclosporin", 200, True),
        ("tacrolimus", 2.5, True),
        ("ruxolitinib", 40, True),
        ("adalimumab", 40 / 14, True),
    ],
)
def test_a_plausible_dose_in_mg_per_day(drug: str, mg_day: float, plausible: bool) -> None:
    entry = read_drugs()[drug]
    assert entry.mg_day_low is not None
    assert entry.mg_day_high is not None
    assert (entry.mg_day_low <= mg_day <= entry.mg_day_high) is plausible


def test_dose_ranges_and_routes_are_complete() -> None:
    routes = set(read_word_spellings("route"))
    for drug in read_drugs().values():
        assert (drug.mg_day_low is None) == (drug.mg_day_high is None), drug.drug
        if drug.mg_day_low is not None and drug.mg_day_high is not None:
            assert 0 < drug.mg_day_low < drug.mg_day_high, drug.drug
        else:
            assert "topical" in drug.common_routes, drug.drug
        assert drug.common_routes, drug.drug
        assert set(drug.common_routes) <= routes, drug.drug


def test_an_atc_code_has_two_sources_and_one_drug() -> None:
    codes = [(drug.drug, code) for drug in read_drugs().values() for code in drug.atc]
    sources = read_atc_sources()
    assert sorted(codes) == [(s.drug, s.atc) for s in sources]
    assert all(re.fullmatch(r"[A-Z]\d\d[A-Z]{2}\d\d", code) for _, code in codes)
    assert len({code for _, code in codes}) == len(codes)
    assert all(s.source_1 and s.source_2 and s.source_1 != s.source_2 for s in sources)


@pytest.mark.parametrize(
    ("drug", "atc"),
    [
        ("baricitinib", ("L04AF02", "L04AA37")),
        ("upadacitinib", ("L04AF03", "L04AA44")),
        ("tofacitinib", ("L04AF01", "L04AA29")),
        ("ritlecitinib", ("L04AF08",)),
        ("abrocitinib", ("D11AH08",)),
        ("methotrexate", ("L04AX03", "L01BA01")),
        ("dupilumab", ("D11AH05",)),
        ("prednisone", ("H02AB07",)),
        ("ivarmacitinib", ()),
    ],
)
def test_the_atc_codes_of_a_drug(drug: str, atc: tuple[str, ...]) -> None:
    assert read_drugs()[drug].atc == atc


# --- conditions and adverse events ---


def test_the_kinds_of_conditions() -> None:
    conditions = read_conditions()
    assert {c.kind for c in conditions.values()} == {"disease", "comorbidity", "risk_factor"}
    assert conditions["alopecia_areata"].kind == "disease"
    assert conditions["asthma"].kind == "comorbidity"
    assert conditions["smoker"].kind == "risk_factor"


def test_groups_and_flags_of_adverse_events_agree() -> None:
    terms = read_ae_terms()
    for term in terms.values():
        assert term.is_laboratory == (term.group == "laboratory"), term.term
        assert term.is_infection == (term.group == "infection"), term.term
    shared = [t.ctcae_term for t in terms.values() if t.ctcae_term]
    assert len(set(shared)) == len(shared)


@pytest.mark.parametrize(
    ("term", "ctcae_term"),
    [
        ("herpes_zoster", "Shingles"),
        ("lymphopenia", "Lymphocyte count decreased"),
        ("neutropenia", "Neutrophil count decreased"),
        ("cpk_increased", "CPK increased"),
        ("hypercholesterolemia", "Cholesterol high"),
        ("weight_increased", "Weight gain"),
        ("herpes_simplex", ""),
        ("gout", ""),
        ("acne", ""),
    ],
)
def test_the_ctcae_term(term: str, ctcae_term: str) -> None:
    assert read_ae_terms()[term].ctcae_term == ctcae_term


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Herpes simplex oral infection", "herpes_simplex_oral"),
        ("herpes simplex infection", "herpes_simplex"),
        ("Hypercolesterolemia", "hypercholesterolemia"),
        ("hypertrigliceridemia", "hypertriglyceridemia"),
        ("mean corpuscular volume increase", "mean_corpuscular_volume_increased"),
        ("Oral intolerance", "oral_intolerance"),
        ("weight increase", "weight_increased"),
        ("gota", "gout"),
        ("Gürtelrose", "herpes_zoster"),
        ("trombosis venosa profunda", "deep_vein_thrombosis"),
        ("Infarto de miocardio", "myocardial_infarction"),
        ("Infarto agudo de miocardio", "myocardial_infarction"),
        ("Embolia pulmonar", "pulmonary_embolism"),
        ("tromboembolia pulmonar", "pulmonary_embolism"),
        ("CK elevada", "cpk_increased"),
        ("Elevación de CK", "cpk_increased"),
        ("aumento de CK", "cpk_increased"),
        ("CPK elevada", "cpk_increased"),
        ("herpes simple labial", "herpes_labialis"),
        ("Herpes simplex labialis", "herpes_labialis"),
        ("transaminitis", "transaminases_increased"),
        ("hipertransaminasemia", "transaminases_increased"),
        ("hiperlipidemia", "hyperlipidemia"),
        ("dislipemia", "dyslipidemia"),
    ],
)
def test_the_term_of_an_adverse_event(text: str, term: str) -> None:
    assert parse_term(text, INDEXES["ae_terms"]) == term


@pytest.mark.parametrize("text", ["herpes", "thrombosis", "squamous cell carcinoma", "hepatitis"])
def test_a_word_that_can_mean_two_events_is_left_to_the_user(text: str) -> None:
    assert isinstance(parse_term(text, INDEXES["ae_terms"]), Unparsed)


@pytest.mark.parametrize(
    ("vocabulary", "abbreviation"),
    [
        ("conditions", "DM"),  # dermatomyositis, diabetes
        ("conditions", "HBP"),  # high blood pressure, hiperplasia benigna de próstata
        ("conditions", "AA"),  # alopecia areata, androgenetic alopecia
        ("conditions", "AD"),  # atopic dermatitis, Alzheimer's disease
        ("conditions", "DA"),  # dermatitis atópica, demencia de Alzheimer
        ("conditions", "AF"),  # atrial fibrillation, antecedentes familiares
        ("conditions", "TEA"),  # autismo, tromboendarterectomía
        ("conditions", "HS"),  # hidradenitis suppurativa, herpes simplex
        ("conditions", "AFF"),  # alopecia frontal fibrosante, atypical femoral fracture
        ("conditions", "PPP"),  # palmoplantar pustulosis, palmoplantar psoriasis
        ("conditions", "CED"),  # chronisch-entzündliche Darmerkrankung, celiac disease
        ("conditions", "MS"),  # multiple sclerosis, mitral stenosis
        ("conditions", "RA"),  # rheumatoid arthritis, rinitis alérgica
        ("conditions", "UC"),  # ulcerative colitis, urticaria crónica
        ("conditions", "PA"),
        ("conditions", "MI"),
        ("ae_terms", "PE"),  # pulmonary embolism, pleural effusion
        ("ae_terms", "AIT"),  # accidente isquémico transitorio, Autoimmunthyreoiditis
        ("ae_terms", "MI"),
        ("ae_terms", "HZ"),
        ("ae_terms", "SCC"),
        ("therapies", "UVB"),  # narrow-band or broad-band
        ("drugs", "AZT"),  # azathioprine, zidovudine
    ],
)
def test_an_abbreviation_of_two_things_is_left_to_the_user(vocabulary: str, abbreviation: str) -> None:
    found = parse_term(abbreviation, INDEXES[vocabulary])
    assert isinstance(found, Unparsed)
    assert found.proposal == ""


@pytest.mark.parametrize(
    ("vocabulary", "abbreviation", "level"),
    [
        ("conditions", "PsA", "psoriatic_arthritis"),
        ("conditions", "DM2", "diabetes_type_2"),
        ("conditions", "HTA", "hypertension"),
        ("ae_terms", "IAM", "myocardial_infarction"),
        ("ae_terms", "DVT", "deep_vein_thrombosis"),
        ("therapies", "NB-UVB", "narrowband_uvb"),
        ("drugs", "MTX", "methotrexate"),
        ("drugs", "CsA", "ciclosporin"),
    ],
)
def test_an_abbreviation_of_one_thing_is_known(vocabulary: str, abbreviation: str, level: str) -> None:
    assert parse_term(abbreviation, INDEXES[vocabulary]) == level


def test_the_events_of_special_interest() -> None:
    assert set(read_aesi()) == {
        "anemia",
        "arterial_thromboembolism",
        "cpk_increased",
        "gi_perforation",
        "herpes_simplex",
        "herpes_zoster",
        "lipids_increased",
        "liver_enzymes_increased",
        "lymphopenia",
        "mace",
        "malignancy",
        "neutropenia",
        "nmsc",
        "serious_infection",
        "thrombocytopenia",
        "venous_thromboembolism",
    }
    for aesi in read_aesi().values():
        assert aesi.terms
        assert {t.term for t in aesi.terms} <= set(read_ae_terms()), aesi.aesi


def test_a_risk_is_shown_by_known_conditions() -> None:
    flags = read_risk_flags()
    assert set(flags) == {"cardiovascular", "malignancy", "smoker", "vte"}
    for risk in flags.values():
        assert set(risk.terms) <= set(read_conditions()), risk.flag
    assert flags["smoker"].terms == ("former_smoker", "smoker")


def test_a_serious_infection_is_any_infection_that_is_serious() -> None:
    serious = read_aesi()["serious_infection"].terms
    assert {t.term for t in serious} == {t.term for t in read_ae_terms().values() if t.is_infection}
    assert {t.needs for t in serious} == {"serious"}
    others = [t for a in read_aesi().values() if a.aesi != "serious_infection" for t in a.terms]
    assert {t.needs for t in others} == {""}


def test_a_cancer_is_a_malignancy_or_a_nonmelanoma_skin_cancer() -> None:
    malignancy = {t.term for t in read_aesi()["malignancy"].terms}
    nmsc = {t.term for t in read_aesi()["nmsc"].terms}
    neoplasms = {t.term for t in read_ae_terms().values() if t.group == "neoplasm"}
    assert malignancy.isdisjoint(nmsc)
    assert neoplasms - malignancy - nmsc == {"skin_papilloma"}
    assert {t.term for t in read_aesi()["venous_thromboembolism"].terms} == {
        "deep_vein_thrombosis",
        "pulmonary_embolism",
        "venous_thromboembolism",
    }


# --- scores ---


@pytest.mark.parametrize(
    ("text", "instrument", "low", "high"),
    [
        ("SALT", "salt", 0, 100),
        ("EASI", "easi", 0, 72),
        ("vIGA-AD", "iga", 0, 4),
        ("PASI", "pasi", 0, 72),
        ("DLQI", "dlqi", 0, 30),
        ("POEM", "poem", 0, 28),
        ("PP-NRS", "pp_nrs", 0, 10),
        ("SCORAD", "scorad", 0, 103),
    ],
)
def test_a_score_has_the_range_of_its_publication(
    text: str, instrument: str, low: float, high: float
) -> None:
    found = read_instruments()[instrument]
    assert parse_term(text, build_term_index(read_instruments())) == instrument
    assert (found.low, found.high, found.direction) == (low, high, "lower_is_better")


def test_an_itch_score_that_is_not_the_peak_is_not_taken_for_it() -> None:
    assert isinstance(parse_term("NRS", build_term_index(read_instruments())), Unparsed)
