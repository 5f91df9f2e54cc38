"""Findings: what is wrong in the data, where, why, and what to do.

Grain: one problem in one place. Severity says what became of the row:

- ``error``: the row cannot be used at all; a run stops.
- ``warning``: the row is used, one of its fields is unknown.
- ``info``: the row is used in full; something about it is worth knowing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Literal, Self

import pyarrow as pa
import pyarrow.compute as pc

from cotreat.errors import DataError

Severity = Literal["error", "warning", "info"]

_MOST_SHOWN = 20
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


PERSONAL = ("patient_id_forms",)
"""Codes of findings whose value is a patient's identifier, though they name no row."""
_COUNTED = "rows?|patients?|persons?|cells?|results?|records?|events?|exposures?|entry|entries|objects?"
_COUNTS = re.compile(rf"(?<![\d.,*^])\d[\d,]*(?= (?:of \d|(?:further )?(?:{_COUNTED})\b))")


def compute_shown_count(count: int | None, minimum: int) -> int | None:
    """A count as it may be shown: None when it is small, else the nearest multiple of the minimum.

    Zero is shown as it is, and no count that is not small becomes zero.
    """
    if count is None or not minimum:
        return count
    if 0 < count < minimum:
        return None
    return (2 * count + minimum) // (2 * minimum) * minimum


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem in the data.

    Attributes
    ----------
    severity
        ``error``, ``warning`` or ``info``.
    code
        The kind of problem, a snake_case word such as ``unknown_drug``.
    file, sheet
        Where it stands; ``sheet`` is empty outside workbooks.
    row
        The line that a person would look for: 1 is the first line of the file or
        sheet, headings included. None when the problem is not in one row.
    column
        Heading of the column, as in the source; empty when it is not one column.
    value
        What stands there.
    why
        Why it is a problem, one sentence.
    what_to_do
        What the reader can do about it, one sentence.
    """

    severity: Severity
    code: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    why: str = ""
    what_to_do: str = ""

    @property
    def place(self) -> str:
        """Where it stands, for a message: file, sheet, row, column."""
        parts = (self.file, self.sheet, f"row {self.row}" if self.row else "", self.column)
        return ", ".join(part for part in parts if part)


FINDING_COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(Finding))

FINDING_SCHEMA = pa.schema(
    [pa.field(name, pa.int64() if name == "row" else pa.string()) for name in FINDING_COLUMNS]
)


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Why one text has no reading, and the reading that a person may have meant.

    ``parse_`` functions return it in place of a value. A proposal is never used
    until the user confirms it in the data or in the protocol.
    """

    text: str
    why: str
    proposal: str = ""


@dataclass(frozen=True)
class Findings:
    """Many findings in one Arrow table, so that a million of them stay cheap."""

    table: pa.Table

    @classmethod
    def of(cls, findings: Iterable[Finding] = ()) -> Self:
        """Findings from single ones, in the order given."""
        rows = [astuple(finding) for finding in findings]
        columns: list[list[object]] = [list(c) for c in zip(*rows, strict=True)]
        arrays = columns or [[] for _ in FINDING_COLUMNS]
        return cls(
            pa.Table.from_arrays(
                [pa.array(a, type=f.type) for a, f in zip(arrays, FINDING_SCHEMA, strict=True)],
                schema=FINDING_SCHEMA,
            )
        )

    @classmethod
    def concat(cls, parts: Iterable["Findings"]) -> Self:
        """All findings of the parts, in their order."""
        return cls(pa.concat_tables([FINDING_SCHEMA.empty_table(), *(p.table for p in parts)]))

    def __len__(self) -> int:
        """How many findings there are."""
        return self.table.num_rows

    def __iter__(self) -> Iterator[Finding]:
        """Each finding in turn."""
        for row in self.table.to_pylist():
            yield Finding(**row)

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        column = self.table.column("severity").to_pylist()
        return column.count(severity)

    @property
    def has_errors(self) -> bool:
        """Whether a row cannot be used at all, so that a run must stop."""
        return self.count("error") > 0

    def to_error(self, written: Path | None, *, is_counted: bool = False) -> DataError:
        """The errors as one message, as far as a screen has room.

        Parameters
        ----------
        written
            File that holds all findings; None: nothing was written.
        is_counted
            Whether that file says only how many there are of each kind.
        """
        errors = Findings(self.table.filter(pc.equal(self.table["severity"], pa.scalar("error"))))
        lines = [f"  {text}" for text in errors._shown()]
        if written is not None:
            holds = "All findings are counted, without their rows," if is_counted else "All findings are"
            lines.append(f"{holds} in {written}; nothing else was written.")
        n = "1 error" if len(errors) == 1 else f"{len(errors):,} errors"
        return DataError("\n".join([f"The data have {n}, so no results were made.", *lines]))

    def _shown(self) -> Iterator[str]:
        """Each finding; where they are too many for a screen each kind, with its number and first place."""
        if len(self) <= _MOST_SHOWN:
            yield from (f"{f.place}: {f.why} {f.what_to_do}" for f in self)
            return
        kinds = self.kinds()
        for first, n in kinds[:_MOST_SHOWN]:
            times = f"{n:,} times, first in " if n > 1 else ""
            yield f"{times}{first.place}: {first.why} {first.what_to_do}"
        if len(kinds) > _MOST_SHOWN:
            yield f"and {len(kinds) - _MOST_SHOWN:,} more kinds."

    def kinds(self) -> list[tuple[Finding, int]]:
        """The first finding of each kind in each column, and how many they are; severe and frequent first."""
        keys = ["severity", "code", "file", "sheet", "column"]
        numbered = self.table.append_column("place", pa.array(range(len(self)), pa.int64()))
        groups = numbered.group_by(keys).aggregate([("place", "min"), ("place", "count")])
        ordered = groups.sort_by("place_min").to_pylist()
        ordered.sort(key=lambda group: (_SEVERITIES.index(group["severity"]), -group["place_count"]))
        # Typed, because an empty list of places has no type by itself.
        firsts = self.table.take(pa.array([group["place_min"] for group in ordered], pa.int64()))
        counts = [int(group["place_count"]) for group in ordered]
        return [(Finding(**row), n) for row, n in zip(firsts.to_pylist(), counts, strict=True)]

    def counted(self, minimum_count: int) -> "Findings":
        """The findings without any row or value: one for each kind, which says how many there are.

        A finding that names no row is about a whole file, and stays, with its numbers rounded; one whose
        value is a patient's identifier does not.

        Parameters
        ----------
        minimum_count
            A smaller number of findings is not told, and another is rounded to a multiple of this.
        """
        is_personal = pc.is_in(self.table["code"], value_set=pa.array(PERSONAL, pa.string()))
        in_rows = pc.or_(pc.is_valid(self.table["row"]), is_personal)
        rows = Findings(self.table.filter(in_rows))
        kinds = [
            Finding(
                first.severity,
                first.code,
                first.file,
                sheet=first.sheet,
                column=first.column,
                why=_counted_text(n, minimum_count),
                what_to_do="`cotreat check` names the places; with `private_files = true` under "
                "`[disclosure]` they are in private/findings.csv.",
            )
            for first, n in rows.kinds()
        ]
        files = self.table.filter(pc.invert(in_rows))
        told = [_round_numbers(str(why), minimum_count) for why in files["why"].to_pylist()]
        place = files.schema.get_field_index("why")
        whole = Findings(files.set_column(place, files.schema.field(place), pa.array(told, pa.string())))
        return Findings.concat([Findings.of(kinds), whole]).ordered()

    def ordered(self) -> "Findings":
        """The findings by severity, then by file, sheet, row, column and code."""
        ranked = self.table.append_column(
            "rank", pa.array([_SEVERITIES.index(s) for s in self.table["severity"].to_pylist()], pa.int64())
        )
        keys = ["rank", "file", "sheet", "row", "column", "code", "value"]
        return Findings(ranked.sort_by([(k, "ascending") for k in keys]).drop_columns(["rank"]))


def _round_numbers(why: str, minimum: int) -> str:
    """The sentence with its counts of rows and people as they may be shown."""

    def shown(found: re.Match[str]) -> str:
        exact = int(found[0].replace(",", ""))
        rounded = compute_shown_count(exact, minimum)
        if rounded is None:
            return f"fewer than {minimum}"
        return found[0] if rounded == exact == 0 else f"about {rounded:,}"

    text = _COUNTS.sub(shown, why)
    return text[:1].upper() + text[1:]


def _counted_text(rows: int, minimum: int) -> str:
    shown = compute_shown_count(rows, minimum)
    return f"Fewer than {minimum} rows." if shown is None else f"About {shown:,} rows."
