"""The data dictionary of the instruments for REDCap, ready to be imported."""

import csv
from io import StringIO

from cotreat.readers.redcap_instrument import InstrumentField, read_instrument_forms

# In this order; REDCap refuses a dictionary with other columns.
_COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)


def build_dictionary_file() -> bytes:
    """The data dictionary as REDCap imports it: a CSV file with its 18 columns, one row per variable."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for form in read_instrument_forms():
        writer.writerows(_row(form.name, field) for field in form.fields)
    return buffer.getvalue().encode()


def _row(form: str, field: InstrumentField) -> tuple[str, ...]:
    return (
        field.name,
        form,
        "",
        field.type,
        field.label,
        field.choices,
        field.note,
        field.validation,
        field.min,
        field.max,
        "y" if field.identifier else "",
        field.branching,
        "y" if field.required else "",
        "",
        "",
        "",
        "",
        "",
    )
