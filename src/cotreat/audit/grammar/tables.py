"""Tables: what each cell of numbers is about, from the words of its row, its column and its caption.

A cell is bound only where its row, its column and the caption are understood to the last word;
"response before the combination" says more than a row "complete response" can tell. Where of whom
a share is stays open, its numbers may be right, and are never called wrong.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from cotreat.analysis.results import Unit
from cotreat.audit.claims import Condition, Query, Statement
from cotreat.audit.grammar.cells import (
    compute_bare_cell,
    parse_any_claims,
    parse_cell_claims,
    parse_is_numeric,
)
from cotreat.audit.grammar.general_words import read_words_of
from cotreat.audit.grammar.lexicon import Lexicon, parse_words
from cotreat.audit.grammar.senses import EVENT_VARIABLES
from cotreat.audit.grammar.table_words import TableWords, build_conditions, parse_table_words

_NOT_UNDERSTOOD = "the words of its row, its column or its table were not all understood"
_QUANTITIES = frozenset({"age_years", "duration"})
# Words that are clear in a label, but of which a duration is not that of the combination.
_LAST_THEMSELVES = frozenset({"study", "drug", "drugs"})
_OUTCOMES = frozenset({"response", "end_reason", "next_treatment", "adverse_event_term", "has_adverse_event"})
# A table with a case in each row is the data, and says nothing about them.
_A_CASE = re.compile(r"(?:#|no\.?|case|patient|p|id)?\s*\d{1,4}", re.IGNORECASE)
_NUMBERED = re.compile(r"^\W*(?:table|tab\.?)\s*\w{1,3}[.:]?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CellStatement:
    """The numbers of one cell.

    Attributes
    ----------
    row, column
        Place of the cell in its table, from 0.
    words
        The words of its row and of its column, for people.
    statement
        What its numbers were bound to.
    """

    row: int
    column: int
    words: str
    statement: Statement


@dataclass(frozen=True)
class _Row:
    """A row, and the words that say what its cells are about."""

    label: TableWords
    heading: TableWords
    conditions: tuple[Condition, ...] | None
    is_clear: bool
    is_of_events: bool

    @property
    def is_understood(self) -> bool:
        return self.is_clear and self.label.is_understood and self.heading.is_understood

    @property
    def quantity(self) -> str:
        return self.label.quantity or self.heading.quantity

    @property
    def time(self) -> str:
        return self.label.time or self.heading.time

    @property
    def is_of_quantity(self) -> bool:
        """Whether it is about an age or a duration of those in the table, and not of something else.

        "Age at diagnosis", "disease duration", or an age below "Response" is another number.
        """
        pieces = [piece for words in (self.label, self.heading) for piece in words.pieces]
        is_another = any(p.kind in ("topic", "level") or p.means("unit", "event") for p in pieces)
        is_last = self.quantity == "duration" and any(p.text.lower() in _LAST_THEMSELVES for p in pieces)
        return self.quantity in _QUANTITIES and not (is_another or is_last)


def parse_table(rows: Sequence[Sequence[str]], caption: str, lexicon: Lexicon) -> Iterator[CellStatement]:
    """The cells of numbers of a table, bound where their words are understood.

    Parameters
    ----------
    rows
        The cells, headings first.
    caption
        The words above the table.
    lexicon
        The study's words.
    """
    if len(rows) < 2 or _is_case_table(rows):
        return
    columns = [parse_table_words(cell, lexicon) for cell in rows[0]]
    scopes = [build_conditions(column, (), lexicon) for column in columns]
    is_plain = _is_plain(caption) and columns[0].is_understood
    is_of_events = _is_of_events((parse_table_words(caption, lexicon), columns[0]))
    for place, (cell, words) in enumerate(zip(rows[0], columns, strict=True)):
        scope = scopes[place]
        if is_plain and words.total is not None and words.unit and words.is_understood and scope is not None:
            query = Query("count", scope, unit=cast("Unit", words.unit))
            yield CellStatement(0, place, cell.strip(), Statement((query,), (words.total,)))
    heading = TableWords()
    for at, row in enumerate(rows[1:], start=1):
        label = parse_table_words(row[0], lexicon)
        if not any(cell.strip() for cell in row[1:]):
            heading = label
            continue
        conditions = build_conditions(label, (columns[0], heading), lexicon) if label.levels else None
        if is_of_events and not {variable for variable, _ in conditions or ()} <= set(EVENT_VARIABLES):
            # "Alopecia areata: 6 patients" are in such a table those who had an event.
            conditions = None
        of_row = _Row(label, heading, conditions, is_clear=is_plain, is_of_events=is_of_events)
        for found in _cells(at, row, of_row, list(zip(rows[0], columns, scopes, strict=True))):
            cell, column = row[found.column], columns[found.column]
            # Of whom a share is in a column of some is only clear where the column says how many they are.
            is_clear = not column.levels or column.total is not None
            is_loose = not is_clear or compute_bare_cell(cell) != cell.strip()
            yield replace(found, statement=replace(found.statement, is_loose=is_loose))


def _is_case_table(rows: Sequence[Sequence[str]]) -> bool:
    labels = [row[0].strip() for row in rows[1:]]
    return 2 * sum(_A_CASE.fullmatch(label) is not None for label in labels) >= len(labels)


def _is_plain(caption: str) -> bool:
    """Whether a caption says nothing that would have to be asked of the data."""
    words = [word.plain for word in parse_words(_NUMBERED.sub("", caption)) if word.plain.isalpha()]
    return all(word in read_words_of("caption_word") for word in words)


def _is_of_events(words: Sequence[TableWords]) -> bool:
    """Whether a table is about adverse events, as its caption or the heading of its labels says."""
    pieces = [piece for one in words for piece in one.pieces]
    return any(p.means("unit", "event") or p.value("topic") in EVENT_VARIABLES for p in pieces)


def _cells(
    at: int,
    row: Sequence[str],
    words: _Row,
    columns: Sequence[tuple[str, TableWords, tuple[Condition, ...] | None]],
) -> Iterator[CellStatement]:
    """The cells of numbers of one row; an interval or a number of unknown is that of the share before it."""
    counted: Query | None = None
    for place, cell in enumerate(row[: len(columns)]):
        heading, column, scope = columns[place]
        if place and not column.is_understood and any(character.isalnum() for character in cell):
            counted = None  # "95% CI" behind "Odds ratio" is not that of the share before both.
        if not place or not parse_is_numeric(cell):
            continue
        found = None
        is_open = words.is_of_events and bool(column.levels) and column.total is None
        if words.is_understood and column.is_understood and scope is not None and not is_open:
            found = _bound(cell, column, words, scope, counted)
        if found is None:
            counted = None
            # A share has to be that of the count and the total beside it, whomever they are about; of two
            # numbers alone, as in "11/7", nobody knows what they are.
            counts = parse_cell_claims(cell, "count", (), "", is_percent="%" in column.statistics)
            claims = counts if len(counts) > 2 else parse_any_claims(cell)
            found = Statement((Query("nothing"),), claims, why=_NOT_UNDERSTOOD)
        elif found.queries[0].kind == "count":
            counted = found.queries[0]
        if found.claims:
            found = replace(found, at_most=_whole(column))
            yield CellStatement(at, place, f"{row[0].strip()} | {heading.strip()}", found)


def _whole(column: TableWords) -> int | None:
    numeral = column.total.numeral if column.total is not None else None
    return int(numeral.value) if numeral is not None and numeral.is_whole else None


def _bound(
    cell: str, column: TableWords, row: _Row, scope: tuple[Condition, ...], counted: Query | None
) -> Statement | None:
    """The statement of a cell; None when it is not what its words declare."""
    shape = column.shape
    if shape in ("interval", "missing"):
        claims = parse_cell_claims(cell, shape, (), "", is_percent=True)
        return Statement((counted,), claims) if claims and counted is not None else None
    summary = next((w for w in (column, row.label, row.heading) if w.shape == "summary"), None)
    unit = cast("Unit", column.unit or row.label.unit or row.heading.unit)
    if summary is not None:
        claims = parse_cell_claims(cell, "summary", summary.statistics, row.time, is_percent=False)
        if not (row.is_of_quantity and claims and row.time):
            return None
        return Statement((Query("number", scope=scope, unit=unit, quantity=row.quantity),), claims)
    declared = {s for w in (column, row.label, row.heading) for s in w.statistics}
    if not row.conditions or not (declared or unit):
        return None
    claims = parse_cell_claims(cell, "count", (), "", is_percent="%" in declared)
    who, among = row.conditions, scope
    if column.total is None and {variable for variable, _ in scope} & _OUTCOMES:
        who, among = among, who
    return Statement((Query("count", who, among, unit=unit),), claims) if claims else None
