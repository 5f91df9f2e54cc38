"""What the audit says of sentences about the letter's data: true, false, and those that it must leave alone.

Every sentence is our own. What is true follows from examples/letter/table1.csv, counted by hand.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from cotreat.audit.audited import build_audit
from cotreat.audit.collected import build_collected
from cotreat.audit.grammar.lexicon import Lexicon, build_lexicon
from cotreat.audit.manuscripts.passages import Manuscript, Passage
from cotreat.audit.verdicts.answers import Data, read_levels
from cotreat.study import read_open_study

Opened = tuple[Data, Lexicon]


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    with read_open_study("examples/letter/study.toml") as study:
        data = Data(study.engine, study.tables, study.leave_out)
        data = replace(data, levels=read_levels(data))
        yield data, build_lexicon(study.protocol, data.levels)


def verdicts(opened: Opened, text: str) -> str:
    """The numbers of a text, each with the letter of its verdict."""
    data, lexicon = opened
    manuscript = Manuscript("m.md", (Passage("paragraph", text),))
    audit = build_audit(manuscript, build_collected(manuscript, lexicon), data)
    letters = {"reproduced": "=", "reproduced_otherwise": "~", "not_reproduced": "x", "impossible": "!"}
    letters |= {"not_derivable": "-", "unbound": "?"}
    return " ".join(f"{c.claim.text}{letters[c.verdict.word]}" for c in audit.claims)


def notes(opened: Opened, text: str) -> str:
    """What the audit says of the numbers of a text besides their verdicts."""
    data, lexicon = opened
    manuscript = Manuscript("m.md", (Passage("paragraph", text),))
    audit = build_audit(manuscript, build_collected(manuscript, lexicon), data)
    return " ".join(f"{c.verdict.data_value} {c.verdict.note}" for c in audit.claims)


TRUE = [
    ("Eighteen patients were included, 11 women (61%) and 7 men (39%).", "Eighteen= 11= 61%= 7= 39%="),
    ("The mean (SD) age was 42.8 (12.9) years.", "42.8= 12.9="),
    (
        "Of the 18 patients, 12 (67%) had alopecia areata and 5 (28%) had atopic dermatitis.",
        "18= 12= 67%= 5= 28%=",
    ),
    (
        "Twelve patients had alopecia areata. Of these, 7 (58.3%) had a complete response.",
        "Twelve= 7= 58.3%=",
    ),
    ("Twelve patients were treated with methotrexate, of whom 7 achieved a complete response.", "Twelve= 7="),
    ("Seven (58.3%) of the 12 patients with alopecia areata responded completely.", "Seven= 58.3%= 12="),
    ("Combination therapy lasted 14.0 \N{PLUS-MINUS SIGN} 9.5 months.", "14.0= 9.5 months="),
    ("Median (IQR) duration was 12 (6-21.5) months.", "12= 6= 21.5="),
    (
        "Treatment was discontinued due to adverse events in 3 cases and due to lack of efficacy in 6.",
        "3= 6=",
    ),
    (
        "Baricitinib was combined with methotrexate in 12 cases, prednisone in 2 and dupilumab in 1.",
        "12= 2= 1=",
    ),
    (
        "Most patients (12/18, 66.7%) had alopecia areata, and most were women (61.1%).",
        "12= 18= 66.7%= 61.1%=",
    ),
    ("Two-thirds of patients achieved a complete response.", "Two-thirds="),
    ("Neutropenia occurred in case 22, and gout in case 12.", "22= 12="),
    ("Thirteen adverse events were reported in eight patients.", "Thirteen= eight="),
    ("All patients with alopecia areata received baricitinib.", "All="),
    (
        "Of the 12 patients with alopecia areata, 7 (58.3%) had a complete response and 3 (25%) no response.",
        "12= 7= 58.3%= 3= 25%=",
    ),
    ("The median time on the combination was 12.0 months (95% CI 6.0 to 20.0).", "12.0 months= 6.0= 20.0="),
    ("We included 11 women (61%) and 7 men, with a mean age of 43 years.", "11= 61%= 7= 43 years="),
    ("Of 13 adverse events, 9 occurred in patients on methotrexate.", "13= 9="),
    ("No adverse event of special interest, such as stroke, was recorded.", "stroke="),
    ("Three of 18 patients were switched to ruxolitinib 20 mg twice daily.", "Three- 18? 20 mg twice daily-"),
]
FALSE = [
    ("Ten patients had alopecia areata.", "Tenx"),
    ("In 10 of 22 combinations, methotrexate was used.", "10x 22="),
    ("Hypertension was present in 2 patients (11.1%) and asthma in 3 (16.7%).", "2= 11.1%= 3x 16.7%x"),
    ("The 12 patients with alopecia areata had a mean age of 43.6 years.", "12= 43.6 yearsx"),
    ("Gout occurred in case 13.", "13x"),
    ("A complete response was seen in 14 of 22 combinations (62.1%).", "14= 22= 62.1%!"),
    ("One patient had neutropenia (1030 cells/10^9/L).", "One= 1030 cells/10^9/L!"),
    ("The median duration of the combination was 12 months (range, 1-30).", "12 months= 1= 30!"),
    ("The median time on the combination was 14.0 months.", "14.0 monthsx"),
    # GRIM: ages in whole years.
    ("The mean age was 42.81 years (range 21 to 67; n = 18 patients).", "42.81 years! 21= 67= 18="),
    (
        "A complete response was seen in 14 of 22 combinations (63.6%; 95% CI 81.1 to 41.6).",
        "14= 22= 63.6%= 81.1! 41.6!",
    ),
]
OTHERWISE = [
    ("Complete response was achieved by 63.6% of patients.", "63.6%~"),
    ("Eight patients (44%) had at least one adverse event.", "Eight= 44%~"),
    ("The mean duration of the combination was 14.8 months.", "14.8 months~"),
    ("A complete response was seen in 14 of 22 combinations (95% CI, 40.7-82.8).", "14= 22= 40.7~ 82.8~"),
    # Who is meant stands in the words before.
    (
        "Twelve patients had alopecia areata. A complete response was achieved in 7 (58.3%).",
        "Twelve= 7~ 58.3%~",
    ),
    ("Twelve patients with alopecia areata were treated, eight women and four men.", "Twelve= eight~ four~"),
    ("Twelve patients had alopecia areata. The mean age was 46 years.", "Twelve= 46 years~"),
    ("Of the 12 patients with alopecia areata, 7 (38.9%) responded completely.", "12= 7= 38.9%~"),
    # Cut off, not rounded.
    ("Alopecia areata was present in 12 of 18 patients (66.6%).", "12= 18= 66.6%!"),
    ("The mean duration of the combination was 13.9 months.", "13.9 months~"),
]
CITED = [
    # Cases 13, 14 and 15 lasted 11, 6 and 5 months.
    ("The duration in cases #13, #14 and #15 ranged from 5 to 11 months.", "13? 14? 15? 5= 11 months="),
    ("The duration in cases #13, #14 and #15 ranged from 6 to 11 months.", "13? 14? 15? 6x 11 months="),
    ("The duration in cases #13 and #14 ranged from 5 to 11 months.", "13? 14? 5x 11 months="),
    ("The mean duration in cases #13, #14 and #15 was 9 months.", "13? 14? 15? 9 months?"),
    ("Of the cases, #13, #14 and #15 had no response.", "13= 14= 15="),
    ("Of the cases, #12 had no response.", "12x"),
    ("Hypertension was present in cases #13 and #15.", "13= 15x"),
]
OF_OTHERS = [
    ("In another study, 9 of 30 patients (30%) had a complete response.", "9? 30? 30%?"),
    ("A previous case series reported 12 patients with alopecia areata.", "12?"),
    ("A randomized controlled trial found a complete response in 36% of patients.", "36%?"),
]
OF_ITEMS = [
    # 13 of 18 is 0.72; no whole number of 18 is 0.71.
    ("The mean number of adverse events of 18 patients was 0.72.", "18- 0.72-"),
    ("The mean number of adverse events of 18 patients was 0.71.", "18- 0.71!"),
    ("The mean number of previous therapies was 3.4.", "3.4-"),
]
AT_A_TIME = [
    ("The share still on the combination was 66.7% at 6 months (17 at risk).", "66.7%= 6 months= 17="),
    ("The share still on the combination was 66.9% at 6 months (17 at risk).", "66.9%x 6 months= 17="),
    # Those of another month.
    ("The share still on the combination was 66.7% at 12 months.", "66.7%~ 12 monthsx"),
]
SPECIAL = [*AT_A_TIME, *CITED, *OF_OTHERS, *OF_ITEMS]
# A word that is not understood, a circumstance or what is unknown: none of these is called wrong.
LEFT_ALONE = [
    ("In 7 patients who achieved complete responses, the immunosuppressant was tapered off.", "7?"),
    ("One patient stopped methotrexate because of gout.", "One?"),
    ("Two cases of alopecia areata had been on methotrexate before.", "Two?"),
    ("The response rate in women was 54.5% (6/11).", "54.5%? 6? 11?"),
    ("Eligible patients were aged 18 years or older.", "18 years?"),
    ("Herpes simplex occurred in two patients.", "two-"),
    ("Baricitinib was given for a median of 21 months (range, 3-43).", "21 months- 3- 43-"),
    ("The difference was not significant (p = 0.03).", "0.03?"),
    ("The ratio of women to men was 11:7.", "11? 7?"),
    # The patient with the weight gain took another dose, in words that cannot be read.
    ("A patient on upadacitinib 30 mg/day had a 6 kg weight gain.", "30 mg/day? 6 kg?"),
    ("In all, 18 of 21 courses had ended.", "18? 21?"),
    ("Methotrexate was stopped in 3 of 12 patients.", "3? 12?"),
    ("Methotrexate was given subcutaneously in 8 patients.", "8?"),
    ("Baricitinib monotherapy was given to 9 patients.", "9?"),
    ("Ten patients (55.6%) had alopecia universalis.", "Ten? 55.6%?"),
    ("The mean duration of disease was 12.3 years.", "12.3 years?"),
    ("The mean duration of alopecia areata was 9 years.", "9 years?"),
    ("No patient discontinued baricitinib because of adverse events.", ""),
    ("At week 12, 6 of 18 patients (33.3%) had a complete response.", "12? 6? 18= 33.3%?"),
    ("Mean age at diagnosis was 31 years (SD 12).", "31 years? 12?"),
    ("The mean age at onset was 31 years.", "31 years?"),
    ("The median time on the combination was 19 months in women.", "19 months-"),
    ("The share still on the combination was 66.7% at 6 months in women.", "66.7%? 6 months?"),
    ("The partner alone was stopped in 3 of 4 women.", "3? 4?"),
    ("Of 22 combinations, 35.5% had ended in remission by 24 months.", "22= 35.5%? 24 months?"),
    ("One in three patients had atopic dermatitis.", "three?"),
    ("Among women, 8 of 11 had alopecia areata; among men, 4 of 7.", "8= 11= 4? 7?"),
    # How long a drug was taken before is another time than that of the combination.
    ("One patient had been on prednisone for 1 month (range, 1-2) before.", "One? 1 month- 1- 2-"),
    ("Patients who wugged took upadacitinib for a median of 20 months (range, 12-30).", "20 months- 12- 30-"),
]


@pytest.mark.parametrize(("text", "expected"), [*TRUE, *FALSE, *OTHERWISE, *LEFT_ALONE, *SPECIAL])
def test_a_sentence(opened: Opened, text: str, expected: str) -> None:
    assert verdicts(opened, text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "One patient had mild neutropenia (1030 cells/\N{MICRO SIGN}L).",
            'The text says "mild", which is grade 1; by the value alone it is grade 2 in CTCAE 5.0',
        ),
        (
            "One patient had moderate anemia (hemoglobin 9.1 g/dL).",
            "grade 2 in CTCAE 5.0 and grade 2 in CTCAE 6.0.",
        ),
    ],
)
def test_a_severity_word_beside_a_value_has_its_grade(opened: Opened, text: str, says: str) -> None:
    assert says in notes(opened, text)


def test_a_cited_case_that_shares_its_sentence_with_another_is_not_said_to_have_everything(
    opened: Opened,
) -> None:
    text = "Gout and nausea occurred (case 12 and case 18)."
    assert "another of the cited cases has it (adverse event: nausea)" not in notes(opened, text)
    assert "another of the cited cases has it (disease: atopic dermatitis)" in notes(
        opened, "One patient had atopic dermatitis (case 1 and case 11)."
    )
