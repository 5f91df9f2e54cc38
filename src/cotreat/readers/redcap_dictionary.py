"""The data dictionary of a REDCap project: its variables, their instruments, types and choices."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cotreat.readers.places import Place
from cotreat.readers.sheets import Sheet, parse_heading
from cotreat.readers.spreadsheet import read_sheet

# As the file from the project's own page has them, and as the interface for programs does.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "type": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
}
_FIXED_CHOICES = {
    "yesno": {"1": "Yes", "0": "No"},
    "truefalse": {"1": "True", "0": "False"},
}
_WITH_CHOICES = ("dropdown", "radio", "checkbox")
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a project.

    Attributes
    ----------
    name, form, label
        The variable, its instrument, and its question without markup.
    is_checkbox
        Whether several choices may be ticked; then an export has one column for each.
    choices
        By code, what the choice says; empty where any text may stand.
    """

    name: str
    form: str = ""
    label: str = ""
    is_checkbox: bool = False
    choices: Mapping[str, str] = field(default_factory=dict[str, str])


def read_dictionary(path: Path) -> Mapping[str, Variable]:
    """The variables of a data dictionary by name, in its order; the first identifies the record.

    Raises
    ------
    SourceError
        The file cannot be read, is no data dictionary, or names a variable twice.
    """
    sheet = read_sheet(path, decimal=".")
    place = Place(path.name)
    wrong = next((finding for finding in sheet.findings if finding.severity == "error"), None)
    if wrong:
        place.refuse(wrong.why, wrong.what_to_do, row=wrong.row)
    columns = {key: _column(sheet, headings) for key, headings in _HEADINGS.items()}
    missing = [_HEADINGS[key][0] for key in ("name", "type", "label", "choices") if columns[key] is None]
    if missing:
        place.refuse(
            f'it is no data dictionary of REDCap: it has no column "{missing[0]}".',
            "Download it in REDCap under Data Dictionary.",
        )
    variables: dict[str, Variable] = {}
    for place_in_file, row_number in enumerate(sheet.row_numbers):
        cells = {key: column[place_in_file] if column else "" for key, column in columns.items()}
        name = cells["name"].lower()
        if name in variables:
            place.refuse(
                f'the variable "{name}" stands in it twice.', "Take one of them out.", row=row_number
            )
        if name and cells["type"] != "descriptive":
            variables[name] = _variable(name, cells)
    if not variables:
        place.refuse("it names no variable.", "Download it in REDCap under Data Dictionary.")
    return variables


def parse_choices(text: str) -> dict[str, str]:
    """The choices of a variable by code, from ``1, Mild | 2, Moderate``."""
    choices: dict[str, str] = {}
    for part in text.split("|"):
        code, _, label = part.partition(",")
        if code.strip():
            choices[code.strip()] = parse_label(label) or code.strip()
    return choices


def parse_label(text: str) -> str:
    """A label as an export shows it: without markup, white space as one blank."""
    return parse_heading(_MARKUP.sub("", text))


def compute_checkbox_ending(code: str) -> str:
    """What an export writes behind ``variable___`` for a choice: small letters, digits, underscores."""
    return re.sub(r"[^a-z0-9]", "_", code.lower())


def _column(sheet: Sheet, headings: tuple[str, ...]) -> Sequence[str] | None:
    return next((sheet.columns[heading] for heading in headings if heading in sheet.columns), None)


def _variable(name: str, cells: Mapping[str, str]) -> Variable:
    kind = cells["type"].lower()
    choices = parse_choices(cells["choices"]) if kind in _WITH_CHOICES else _FIXED_CHOICES.get(kind, {})
    return Variable(name, cells["form"], parse_label(cells["label"]), kind == "checkbox", choices)
