"""Where something stands in a source, and how it is shown to the person who looks for it.

Every message and finding of a reader is made here, so that a place always reads the
same way and no value from a file reaches a screen unshortened or unescaped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Self

import pyarrow as pa

from cotreat.errors import SourceError
from cotreat.findings import FINDING_SCHEMA, Finding, Findings, Severity

_MOST_SHOWN = 80
_A_TO_Z = 26


class Excerpt(str):
    r"""A text as messages show it: at most 80 characters, control characters escaped.

    Line breaks, bidirectional marks and whatever else could move a cursor or hide
    text are written as ``\n``, ``\u202e`` and so on; a cut is marked with "…".
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """The text, shortened and escaped."""
        # Escaping can only lengthen, so what lies beyond the limit need not be looked at.
        head = "".join(
            char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
            for char in text[: _MOST_SHOWN + 1]
        )
        return super().__new__(cls, head if len(head) <= _MOST_SHOWN else f"{head[: _MOST_SHOWN - 1]}…")


class ColumnLetter(str):
    """The letter that a spreadsheet program shows above a column: A, B, ..., Z, AA."""

    __slots__ = ()

    def __new__(cls, index: int) -> Self:
        """The letter of a column, counted from 0."""
        letters, rest = "", index + 1
        while rest:
            rest, digit = divmod(rest - 1, _A_TO_Z)
            letters = chr(ord("A") + digit) + letters
        return super().__new__(cls, letters)


@dataclass(frozen=True)
class Place:
    """A file, and the sheet in it, about which something is said.

    Attributes
    ----------
    file
        Name of the file, without its folder.
    sheet
        Name of the sheet; empty outside workbooks.
    """

    file: str
    sheet: str = ""

    def refuse(self, problem: str, what_to_do: str, *, row: int | None = None) -> NoReturn:
        """The one message for a source that cannot be read is raised: where, what, what to do.

        Raises
        ------
        SourceError
            Always.
        """
        where = str(Excerpt(self.file))
        if self.sheet:
            where += f', sheet "{Excerpt(self.sheet)}"'
        if row is not None:
            where += f", row {row}"
        message = f"{where}: {problem} {what_to_do}"
        raise SourceError(message)

    def finding(
        self,
        severity: Severity,
        code: str,
        why: str,
        what_to_do: str,
        *,
        row: int | None = None,
        column: str = "",
        value: str = "",
    ) -> Findings:
        """One finding at this place."""
        shown = str(Excerpt(value))
        heading = str(Excerpt(column))
        return Findings.of(
            [Finding(severity, code, self.file, self.sheet, row, heading, shown, why, what_to_do)]
        )

    def findings(
        self,
        severity: Severity,
        code: str,
        why: str,
        what_to_do: str,
        *,
        rows: Sequence[int],
        columns: Sequence[str],
        values: Sequence[str],
    ) -> Findings:
        """The same finding at many cells; a million of them cost one table."""

        def same(text: str) -> "pa.Array[Any]":
            return pa.repeat(pa.scalar(text, pa.string()), len(rows))

        def shown(texts: Sequence[str]) -> "pa.Array[Any]":
            excerpts = {text: str(Excerpt(text)) for text in set(texts)}
            return pa.array([excerpts[text] for text in texts], pa.string())

        table = pa.Table.from_arrays(
            [
                same(severity),
                same(code),
                same(self.file),
                same(self.sheet),
                pa.array(rows, pa.int64()),
                shown(columns),
                shown(values),
                same(why),
                same(what_to_do),
            ],
            schema=FINDING_SCHEMA,
        )
        return Findings(table)
