"""A delimited text (.csv, .tsv, .txt) as a grid of cell texts (RFC 4180)."""

import csv
import re
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import Final, NoReturn

from cotreat.findings import Findings
from cotreat.readers.encodings import read_text
from cotreat.readers.grids import MOST_CELLS, MOST_COLUMNS, DecimalSign, Grid
from cotreat.readers.places import Excerpt, Place

_DELIMITERS: Final = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}
_SEP_LINE = re.compile(r'"?sep=(.)"?\n', re.IGNORECASE)  # how Excel is told the delimiter
_SAMPLE_CHARACTERS = 1 << 18
_SAMPLE_RECORDS = 200
_LONGEST_FIELD = (1 << 31) - 1
_FEWEST_BELOW_A_TITLE = 3
_NEVER_CLOSED = "end of data"  # how the csv module says it


@dataclass(frozen=True, order=True)
class _Shape:
    """How the start of a text falls into cells with one delimiter; the greatest is the likeliest."""

    has_paired_quotes: bool
    has_headings: bool
    share: float
    n_fields: int
    n_headings: int

    @property
    def fit(self) -> tuple[bool, bool, float]:
        """How evenly the text is divided, whatever the number of cells."""
        return self.has_paired_quotes, self.has_headings, self.share


@dataclass(frozen=True)
class Dialect:
    """How the lines of a delimited text are divided.

    Attributes
    ----------
    delimiter
        One character.
    start, first_row
        Where the headings' line starts: in characters, and as a line number from 1.
    is_detected
        Whether the delimiter was found out rather than given or stated by the text.
    findings
        What cannot be told for certain.
    """

    delimiter: str
    start: int
    first_row: int
    is_detected: bool
    findings: Findings

    @property
    def shown(self) -> str:
        """The delimiter as people call it."""
        return _DELIMITERS.get(self.delimiter, repr(self.delimiter))


def read_delimited(
    content: bytes,
    place: Place,
    *,
    encoding: str | None,
    delimiter: str | None,
    decimal: DecimalSign | None,
) -> Grid:
    """The cells of a delimited text, as a person sees them.

    Parameters
    ----------
    content
        The whole file.
    encoding, delimiter, decimal
        None asks for each to be found out. The delimiter (comma, semicolon, tab or
        vertical bar) is the one that gives rows of one length; a first line ``sep=;``
        states it.

    Raises
    ------
    SourceError
        The content is no text, its encoding is not known, or its quotes do not pair.
    """
    decoded = read_text(content, place, encoding)
    dialect = parse_dialect(decoded.text, place, delimiter)
    text = decoded.text[dialect.start :]
    rows, row_numbers, blank_rows = _read_rows(text, place, dialect)
    return Grid(
        rows=rows,
        row_numbers=row_numbers,
        blank_rows=blank_rows,
        has_fields=True,
        decimal=decimal,
        about=f"{decoded.encoding}, delimiter {dialect.shown}",
        is_detected=decoded.is_detected or delimiter is None,
        sheet="",
        findings=Findings.concat([decoded.findings, dialect.findings]),
    )


def parse_dialect(text: str, place: Place, delimiter: str | None) -> Dialect:
    """How a text, or its beginning, is divided into cells.

    Parameters
    ----------
    text
        Lines end with line feeds.
    delimiter
        As given by the protocol; None takes what a first line ``sep=;`` states, else the
        one that gives rows of one length.

    Raises
    ------
    SourceError
        The delimiter is not one character that can be one.
    """
    start, first_row = 0, 1
    if sep := _SEP_LINE.match(text):
        start, first_row = sep.end(), 2
        delimiter = delimiter or sep[1]
    if delimiter is not None:
        return Dialect(
            _checked(delimiter, place), start, first_row, is_detected=False, findings=Findings.of()
        )
    found, unclear = _detect_delimiter(text[start:], place)
    return Dialect(found, start, first_row, is_detected=True, findings=unclear)


def read_records(
    lines: Iterable[str], place: Place, *, delimiter: str, first_row: int = 1
) -> Iterator[tuple[int, list[str]]]:
    """Each record of a delimited text with the line on which it starts, blank ones too.

    Parameters
    ----------
    lines
        From `first_row` on, with their line breaks.

    Raises
    ------
    SourceError
        Quotation marks do not pair.
    """
    number = first_row
    with _any_field_size():
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for record in reader:
                yield number, record
                number = reader.line_num + first_row
        except csv.Error as error:
            _refuse_quotes(place, number, str(error))


def _checked(delimiter: str, place: Place) -> str:
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in '"\n\r\0 ':
        place.refuse(
            f'"{Excerpt(delimiter)}" cannot be a delimiter.',
            r'Give `delimiter` under [source] as one character: ",", ";", "|" or "\t" for a tab.',
        )
    return delimiter


def _detect_delimiter(text: str, place: Place) -> tuple[str, Findings]:
    """The likeliest delimiter, and a finding when another is as likely."""
    with _any_field_size():
        shapes = {delimiter: _shape(text, delimiter) for delimiter in _DELIMITERS}
    likely = sorted(
        (delimiter for delimiter, shape in shapes.items() if _is_plausible(shape)),
        key=lambda delimiter: shapes[delimiter],
        reverse=True,
    )
    if not likely:
        # One column, for which any delimiter does that its texts do not contain.
        unused = (delimiter for delimiter, shape in shapes.items() if shape.n_fields == shape.share == 1)
        return next(unused, ","), Findings.of()
    best, *others = likely
    if not others or shapes[others[0]].fit < shapes[best].fit:
        return best, Findings.of()
    return best, place.finding(
        "warning",
        "delimiter_unclear",
        f"Both {_DELIMITERS[best]} and {_DELIMITERS[others[0]]} divide every line alike; "
        f"{_DELIMITERS[best]} was used.",
        "Give `delimiter` under [source] of the protocol.",
    )


def _is_plausible(shape: _Shape) -> bool:
    # One cell in the first line and several below: headings under a title, or one column of free text.
    return shape.n_headings > 1 or (shape.n_fields >= _FEWEST_BELOW_A_TITLE and 2 * shape.share > 1)


def _shape(text: str, delimiter: str) -> _Shape:
    sample, counts, has_paired_quotes = text[:_SAMPLE_CHARACTERS], list[int](), True
    is_cut = len(sample) < len(text)
    reader = csv.reader(StringIO(sample), delimiter=delimiter, strict=True)
    try:
        for record in islice(reader, _SAMPLE_RECORDS):
            if len(record) > 1 or any(field.strip() for field in record):
                counts.append(len(record))
    except csv.Error as error:
        has_paired_quotes = is_cut and _NEVER_CLOSED in str(error)
    if is_cut and len(counts) > 1:
        counts.pop()  # the sample may end inside it
    if not counts:
        return _Shape(has_paired_quotes, has_headings=False, share=0.0, n_fields=0, n_headings=0)
    n_fields, n_records = max(Counter(counts).items(), key=lambda item: (item[1], item[0]))
    return _Shape(has_paired_quotes, counts[0] == n_fields, n_records / len(counts), n_fields, counts[0])


def _read_rows(text: str, place: Place, dialect: Dialect) -> tuple[list[list[str]], list[int], list[int]]:
    """Rows that hold something, the lines on which they start, and the blank lines between them."""
    rows: list[list[str]] = []
    row_numbers: list[int] = []
    blank_rows: list[int] = []
    n_cells = 0
    records = read_records(StringIO(text), place, delimiter=dialect.delimiter, first_row=dialect.first_row)
    for number, record in records:
        cells = [field.strip() for field in record]
        if any(cells):
            rows.append(cells)
            row_numbers.append(number)
            n_cells += len(cells)
            _refuse_excess(place, number, len(cells), n_cells)
        else:
            blank_rows.append(number)
    last = row_numbers[-1] if row_numbers else 0
    return rows, row_numbers, [row for row in blank_rows if row < last]


@contextmanager
def _any_field_size() -> Generator[None]:
    """A cell may be as long as the file; too long ones become findings, not errors of the csv module."""
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _refuse_excess(place: Place, row: int, n_columns: int, n_cells: int) -> None:
    if n_columns > MOST_COLUMNS:
        place.refuse(
            f"the row has {n_columns:,} columns, more than any spreadsheet program allows.",
            "Is the delimiter right? Give `delimiter` under [source] of the protocol.",
            row=row,
        )
    if n_cells > MOST_CELLS:
        place.refuse(f"the table has more than {MOST_CELLS:,} cells.", "Split it, or save it as Parquet.")


def _refuse_quotes(place: Place, row: int, error: str) -> NoReturn:
    if _NEVER_CLOSED in error:
        place.refuse(
            'a quotation mark (") opens in this row and is never closed.',
            "Close it, or write it twice if it belongs to the text.",
            row=row,
        )
    place.refuse(
        'text follows a closing quotation mark (").',
        "Write every quotation mark twice that belongs to the text of a quoted cell.",
        row=row,
    )
