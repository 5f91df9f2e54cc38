"""A long table in a delimited text (.csv, .tsv, .txt), of any size.

A text in which every line is one row, as in nearly all, is read by DuckDB. When it has
not as many rows as lines, is not UTF-8, or DuckDB refuses it, it is read record by
record instead: slower, but that knows the line of every row, also behind line breaks in
cells, and what is wrong with it.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TextIO

import duckdb

from cotreat.engine.literals import compute_file_literal, compute_literal
from cotreat.findings import Findings
from cotreat.readers.delimited import Dialect, parse_dialect, read_records
from cotreat.readers.encodings import DecodedText, read_text
from cotreat.readers.grids import DecimalSign
from cotreat.readers.places import Place
from cotreat.readers.sheets import parse_heading
from cotreat.readers.table_loading import (
    LoadedRows,
    RowTarget,
    read_counts,
)
from cotreat.readers.table_records import Record, read_record_rows
from cotreat.readers.table_surveys import TextSurvey, read_survey

_HEAD = 1 << 20
_MOST_DECODED = 200 << 20  # bytes of a text that is not UTF-8, because it is decoded whole
_UTF8 = ("utf-8", "utf8", "utf-8-sig", "utf_8", "ascii", "us-ascii")
_WHAT_TO_DO = "Export it again as CSV UTF-8, or as Parquet."


@dataclass(frozen=True)
class LongText:
    """A delimited text that is open for reading.

    Attributes
    ----------
    path, place
        Where it is.
    survey
        What its bytes show.
    dialect
        How its lines are divided.
    headings, decimal, findings
        As of every long file.
    heading_row, first_row
        Lines on which the headings and the first row start.
    encoding
        As people call it.
    text
        The whole text, if it had to be decoded first; None: it is UTF-8 in its file.
    """

    path: Path
    place: Place
    survey: TextSurvey
    dialect: Dialect
    headings: tuple[str, ...]
    heading_row: int
    first_row: int
    encoding: str
    decimal: DecimalSign | None
    findings: Findings
    text: str | None

    @property
    def types(self) -> tuple[str, ...]:
        """Every column is a text."""
        return ("VARCHAR",) * len(self.headings)

    @property
    def sha256(self) -> str:
        """Of the file."""
        return self.survey.sha256

    @property
    def about(self) -> str:
        """Encoding and delimiter."""
        return f"{self.encoding}, delimiter {self.dialect.shown}"

    def load(self, connection: duckdb.DuckDBPyConnection, target: RowTarget) -> LoadedRows:
        """The rows are in their table, each with the line on which it starts."""
        is_plain = self.text is None and self.heading_row == 1 and not self.survey.has_bare_returns
        if is_plain and self._load_lines(connection, target):
            return LoadedRows()
        with self._open() as lines:
            return read_record_rows(
                connection,
                target,
                self.place,
                self._rows(lines),
                delimiter=self.dialect.delimiter,
                n_columns=len(self.headings),
            )

    def _load_lines(self, connection: duckdb.DuckDBPyConnection, target: RowTarget) -> bool:
        """Whether the text was read with one row in each line."""
        names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(self.headings)))
        relation = (
            f"SELECT row_number() OVER () + {self.first_row - 1} AS source_row, * FROM "
            f"read_csv({compute_file_literal(str(self.path))}, auto_detect = false, header = true, "
            f"delim = {compute_literal(self.dialect.delimiter)}, quote = '\"', escape = '\"', "
            f"strict_mode = true, columns = {{{names}}})"
        )
        # Line numbers rest on the order of the file.
        connection.execute("SET preserve_insertion_order = true")
        try:
            target.create(connection, relation)
        except (duckdb.InvalidInputException, duckdb.ConversionException):
            return False
        finally:
            connection.execute("SET preserve_insertion_order = false")
        (n_rows,) = read_counts(connection, f"SELECT COUNT(*) FROM {target.table}")
        return n_rows == self.survey.n_lines - self.first_row + 1

    @contextmanager
    def _open(self) -> Generator[TextIO]:
        """The lines from the headings' own on."""
        if self.text is not None:
            yield StringIO(self.text[self.dialect.start :])
            return
        with self.path.open(encoding="utf-8-sig", newline="") as lines:
            for _ in range(self.dialect.first_row - 1):
                lines.readline()
            yield lines

    def _rows(self, lines: TextIO) -> Iterator[Record]:
        for number, record in read_records(
            lines, self.place, delimiter=self.dialect.delimiter, first_row=self.dialect.first_row
        ):
            if number > self.heading_row:
                yield number, record


def read_long_text(
    path: Path,
    place: Place,
    *,
    encoding: str | None,
    delimiter: str | None,
    decimal: DecimalSign | None,
) -> LongText:
    """A delimited text with its headings; the rows are read when they are loaded.

    Raises
    ------
    SourceError
        The content is no text, its encoding does not fit, or it has no headings.
    """
    survey = read_survey(path, place)
    if not survey.n_lines:
        place.refuse("it is empty.", "Enter the table, headings first, or export it again.")
    decoded, is_whole = _decode(path, place, survey, encoding)
    dialect = parse_dialect(decoded.text, place, delimiter)
    heading_row, cells = _headings(decoded.text, place, dialect)
    lost = Findings.of() if is_whole else _lost_characters(survey, place)
    return LongText(
        path,
        place,
        survey,
        dialect,
        tuple(map(parse_heading, cells)),
        heading_row,
        heading_row + 1 + sum(cell.count("\n") for cell in cells),
        decoded.encoding,
        decimal,
        Findings.concat([decoded.findings if is_whole else lost, dialect.findings]),
        decoded.text if is_whole else None,
    )


def _decode(path: Path, place: Place, survey: TextSurvey, encoding: str | None) -> tuple[DecodedText, bool]:
    """The beginning of a UTF-8 text, or the whole of any other; and whether it is the whole."""
    is_utf8 = survey.is_utf8 and (encoding is None or encoding.lower() in _UTF8)
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if is_utf8:
            # Cut at the end of a line, so that no character is cut in two.
            whole = head if survey.size <= _HEAD else head[: head.rfind(b"\n") + 1]
            return read_text(whole, place, encoding), False
        if survey.size > _MOST_DECODED:
            place.refuse(
                f"it is not UTF-8 and larger than {_MOST_DECODED >> 20} MB.",
                _WHAT_TO_DO,
            )
        return read_text(head + file.read(), place, encoding), True


def _headings(text: str, place: Place, dialect: Dialect) -> tuple[int, list[str]]:
    """The first record that holds something, and its line."""
    lines = StringIO(text[dialect.start :])
    for number, record in read_records(
        lines, place, delimiter=dialect.delimiter, first_row=dialect.first_row
    ):
        if any(cell.strip() for cell in record):
            return number, record
    return place.refuse("it is empty.", "Enter the table, headings first, or export it again.")


def _lost_characters(survey: TextSurvey, place: Place) -> Findings:
    if not survey.n_lost:
        return Findings.of()
    return place.finding(
        "warning",
        "lost_characters",
        f"{survey.n_lost:,} characters were lost before this file was written: "
        "they are replacement characters now.",
        "Export the table again from where it comes from.",
        row=survey.first_lost_line,
    )
