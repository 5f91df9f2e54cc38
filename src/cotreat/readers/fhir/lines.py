"""Lines of an NDJSON file one by one: what is no JSON, and where."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa

from cotreat.findings import Findings
from cotreat.readers.places import Place

LONGEST_LINE = 16 << 20  # bytes; a resource of this size has an attachment in it
_BATCH = 32 << 20  # bytes
_BOM = "\ufeff"
_SHOWN = 400

_WHY = {
    "line_too_long": (
        f"The line is longer than {LONGEST_LINE >> 20} MB: no resource is, without an attachment in it.",
        "Export it without attachments, or look whether line breaks are missing.",
    ),
    "not_json": (
        "The line is not JSON: it may be cut off.",
        "Export the file again; each line must be one whole resource.",
    ),
}

Line = tuple[int, str]


@dataclass
class BadLines:
    """Lines that hold no JSON, by what is wrong with them."""

    n_read: int = 0
    lines: dict[str, list[Line]] = field(default_factory=dict[str, list[Line]])

    @property
    def left_out(self) -> dict[str, int]:
        """How many, by reason."""
        return {code: len(lines) for code, lines in sorted(self.lines.items())}

    def note(self, code: str, line: int, text: str) -> None:
        """One such line."""
        self.lines.setdefault(code, []).append((line, text[:_SHOWN]))

    def validate(self, place: Place) -> Findings:
        """A finding for each of them.

        Raises
        ------
        SourceError
            Most lines hold no JSON: the file is something else.
        """
        if 2 * sum(self.left_out.values()) > self.n_read:
            code = max(self.lines, key=lambda one: len(self.lines[one]))
            why, what_to_do = _WHY[code]
            place.refuse(f"most of its lines cannot be read. {why}", what_to_do, row=self.lines[code][0][0])
        return Findings.concat(
            place.findings(
                "error",
                code,
                *_WHY[code],
                rows=[line for line, _ in lines],
                columns=[""] * len(lines),
                values=[text for _, text in lines],
            )
            for code, lines in sorted(self.lines.items())
        )


def read_good_lines(
    connection: duckdb.DuckDBPyConnection, path: Path, table: str, bad: BadLines
) -> Iterator[int]:
    """Some megabytes of lines at a time, those that are JSON in a table ``line, json``; how many lines.

    Parameters
    ----------
    table
        Name of the table, which is made anew each time.
    bad
        Where the others are noted.
    """
    with path.open("rb") as file:
        for batch in _batches(file, bad):
            numbers, texts = [n for n, _ in batch], [text for _, text in batch]
            rows = pa.table({"line": pa.array(numbers, pa.int64()), "json": pa.array(texts, pa.string())})
            connection.register("fhir_lines", rows)
            wrong = connection.execute(
                "SELECT line, json FROM fhir_lines WHERE NOT json_valid(json) ORDER BY line"
            ).fetchall()
            for line, text in wrong:
                bad.note("not_json", int(line), str(text))
            connection.execute(
                f"CREATE OR REPLACE TABLE {table} AS "
                "SELECT line, CAST(json AS JSON) AS json FROM fhir_lines WHERE json_valid(json)"
            )
            connection.unregister("fhir_lines")
            yield len(batch)


def _batches(file: BinaryIO, bad: BadLines) -> Iterator[list[Line]]:
    """Lines that hold something and are not too long, in batches."""
    batch: list[Line] = []
    size = 0
    for number, line in _lines(file, bad):
        batch.append((number, line))
        size += len(line)
        if size > _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _lines(file: BinaryIO, bad: BadLines) -> Iterator[Line]:
    """Each line that holds something, with its number; one that is too long is noted."""
    number = 0
    while raw := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            _pass_over(file, raw)
            bad.n_read += 1
            bad.note("line_too_long", number, raw[:_SHOWN].decode(errors="replace"))
        elif text := raw.decode(errors="replace").strip(f"{_BOM} \t\r\n"):
            bad.n_read += 1
            yield number, text


def _pass_over(file: BinaryIO, read: bytes) -> None:
    """The rest of a line is read a piece at a time: it need not fit into memory."""
    while read and not read.endswith(b"\n"):
        read = file.readline(LONGEST_LINE)
