"""Cells of a manuscript's tables, by the words of their row, their column and the caption."""

import re

import pytest

from cotreat.audit.claims import Query, Statement
from cotreat.audit.grammar.cells import parse_cell_claims, parse_is_numeric
from cotreat.audit.grammar.lexicon import Lexicon, build_lexicon
from cotreat.audit.grammar.tables import CellStatement, parse_table
from cotreat.audit.verdicts.internal import build_internal_verdicts, build_unbound_verdicts

LEVELS = {
    "sex": {"female", "male"},
    "disease": {"alopecia_areata", "atopic_dermatitis"},
    "comorbidity": {"hypertension", "none"},
    "prior_therapy": {"methotrexate", "ciclosporin"},
    "response": {"complete", "partial", "none"},
    "regimen": {"baricitinib + methotrexate", "upadacitinib + dupilumab"},
    "adverse_event_term": {"nausea", "lymphopenia"},
}
NOTHING = "the words of its row, its column or its table were not all understood"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon(None, LEVELS)


def table(
    text: str, lexicon: Lexicon, caption: str = "Table 1. Characteristics of the patients."
) -> list[str]:
    """What each number of a small table is bound to; `!` where another number could be called wrong."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [line for found in parse_table(rows, caption, lexicon) for line in _lines(found)]


def _lines(found: CellStatement) -> list[str]:
    statement = found.statement
    query = statement.queries[0]
    if statement.why:
        assert statement.why == NOTHING
        return [f"{claim.text} ?" for claim in statement.claims]
    who = " & ".join(f"{variable}={level}" for variable, level in query.conditions)
    among = " & ".join(f"{variable}={level}" for variable, level in query.scope)
    about = " ".join(
        word for word in (query.unit, query.quantity, who, f"in {among}" if among else "") if word
    )
    sign = "" if statement.is_loose else "!"
    return [f"{claim.text} {claim.aspect} {about}{sign}" for claim in statement.claims]


def test_a_table_of_characteristics(lexicon: Lexicon) -> None:
    text = """
    Characteristic          | Patients (N = 18)
    Sex, n (%)              |
    Female                  | 11 (61.1)
    Age, years              |
    Mean (SD)               | 42.8 (12.9)
    Median [IQR]            | 43.5 [33.5 to 50.8]
    Range                   | 21-67
    Previous therapies, n/N (%) |
    Methotrexate            | 11/17 (64.7%)
    """
    age = "patient age_years!"
    assert table(text, lexicon) == [
        "18 count patient!",
        "11 count patient sex=female!",
        "61.1 proportion patient sex=female!",
        f"42.8 mean {age}",
        f"12.9 sd {age}",
        f"43.5 median {age}",
        f"33.5 q1 {age}",
        f"50.8 q3 {age}",
        f"21 min {age}",
        f"67 max {age}",
        "11 count patient prior_therapy=methotrexate!",
        "17 denominator patient prior_therapy=methotrexate!",
        "64.7% proportion patient prior_therapy=methotrexate!",
    ]


def test_a_summary_in_the_row_of_its_quantity(lexicon: Lexicon) -> None:
    text = """
    Characteristic                  | Patients (n = 18)
    Age (years), mean (SD)          | 42.8 ± 12.9
    Age (years), median (range)     | 43.5 (21\u201367)
    Female sex, n (%)               | 11 (61.1%)
    """
    assert table(text, lexicon)[1:] == [
        "42.8 mean patient age_years!",
        "12.9 sd patient age_years!",
        "43.5 median patient age_years!",
        "21 min patient age_years!",
        "67 max patient age_years!",
        "11 count patient sex=female!",
        "61.1% proportion patient sex=female!",
    ]


def test_a_column_says_of_whom(lexicon: Lexicon) -> None:
    """A column of some is clear where it says how many they are; else nothing in it is called wrong."""
    text = """
    Characteristic | Baricitinib + methotrexate (n = 12), patients
    Female         | 8 (66.7%)
    """
    regimen = "anchor_drug=baricitinib & partner_drug=methotrexate"
    own = table(text, build_lexicon_of_drugs())
    assert own == [
        f"12 count patient {regimen}!",
        f"8 count patient sex=female in {regimen}!",
        f"66.7% proportion patient sex=female in {regimen}!",
    ]
    open_text = """
    Disease         | Complete, n/N (%)
    Alopecia areata | 8/13 (61.5%)
    """
    about = "response=complete in disease=alopecia_areata"
    assert table(open_text, lexicon, "Response to the combination.") == [
        f"8 count {about}",
        f"13 denominator {about}",
        f"61.5% proportion {about}",
    ]


def build_lexicon_of_drugs() -> Lexicon:
    """Words of a study whose drugs have a role."""
    return build_lexicon(
        None, {**LEVELS, "anchor_drug": {"baricitinib"}, "partner_drug": {"methotrexate"}, "regimen": set()}
    )


def test_an_interval_and_the_unknown_are_those_of_the_share_before(lexicon: Lexicon) -> None:
    text = """
    Adverse event | Patients, n/N (%) | 95% CI, %   | Unknown, n
    Nausea        | 1/15 (6.7%)       | 1.2 to 29.8 | 3
    """
    about = "patient adverse_event_term=nausea!"
    assert table(text, lexicon, "Table 2. Adverse events by term.") == [
        f"1 count {about}",
        f"15 denominator {about}",
        f"6.7% proportion {about}",
        f"1.2 ci_lower {about}",
        f"29.8 ci_upper {about}",
        f"3 missing {about}",
    ]


@pytest.mark.parametrize(
    ("row", "heading", "caption"),
    [
        ("Complete", "Combinations, n (%)", "Table 5. Response before the combination."),
        ("Complete", "At week 12, n (%)", "Table 5. Response."),
        ("Alopecia areata", "Patients, n (%)", "Table 6. Adverse events."),
        ("Nausea", "Methotrexate, n (%)", "Table 6. Adverse events."),
        ("Severe nausea in smokers", "Patients, n (%)", "Table 6. Adverse events."),
        ("Female", "Patients of the trial of Smith, n (%)", ""),
        ("Remission", "Ended, n (%)", ""),
    ],
)
def test_a_word_that_is_not_understood_leaves_a_number_unbound(
    lexicon: Lexicon, row: str, heading: str, caption: str
) -> None:
    found = table(f"  | {heading}\n{row} | 3 (25%)", lexicon, caption)
    assert [line for line in found if not line.endswith(" ?")] == []
    assert len(found) == 2


@pytest.mark.parametrize(
    "label",
    [
        "Age at diagnosis, years, mean (SD)",
        "Disease duration, years, mean (SD)",
        "Duration of adverse events, months, mean (SD)",
        "Duration of response, months, mean (SD)",
        "Duration of the study, months, mean (SD)",
    ],
)
def test_another_age_and_another_duration_stay_unbound(lexicon: Lexicon, label: str) -> None:
    """They are not the age of the patients, nor how long they were on the combination."""
    assert table(f"  | Value\n{label} | 30.1 (9.2)", lexicon) == ["30.1 ?", "9.2 ?"]
    own = re.sub("at diagnosis|Disease|of adverse events|of response|of the study", "", label)
    assert "?" not in "".join(table(f"  | Value\n{own} | 30.1 (9.2)", lexicon))


def test_an_age_in_a_group_of_rows_is_that_of_some(lexicon: Lexicon) -> None:
    for heading, is_bound in (("Age", True), ("Response", False), ("Alopecia areata", False)):
        text = f"  | Value\n{heading} |\nAge, years, mean | 30.1"
        assert table(text, lexicon) == (["30.1 mean age_years!"] if is_bound else ["30.1 ?"])


def test_p_values_are_no_numbers_of_patients(lexicon: Lexicon) -> None:
    for heading in ("p", "P value", "p, n"):
        for value in ("0.5", "1"):
            found = table(f"  | Patients, n (%) | {heading}\nFemale | 11 (61.1%) | {value}", lexicon)
            assert [line.endswith("!") for line in found] == [True, True, False]
            assert found[2] == f"{value} ?"


@pytest.mark.parametrize("ratio", ["1.5", "1.5 (adjusted)", "11/7"])
def test_the_interval_of_another_number_is_not_that_of_the_share(lexicon: Lexicon, ratio: str) -> None:
    text = f"  | Patients, n (%) | Odds ratio | 95% CI\nFemale | 11 (61.1%) | {ratio} | 0.3 to 6.0"
    found = table(text, lexicon)
    assert found[:2] == ["11 count patient sex=female!", "61.1% proportion patient sex=female!"]
    assert found[-2:] == ["0.3 ?", "6.0 ?"]


def test_an_interval_behind_a_cell_that_is_no_count_is_of_nothing_known(lexicon: Lexicon) -> None:
    text = "  | Patients, n (%) | Combinations, n (%) | 95% CI, %\nFemale | 11 (61.1%) | 11.5 | 2.0 to 6.0"
    assert table(text, lexicon)[2:] == ["11.5 ?", "2.0 ?", "6.0 ?"]


@pytest.mark.parametrize("cell", ["11/7", "7/11", "70", "7 (44.4%)", "11.5/7.2 (44.4%)"])
@pytest.mark.parametrize("label", ["Female/male", "Doses given"])
def test_what_is_not_bound_is_never_impossible(lexicon: Lexicon, label: str, cell: str) -> None:
    rows = [["  ", "Patients (N = 18), n (%)"], [label, cell]]
    statement = list(parse_table(rows, "", lexicon))[-1].statement
    alone = build_internal_verdicts(statement, {"patient": 18})
    words = [verdict.word for verdict in (*alone, *build_unbound_verdicts(statement))]
    assert words == ["unbound"] * 2 * len(statement.claims)


def test_a_share_of_nobody_known_is_held_against_no_total() -> None:
    """44.4% are 7 of no number up to 18; that counts only where 18 is the number of those who are meant."""
    claims = parse_cell_claims("7 (44.4%)", "count", (), "", is_percent=True)
    for why, word in (("", "impossible"), (NOTHING, "unbound")):
        statement = Statement((Query("nothing"),), claims, why=why, at_most=18)
        assert build_internal_verdicts(statement, {})[-1].word == word
        assert build_unbound_verdicts(statement)[-1].word == word


def test_a_share_beside_its_own_count_and_total_holds_whomever_it_is_about(lexicon: Lexicon) -> None:
    for cell, word in (("7/18 (38.9%)", "unbound"), ("7/18 (44.4%)", "not_reproduced")):
        rows = [["  ", "Patients (N = 18), n (%)"], ["Left-handed", cell]]
        statement = list(parse_table(rows, "", lexicon))[-1].statement
        assert build_unbound_verdicts(statement)[-1].word == word


def test_a_case_in_each_row_is_the_data(lexicon: Lexicon) -> None:
    assert table("Case | Age\n1 | 29\n2 | 27\n3 | 42", lexicon) == []
    assert table("Patient | Age\nP01 | 29\nP02 | 27", lexicon) == []


def test_the_sign_of_a_footnote_leaves_open_what_a_number_is(lexicon: Lexicon) -> None:
    found = table("  | Patients, n (%)\nFemale | 11 (61%)*\nMale | 7 (39%) [a]", lexicon)
    assert found == [
        "11 count patient sex=female",
        "61% proportion patient sex=female",
        "7 count patient sex=male",
        "39% proportion patient sex=male",
    ]


@pytest.mark.parametrize(
    "text",
    ["12", "1,204", "11/18 (61.1%)", "11.5/7.2", "61.1 %", "43.5 [33.5 to 50.8]", "21\u201367", "4 (0)"],
)
def test_cells_of_numbers(text: str) -> None:
    assert parse_is_numeric(text)


@pytest.mark.parametrize(
    "text", ["", "\u2013", "Baricitinib 4 mg/day", "24 (ongoing)", "P07", "1 in 3", "2023-05-01 (n)"]
)
def test_cells_that_are_more_than_numbers(text: str) -> None:
    assert not parse_is_numeric(text)


def test_a_number_has_its_place_in_the_cell() -> None:
    text = " 11/18 (61.1%)"
    found = parse_cell_claims(text, "count", (), "", is_percent=False)
    assert [text[c.start : c.end] for c in found] == ["11", "18", "61.1%"]


def test_brackets_that_were_not_declared_as_a_share_are_none() -> None:
    assert parse_cell_claims("11 (61.1)", "count", (), "", is_percent=False) == ()
    assert parse_cell_claims("42.8 (12.9)", "summary", ("mean",), "years", is_percent=False) == ()


def test_without_data_a_percentage_is_that_of_some_number_up_to_that_of_its_column(lexicon: Lexicon) -> None:
    rows = [["Characteristic", "Value (n = 18)"], ["Female, n (%)", "7 (44.4)"]]
    rows += [["Male, n (%)", "7 (41.2)"], ["Left-handed, n (%)", "7 (44.4%)"]]
    found = [one.statement for one in parse_table(rows, "", lexicon)]
    verdicts = [build_internal_verdicts(statement, {})[-1] for statement in found]
    # 7 of 17, where one is unknown, is 41.2%; of whom "left-handed" is said is not known.
    assert [verdict.word for verdict in verdicts] == ["impossible", "not_derivable", "unbound"]
    assert verdicts[0].note == "7 are 44.4 of no number up to 18."


# What is about some is not about all. Each number below is one that the data do not give for all.
_ALL_ROWS = ("Female", "Alopecia areata", "Hypertension", "Age, years, mean (SD)", "Complete response")


def accusable(rows: list[list[str]], lexicon: Lexicon, caption: str = "", section: str = "") -> list[str]:
    """The numbers of a table that could be called wrong."""
    found = [one for one in parse_table(rows, caption, lexicon, section) if one.row]
    return [line for one in found for line in _lines(one) if line.endswith("!")]


@pytest.mark.parametrize(
    "heading",
    [
        "Patients with comorbidities (n = 5)",
        "Previous treatment, n (%)",
        "Responders, n (%)",
        "Patients aged over 40, n (%)",
        "Old patients, n (%)",
        "Patients without comorbidity, n (%)",
        "Excluding ongoing, n (%)",
        "At week 12, n (%)",
        "Both, n (%)",
        "Safety population, n (%)",
        "Response population, n (%)",
        "Patients in response, n (%)",
        "With adverse events, n (%)",
        "Unknown, n (%)",
        "Response unknown, n",
        "Combined cohort, n (%)",
    ],
)
def test_a_heading_of_some_binds_nothing(lexicon: Lexicon, heading: str) -> None:
    for row in _ALL_ROWS:
        for cell in ("3 (60%)", "3", "30.1 (9.2)"):
            assert accusable([["Characteristic", heading], [row, cell]], lexicon) == []
            assert accusable([["", "Patients, n (%)"], ["", heading], [row, cell]], lexicon) == []


@pytest.mark.parametrize(
    "caption",
    [
        "Patients with comorbidities.",
        "Characteristics of the patients in response.",
        "Safety population.",
        "Characteristics of the patients, age > 40.",
        "Characteristics of the 12 patients.",
        "Characteristics at W12.",
        "No adverse events.",
        "Adverse events.",
        "Combined cohort.",
        "Patients of interest.",
        "Characteristics of the patients*",
    ],
)
def test_a_caption_of_some_binds_nothing(lexicon: Lexicon, caption: str) -> None:
    for row in _ALL_ROWS:
        assert accusable([["", "Patients, n (%)"], [row, "3 (60%)"], ["Male", "2"]], lexicon, caption) == []


@pytest.mark.parametrize(
    "group", ["Women", "Hypertension", "Unknown", "Adverse events", "Age, years", "Old patients"]
)
def test_a_group_of_rows_or_a_section_of_some_binds_nothing(lexicon: Lexicon, group: str) -> None:
    for below in ([group, ""], [group, group], ["", group], [group, "n (%)"]):
        rows = [["", "Patients, n (%)"], below, ["Alopecia areata", "3 (60%)"]]
        assert accusable(rows, lexicon) == []
    if group not in ("Hypertension", "Age, years"):
        rows = [["", "Patients, n (%)"], ["Alopecia areata", "3 (60%)"]]
        assert accusable(rows, lexicon, "Characteristics.", group) == []


@pytest.mark.parametrize(
    "label",
    [
        "Women with comorbidities",
        "Women with adverse events",
        "Women, unknown",
        "Age of women",
        "Women, old",
        "Women in the safety population",
        "Female/male",
        "Alopecia areata/hypertension",
        "Complete response at baseline",
    ],
)
def test_a_label_of_some_binds_nothing(lexicon: Lexicon, label: str) -> None:
    assert accusable([["", "Patients, n (%)"], [label, "3 (60%)"]], lexicon) == []


def test_those_with_events_are_some(lexicon: Lexicon) -> None:
    assert accusable([["Characteristic", "With adverse events, n (%)"], ["Nausea", "3 (60%)"]], lexicon) == []


def test_what_is_said_twice_is_said_of_some(lexicon: Lexicon) -> None:
    rows = [["", "Patients, n (%)"], ["Alopecia areata", "12 (67%)"], ["Female", "8 (67%)"]]
    rows += [["Atopic dermatitis", "6 (33%)"], ["Female", "3 (50%)"]]
    found = accusable(rows, lexicon)
    assert [line.split()[0] for line in found] == ["12", "67%", "6", "33%"]


def test_a_cell_that_spans_several_moves_those_behind_it(lexicon: Lexicon) -> None:
    rows = [["", "Female (n = 11)", "Male (n = 7)"], ["Alopecia areata", "8", "73%", "4", "57%"]]
    assert accusable(rows, lexicon) == []
    assert accusable([["", "Patients, n (%)", ""], ["Female, n (%)", "11 (61%)", "4"]], lexicon) == [
        "11 count patient sex=female!",
        "61% proportion patient sex=female!",
    ]


@pytest.mark.parametrize("cell", ["11/7", "7/11 (38.9%)"])
def test_the_second_number_is_a_total_only_where_that_is_said(lexicon: Lexicon, cell: str) -> None:
    rows = [["", "Patients (N = 18)"], ["Female, n (%)", cell]]
    statement = list(parse_table(rows, "", lexicon))[-1].statement
    verdicts = (*build_internal_verdicts(statement, {}), *build_unbound_verdicts(statement))
    assert {verdict.word for verdict in verdicts} == {"unbound"}
    rows[1][1] = "11/18 (61.1%)"
    assert list(parse_table(rows, "", lexicon))[-1].statement.why == ""


def test_the_share_of_a_row_is_no_share_of_the_column(lexicon: Lexicon) -> None:
    """4 of 11 women are 36.4%, in a column of 5 who responded completely."""
    for cell, is_loose in (("4 (80%)", False), ("4 (36.4%)", True), ("4/11 (36.4%)", True)):
        rows = [["Sex, n (%)", "Complete response (n = 5)"], ["Female, n (%)", cell]]
        statement = list(parse_table(rows, "Response.", lexicon))[-1].statement
        assert (statement.is_loose, statement.at_most) == ((True, None) if is_loose else (False, 5))


def test_a_one_sided_bound_stands_between_a_share_and_its_unknown(lexicon: Lexicon) -> None:
    headings = "Adverse event | Patients, n/N (%) | One-sided 95% bound, % | Unknown, n"
    text = f"{headings}\nNausea | 0/15 (0%) | 18.1 | 3"
    found = table(text, lexicon, "Adverse events.")
    assert found[-2:] == ["18.1 ?", "3 missing patient adverse_event_term=nausea!"]
