"""The workbook of a new study of long tables: one sheet per table, with checks, lists and instructions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pyarrow as pa
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from cotreat.readers.long_tables import LONG_TABLES, LongField
from cotreat.vocabulary.causality import ANSWERS, CATEGORIES

_INSTRUCTIONS = "Instructions"
_LAST_ROW = 100_000  # checks and lists go down to here; headings in row 1
_CREATED = datetime(1980, 1, 1, tzinfo=UTC)  # the same bytes whenever it is written
_FIRST_DAY = date(1899, 12, 30)  # day 0 of a workbook
_INK, _BAND, _REQUIRED = "#1F3A4D", "#DCE8EE", "#BFD7E2"
_LISTS: Mapping[str, tuple[str, ...]] = {
    "sex": ("female", "male", "other"),
    "response": ("complete", "partial", "none", "unassessable"),
    "condition_kind": ("comorbidity", "disease", "risk_factor"),
    "severity": ("1", "2", "3", "4", "5"),
    "causality_method": tuple(CATEGORIES),
    "causality_answer": ANSWERS,
    "causality_category": tuple(dict.fromkeys(c for own in CATEGORIES.values() for c in own)),
}
_YES_NO = ("yes", "no")
_WIDEST, _NARROWEST = 34, 12


@dataclass(frozen=True)
class _Formats:
    heading: Any
    required: Any
    day: Any
    identifier: Any
    bold: Any
    text: Any


def build_table_workbook(tables: Mapping[str, pa.Table]) -> bytes:
    """A workbook with a sheet for each long table and one that explains them.

    Parameters
    ----------
    tables
        By name of a long table, its rows under standard headings; a heading that it does not
        have is a column to fill in.

    Returns
    -------
    bytes
        The file; the same bytes every time.
    """
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": "Long tables", "created": _CREATED})
        formats = _build_formats(book)
        _write_instructions(book.add_worksheet(_INSTRUCTIONS), formats)
        for name, fields in LONG_TABLES.items():
            _write_table(book.add_worksheet(name), fields, tables.get(name), formats)
    return buffer.getvalue()


def _build_formats(book: Workbook) -> _Formats:
    heading = {"bold": True, "font_color": _INK, "bottom": 2, "valign": "vcenter"}
    return _Formats(
        heading=book.add_format({**heading, "bg_color": _BAND}),
        required=book.add_format({**heading, "bg_color": _REQUIRED}),
        day=book.add_format({"num_format": "yyyy-mm-dd"}),
        # As text, or the spreadsheet turns 001 into 1 and 3-4 into the third of April.
        identifier=book.add_format({"num_format": "@"}),
        bold=book.add_format({"bold": True, "font_color": _INK, "font_size": 13}),
        text=book.add_format({"text_wrap": True, "valign": "top"}),
    )


def _write_table(
    sheet: Worksheet, fields: Sequence[LongField], rows: pa.Table | None, formats: _Formats
) -> None:
    """Headings, rows, and what helps and checks while the sheet is filled in."""
    for place, field in enumerate(fields):
        cells = rows.column(field.heading).to_pylist() if rows and field.heading in rows.column_names else []
        style = formats.day if field.is_date else formats.identifier if field.kind == "patient" else None
        widest = max((len(str(cell)) for cell in cells if cell is not None), default=0)
        width = min(max(widest, len(field.heading), _NARROWEST), _WIDEST)
        sheet.set_column(place, place, width + 2, style)
        sheet.write_string(
            0, place, field.heading, formats.required if field.is_required else formats.heading
        )
        for row, cell in enumerate(cells, start=1):
            if isinstance(cell, date):
                sheet.write_number(row, place, (cell - _FIRST_DAY).days, style)
            elif isinstance(cell, int | float):
                sheet.write_number(row, place, cell, style)
            elif cell is not None:
                sheet.write_string(row, place, str(cell), style)
        sheet.data_validation(1, place, _LAST_ROW, place, _check(field))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, _LAST_ROW, len(fields) - 1)
    sheet.set_row(0, 24)


def _check(field: LongField) -> dict[str, Any]:
    """The check of a column's cells as xlsxwriter wants it, with the message that explains it."""
    about = field.about.replace("`", "")
    shown: dict[str, Any] = {
        "input_title": field.heading[:32],
        "input_message": f"{about[:1].upper()}{about[1:]}.{' Needed.' if field.is_required else ''}",
        "ignore_blank": True,
        "error_type": "warning",
    }
    listed = _YES_NO if field.kind == "flag" else _LISTS.get(field.words, ())
    if listed:
        return {**shown, "validate": "list", "source": list(listed)}
    if field.kind == "number":
        low, high = field.low, field.high
        if low is not None and high is not None:
            return {**shown, "validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
        return {**shown, "validate": "decimal", "criteria": ">=", "value": 0 if low is None else low}
    return {**shown, "validate": "any"}


def _write_instructions(sheet: Worksheet, formats: _Formats) -> None:
    """What each sheet and each of its columns holds."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 84, formats.text)
    row = 0
    sheet.write_string(
        row, 0, "One sheet per table; one row per record. Dark headings are needed.", formats.bold
    )
    row += 1
    for line in (
        "All rows are invented. Replace them all by your own, sheet by sheet.",
        "A date is a cell with a date, or a text such as 2024-03-31, 2024-03 or 2024.",
        "An empty cell says nothing. Only exposures are needed; an unused sheet may stay empty.",
    ):
        sheet.write_string(row, 0, line)
        row += 1
    for name, fields in LONG_TABLES.items():
        row += 1
        sheet.write_string(row, 0, name, formats.bold)
        row += 1
        for field in fields:
            heading = formats.required if field.is_required else formats.heading
            sheet.write_string(row, 0, field.heading, heading)
            sheet.write_string(row, 1, field.about.replace("`", ""), formats.text)
            row += 1
