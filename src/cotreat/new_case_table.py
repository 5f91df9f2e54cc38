"""What a new case table asks for: its columns, the lists to choose from, and one invented row.

The drop-down lists of the workbook and the value maps of the protocol are both made from
:data:`CHOICE_LISTS`, so that whatever can be chosen can be read.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from cotreat.validation.case_rules import EXAMPLE_PATIENT
from cotreat.vocabulary import read_conditions

Checks = Literal["nothing", "list", "age", "duration"]

SHEET = "Cases"
NONE_WORDS = ("None", "No")
UNKNOWN_WORDS = ("", "Unknown", "[...]")
_GOES_ON, _CONTINUED = "Ongoing", "Continued"
ONGOING_WORDS = (_GOES_ON, _CONTINUED)
SWITCHED_WORDS = ("switched to", "changed to")


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a drop-down list.

    Attributes
    ----------
    label
        As it stands in the list and then in the cell.
    levels
        What it is counted under, the primary level first; none where the protocol's words
        for going on, or the vocabulary, already say it.
    """

    label: str
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """A list to choose from, as one column of the sheet of lists.

    Attributes
    ----------
    name
        The workbook's name for its cells, which drop-down lists refer to.
    heading
        Its heading on the sheet of lists.
    field
        Field of the protocol whose value map reads it; empty where no map is needed.
    is_closed
        Whether cotreat knows no other level, so that nothing else may be entered.
    """

    name: str
    heading: str
    field: str
    choices: tuple[Choice, ...]
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column of the case table.

    Attributes
    ----------
    field
        What the protocol calls it.
    heading
        What the sheet calls it.
    width
        In characters.
    message
        What is shown when a cell of the column is chosen, at most 255 characters.
    example
        The cell of the invented row.
    checks
        How an entry is checked in the spreadsheet.
    choices
        The list to choose from.
    """

    field: str
    heading: str
    width: int
    message: str
    example: str | int
    checks: Checks = "nothing"
    choices: ChoiceList | None = None


# Of the diseases that the vocabulary knows, those that such studies are mostly about.
_COMMON_DISEASES = (
    "alopecia_areata",
    "atopic_dermatitis",
    "bullous_pemphigoid",
    "chronic_hand_eczema",
    "chronic_spontaneous_urticaria",
    "cutaneous_lupus_erythematosus",
    "dermatomyositis",
    "generalized_pustular_psoriasis",
    "granuloma_annulare",
    "hidradenitis_suppurativa",
    "lichen_planopilaris",
    "lichen_planus",
    "morphea",
    "palmoplantar_pustulosis",
    "pemphigus_vulgaris",
    "prurigo_nodularis",
    "psoriasis",
    "psoriatic_arthritis",
    "pyoderma_gangrenosum",
    "vitiligo",
)

_SEXES = ChoiceList(
    "Sex_choices",
    "Sex",
    "sex",
    (Choice("Female", ("female",)), Choice("Male", ("male",)), Choice("Other", ("other",))),
    is_closed=True,
)
_DISEASES = ChoiceList(
    "Disease_choices",
    "Disease",
    "",
    tuple(Choice(read_conditions()[level].name) for level in _COMMON_DISEASES),
)
_RESPONSES = ChoiceList(
    "Response_choices",
    "Response",
    "response",
    (
        Choice("Complete response", ("complete",)),
        Choice("Partial response", ("partial",)),
        Choice("No response", ("none",)),
        Choice("Not assessable", ("unassessable",)),
    ),
    is_closed=True,
)
_REASONS = ChoiceList(
    "Reason_choices",
    "Reason for the combination",
    "reason_started",
    (
        Choice("Only a partial response to the anchor drug", ("partial_response",)),
        Choice("No response to the anchor drug", ("no_response",)),
        Choice("Loss of response to the anchor drug", ("loss_of_response",)),
        Choice("Flare", ("flare",)),
        Choice("Not controlled on a conventional systemic drug", ("uncontrolled_on_conventional",)),
        Choice("Not controlled on a biologic", ("uncontrolled_on_biologic",)),
        Choice("Needed for another disease of the patient", ("comorbidity",)),
        Choice("To save corticosteroids", ("corticosteroid_sparing",)),
        Choice("Bridge until the new drug works", ("bridging",)),
        Choice("Other reason", ("other",)),
    ),
)
# Adverse events stand before loss of effect: of two reasons the first level is the primary one.
_END_REASONS = ChoiceList(
    "End_reason_choices",
    "Why the combination ended",
    "end_reason",
    (
        Choice(_GOES_ON),
        Choice("Adverse event", ("adverse_event",)),
        Choice("Adverse event and not effective", ("adverse_event", "ineffectiveness")),
        Choice("Not effective, or no longer effective", ("ineffectiveness",)),
        Choice("Remission", ("remission",)),
        Choice("Ended as planned", ("planned",)),
        Choice("Patient's wish", ("patient_preference",)),
        Choice("Not funded or not available", ("access",)),
        Choice("Pregnancy or wish for a child", ("pregnancy",)),
        Choice("Death", ("death",)),
        Choice("Other reason", ("other",)),
    ),
)
_ANCHOR_ENDS = ChoiceList(
    "Anchor_end_choices", "Anchor drug afterwards", "", (Choice(_CONTINUED), Choice("Stopped"))
)

CHOICE_LISTS = (_SEXES, _DISEASES, _RESPONSES, _REASONS, _END_REASONS, _ANCHOR_ENDS)

COLUMNS = (
    TemplateColumn(
        "case",
        "Case",
        14,
        "One row is one case: one patient, one anchor drug, one partner drug. Number the cases 1, 2, 3 ...",
        "Overwrite this",
    ),
    TemplateColumn(
        "patient",
        "Patient",
        12,
        "A running number or code, the same in all rows of a patient. No name, no date of birth, "
        "no hospital number.",
        EXAMPLE_PATIENT,
    ),
    TemplateColumn(
        "course",
        "Course",
        10,
        "Two partners at the same time: the same course in both rows. One partner after the other: "
        "different courses. Never the same course for two patients. Example: 7a",
        "Example-a",
    ),
    TemplateColumn("sex", "Sex", 9, "Choose from the list. Empty: unknown.", "Female", "list", _SEXES),
    TemplateColumn(
        "age_years",
        "Age (years)",
        8,
        "Age at the start of the combination, in years: a number from 0 to 120. Empty: unknown.",
        40,
        "age",
    ),
    TemplateColumn(
        "disease",
        "Disease",
        22,
        "The disease that the drugs are given for. Choose from the list or enter another one.",
        "Atopic dermatitis",
        "list",
        _DISEASES,
    ),
    TemplateColumn(
        "comorbidity",
        "Other conditions",
        24,
        "Other diseases and risk factors, with commas between them. If there are none, write None. "
        "Empty: unknown. Example: asthma, hypertension",
        "Asthma, hypertension",
    ),
    TemplateColumn(
        "prior_therapy",
        "Earlier systemic treatments",
        30,
        "What was tried before and failed, with commas between. If there was nothing, write None. "
        "If there may be more, end with [...]. Example: oral corticosteroids, ciclosporin",
        "Oral corticosteroids, ciclosporin",
    ),
    TemplateColumn(
        "anchor",
        "Anchor drug and dose",
        24,
        "The drug that your study is about, with its dose: amount, unit, how often. "
        "Examples: Baricitinib 4 mg/day; Tofacitinib 5 mg/12 h",
        "Baricitinib 4 mg/day",
    ),
    TemplateColumn(
        "monotherapy_response",
        "Response to the anchor drug alone",
        20,
        "Before the partner drug was added. Choose from the list. Not assessable: it could not be judged. "
        "Empty: not recorded.",
        "Partial response",
        "list",
        _RESPONSES,
    ),
    TemplateColumn(
        "reason_started",
        "Reason for the combination",
        26,
        "Why the two drugs were combined. Choose from the list; new reasons are added on the sheet Lists.",
        "Flare",
        "list",
        _REASONS,
    ),
    TemplateColumn(
        "partner",
        "Partner drug and dose",
        30,
        "The drug it was combined with, one per row, with its dose. "
        "Examples: Methotrexate 15 mg/week (orally); Dupilumab 300 mg/14 days",
        "Methotrexate 15 mg/week (orally)",
    ),
    TemplateColumn(
        "duration",
        "Months together",
        12,
        "How long both were taken together, in months. Examples: 20; 0.5; 3 weeks; 8 (ongoing). "
        "Empty: unknown.",
        20,
        "duration",
    ),
    TemplateColumn(
        "response",
        "Response to the combination",
        20,
        "Choose from the list. Not assessable: it could not be judged. Empty: not recorded.",
        "Complete response",
        "list",
        _RESPONSES,
    ),
    TemplateColumn(
        "end_reason",
        "Why the combination ended",
        24,
        "Choose from the list; Ongoing if it goes on. New reasons are added on the sheet Lists.",
        "Remission",
        "list",
        _END_REASONS,
    ),
    TemplateColumn(
        "anchor_end",
        "Anchor drug afterwards",
        16,
        "What became of the anchor drug when the combination ended. Empty while the combination goes on.",
        "Continued",
        "list",
        _ANCHOR_ENDS,
    ),
    TemplateColumn(
        "next_treatment",
        "Next treatment",
        20,
        "The systemic drug that was started after the combination. If none was started, write None. "
        "Empty: unknown, or the combination goes on. Example: upadacitinib 15 mg/day",
        "None",
    ),
    TemplateColumn(
        "adverse_events",
        "Adverse events (drug blamed)",
        38,
        "Each event with the blamed drug in parentheses, commas between events. If there were none, write "
        "None. Empty: unknown. Example: nausea (methotrexate), lymphopenia and herpes simplex (baricitinib)",
        "Nausea (methotrexate), acne (baricitinib)",
    ),
)


def build_column_lines(columns: Iterable[TemplateColumn] = COLUMNS) -> str:
    """The lines of ``[source.columns]`` in a protocol that reads these columns."""
    return "\n".join(f"{column.field} = {_quoted(column.heading)}" for column in columns)


def build_value_lines(lists: Iterable[ChoiceList] = CHOICE_LISTS) -> str:
    """The lines of ``[values]`` in a protocol that reads every entry of these lists."""
    return "\n".join(
        f"{choices.field}.{level} = {build_word_list(labels)}"
        for choices in lists
        if choices.field
        for level, labels in _labels_by_level(choices).items()
    )


def build_word_list(words: Iterable[str]) -> str:
    """Words as a list in TOML."""
    return f"[{', '.join(map(_quoted, words))}]"


def _labels_by_level(choices: ChoiceList) -> Mapping[str, list[str]]:
    labels: dict[str, list[str]] = {}
    for choice in choices.choices:
        for level in choice.levels:
            labels.setdefault(level, []).append(choice.label)
    return labels


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string.
    return json.dumps(text, ensure_ascii=False)
