"""The workbook of a new case table: a sheet to fill in, the instructions, and the lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from cotreat.new_case_table import CHOICE_LISTS, COLUMNS, SHEET, ChoiceList, TemplateColumn
from cotreat.validation.case_rules import EXAMPLE_PATIENT

_INSTRUCTIONS, _LISTS = "Instructions", "Lists"
_LAST_ROW = 10_001  # the checks and lists go down to here; headings in row 1
_LAST_LIST_ROW = 300
_FIRST_CHOICE_ROW = 4
_A4 = 9
_IDENTIFIERS = ("case", "patient", "course")
# The same bytes whenever and wherever it is written.
_CREATED = datetime(1980, 1, 1, tzinfo=UTC)
_INK, _BAND, _EXAMPLE, _ALARM = "#1F3A4D", "#DCE8EE", "#FFF4CC", "#F8CBAD"


@dataclass(frozen=True)
class _Formats:
    heading: Any
    text: Any
    number: Any
    identifier: Any
    bold: Any

    def of(self, column: TemplateColumn) -> Any:
        """The format of a column's cells."""
        if column.field in _IDENTIFIERS:
            return self.identifier
        return self.number if column.checks in ("age", "duration") else self.text


def build_case_workbook(instructions: str) -> bytes:
    """A workbook with an example row, checks, drop-down lists and instructions.

    Parameters
    ----------
    instructions
        Lines of the sheet of instructions: ``# heading``, ``cell | meaning``, or text. The
        first pair of a block of pairs is its heading.

    Returns
    -------
    bytes
        The file; the same bytes every time.
    """
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "Case table", "created": _CREATED})
        formats = _build_formats(book)
        cases, about, lists = (book.add_worksheet(name) for name in (SHEET, _INSTRUCTIONS, _LISTS))
        _write_lists(book, lists, formats)
        _write_cases(book, cases, formats)
        _write_instructions(about, formats, instructions.splitlines())
        cases.activate()
    return buffer.getvalue()


def _build_formats(book: Workbook) -> _Formats:
    wrapped = {"text_wrap": True, "valign": "top"}
    return _Formats(
        heading=book.add_format(
            {**wrapped, "bold": True, "font_color": _INK, "bg_color": _BAND, "bottom": 2, "valign": "vcenter"}
        ),
        text=book.add_format(wrapped),
        number=book.add_format({**wrapped, "align": "center"}),
        # As text, or the spreadsheet turns 001 into 1 and 3-4 into the third of April.
        identifier=book.add_format({**wrapped, "num_format": "@"}),
        bold=book.add_format({"bold": True, "font_color": _INK, "font_size": 13}),
    )


def _write_cases(book: Workbook, sheet: Worksheet, formats: _Formats) -> None:
    """Headings, the example row, and what helps and checks while the sheet is filled in."""
    last = len(COLUMNS) - 1
    for place, column in enumerate(COLUMNS):
        style = formats.of(column)
        sheet.set_column(place, place, column.width, style)
        sheet.write_string(0, place, column.heading, formats.heading)
        if isinstance(column.example, str):
            sheet.write_string(1, place, column.example, style)
        else:
            sheet.write_number(1, place, column.example, style)
        sheet.data_validation(1, place, _LAST_ROW - 1, place, _build_check(column, xl_col_to_name(place)))
    sheet.set_row(0, 48)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, _LAST_ROW - 1, last)
    sheet.ignore_errors({"number_stored_as_text": f"A2:{xl_col_to_name(last)}{_LAST_ROW}"})
    _mark_example(book, sheet, last)
    _fit_on_paper(sheet, pages_wide=2)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, 1)


def _mark_example(book: Workbook, sheet: Worksheet, last: int) -> None:
    """Color the example row for as long as it is the example, and louder once other rows stand beside it."""
    patient = xl_col_to_name([column.field for column in COLUMNS].index("patient"))
    is_example = f'${patient}2="{EXAMPLE_PATIENT}"'
    others = f"COUNTA(${patient}$2:${patient}${_LAST_ROW})>1"
    for criteria, color, stop in (
        (f"=AND({is_example},{others})", _ALARM, True),
        (f"={is_example}", _EXAMPLE, False),
    ):
        style = book.add_format({"bg_color": color, "italic": True})
        rule = {"type": "formula", "criteria": criteria, "format": style, "stop_if_true": stop}
        sheet.conditional_format(1, 0, _LAST_ROW - 1, last, rule)


def _build_check(column: TemplateColumn, letter: str) -> dict[str, Any]:
    """The check of a column's cells as xlsxwriter wants it, with the message that explains it."""
    shown = {"input_title": column.heading[:32], "input_message": column.message, "ignore_blank": True}
    cell = f"{letter}2"
    if column.choices is not None:
        return {**shown, **_list_check(column.choices)}
    if column.checks == "age":
        return {
            **shown,
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0,
            "maximum": 120,
            "error_type": "warning",
            "error_title": "Age",
            "error_message": "An age is a number from 0 to 120. If it is unknown, leave the cell empty.",
        }
    if column.checks == "duration":
        is_number = f"AND(ISNUMBER({cell}),{cell}>0,{cell}<=600)"
        is_text = f'AND(ISTEXT({cell}),OR(ISNUMBER(VALUE(LEFT({cell},1))),LOWER({cell})="ongoing"))'
        return {
            **shown,
            "validate": "custom",
            "value": f"=OR({is_number},{is_text})",
            "error_type": "warning",
            "error_title": "Months together",
            "error_message": "A number of months, such as 20 or 0.5, if need be with a word behind it: "
            "8 (ongoing), 3 weeks. If it is unknown, leave the cell empty.",
        }
    return {**shown, "validate": "any"}


def _list_check(choices: ChoiceList) -> dict[str, Any]:
    closed = "Choose one of the words of the list. If it is unknown, leave the cell empty."
    extended = (
        "This is not in the list. You may keep it; a new reason also needs a line in study.toml "
        "(see the sheet Instructions)."
    )
    return {
        "validate": "list",
        "source": f"={choices.name}",
        "error_type": "stop" if choices.is_closed else "warning",
        "error_title": choices.heading[:32],
        "error_message": closed if choices.is_closed else extended,
    }


def _write_lists(book: Workbook, sheet: Worksheet, formats: _Formats) -> None:
    """One list per column, each with a name that grows with it."""
    sheet.write_string(
        0, 0, "What the drop-down lists offer. Add an entry directly below a list.", formats.bold
    )
    for place, choices in enumerate(CHOICE_LISTS):
        sheet.set_column(
            place,
            place,
            2 + max(len(label) for label in (choices.heading, *(choice.label for choice in choices.choices))),
        )
        sheet.write_string(_FIRST_CHOICE_ROW - 2, place, choices.heading, formats.heading)
        for row, choice in enumerate(choices.choices, start=_FIRST_CHOICE_ROW - 1):
            sheet.write_string(row, place, choice.label)
        column = f"${xl_col_to_name(place)}$"
        whole = f"{_LISTS}!{column}{_FIRST_CHOICE_ROW}:{column}{_LAST_LIST_ROW}"
        first = f"{_LISTS}!{column}{_FIRST_CHOICE_ROW}"
        # Up to the last entry: with empty cells in it, a list would let everything pass.
        book.define_name(choices.name, f"={first}:INDEX({whole},COUNTA({whole}))")
    sheet.freeze_panes(_FIRST_CHOICE_ROW - 1, 0)
    _fit_on_paper(sheet, pages_wide=1)


def _write_instructions(sheet: Worksheet, formats: _Formats, lines: Sequence[str]) -> None:
    """Headings, sentences, and tables of what to write and how it is read."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, 1, 84, formats.text)
    before = ""
    for row, line in enumerate(lines):
        cell, bar, meaning = line.partition(" | ")
        if line.startswith("# "):
            sheet.write_string(row, 0, line[2:], formats.bold)
        elif bar:
            style = formats.text if " | " in before else formats.heading
            sheet.write_string(row, 0, cell, style)
            sheet.write_string(row, 1, meaning, style)
        elif line:
            sheet.write_string(row, 0, line)
        before = line
    _fit_on_paper(sheet, pages_wide=1)


def _fit_on_paper(sheet: Worksheet, *, pages_wide: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(pages_wide, 0)
