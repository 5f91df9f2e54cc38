"""Tables: what each cell of numbers is about, from the words of its row, its column and its caption.

A cell is bound only where its row, its column and the caption are understood to the last word, and
each word that leaves somebody out was asked for; "response before the combination" says more than a
row "complete response" can tell. Where of whom a share is stays open, its numbers may be right, and
are never called wrong.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from cotreat.analysis.results import Unit
from cotreat.audit.claims import Claim, Query, Statement
from cotreat.audit.grammar.cells import (
    compute_bare_cell,
    compute_is_clear_total,
    compute_is_of_total,
    parse_any_claims,
    parse_cell_claims,
    parse_is_numeric,
)
from cotreat.audit.grammar.lexicon import Lexicon
from cotreat.audit.grammar.populations import (
    compute_has_number,
    compute_is_of_events,
    compute_is_plain_caption,
    compute_is_plain_corner,
    compute_topics,
    parse_is_of_some,
)
from cotreat.audit.grammar.senses import EVENT_VARIABLES
from cotreat.audit.grammar.table_columns import Column, parse_columns
from cotreat.audit.grammar.table_rows import Frame, Row, parse_rows
from cotreat.audit.grammar.table_words import parse_table_words

_NOT_UNDERSTOOD = "the words of its row, its column or its table were not all understood"
_OUTCOMES = frozenset({"response", "end_reason", "next_treatment", "adverse_event_term", "has_adverse_event"})
# A table with a case in each row is the data, and says nothing about them.
_A_CASE = re.compile(r"(?:#|no\.?|case|patient|p|id)?\s*\d{1,4}", re.IGNORECASE)
# Between a share and the number of unknown; it is of that share too.
_BOUND_OF_SHARE = re.compile(
    r"one-?\s?sided \d+(?:\.\d+)?\s?% (?:upper )?(?:bound|limit)(?:, %)?", re.IGNORECASE
)


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


def parse_table(
    rows: Sequence[Sequence[str]], caption: str, lexicon: Lexicon, section: str = ""
) -> Iterator[CellStatement]:
    """The cells of numbers of a table, bound where their words are understood.

    Parameters
    ----------
    rows
        The cells, headings first.
    caption
        The words above the table.
    lexicon
        The study's words.
    section
        The heading of the section that it stands in.
    """
    if len(rows) < 2 or _is_case_table(rows):
        return
    words = parse_table_words(caption, lexicon)
    columns = parse_columns(rows[0], compute_topics(words), lexicon)
    frame = Frame(
        words,
        columns[0].words,
        is_plain=compute_is_plain_caption(caption) and compute_is_plain_corner(columns[0].words),
        is_loose=compute_has_number(caption) or parse_is_of_some(section, words, lexicon),
    )
    for place, column in enumerate(columns):
        total, unit = column.words.total, cast("Unit", column.words.unit)
        if frame.is_plain and total is not None and unit and column.scope is not None:
            query = Query("count", column.scope, unit=unit)
            statement = Statement((query,), (total,), is_loose=frame.is_loose or column.is_loose)
            yield CellStatement(0, place, column.text.strip(), statement)
    found = list(parse_rows(rows, frame, columns, lexicon))
    several = Counter(row.about for row in found)
    for row in found:
        # What is said twice is said of some: "complete response" below each disease.
        yield from _cells(replace(row, is_clear=row.is_clear and several[row.about] == 1))


def _is_case_table(rows: Sequence[Sequence[str]]) -> bool:
    labels = [row[0].strip() for row in rows[1:]]
    return 2 * sum(_A_CASE.fullmatch(label) is not None for label in labels) >= len(labels)


def _cells(row: Row) -> Iterator[CellStatement]:
    """The cells of numbers of one row; an interval or a number of unknown is that of the share before it."""
    counted: Statement | None = None
    for place, (cell, column) in enumerate(zip(row.cells, row.columns, strict=False)):
        is_bound_of_share = _BOUND_OF_SHARE.fullmatch(column.text.strip()) is not None
        has_words = any(character.isalnum() for character in cell)
        if place and has_words and column.scope is None and not is_bound_of_share:
            counted = None  # "95% CI" behind "Odds ratio" is not that of the share before both.
        if not place or not parse_is_numeric(cell):
            continue
        found = _bound(cell, column, row, counted) if row.is_clear and column.scope is not None else None
        if found is None:
            counted = counted if is_bound_of_share else None
            found = Statement((Query("nothing"),), _any_claims(cell, column, row), why=_NOT_UNDERSTOOD)
        else:
            # An interval and the unknown are of those of whom the share before them is.
            at_most = column.total if column.total is not None else found.at_most
            found = replace(found, at_most=None if found.is_loose else at_most)
            counted = found if found.queries[0].kind == "count" else counted
        if found.claims:
            yield CellStatement(row.at, place, f"{row.cells[0].strip()} | {column.text.strip()}", found)


def _any_claims(cell: str, column: Column, row: Row) -> tuple[Claim, ...]:
    """The numbers of a cell that is not bound.

    A share has to be that of the count and the total beside it, whomever they are about, where it is
    clear that these are a count and a total; "11/7" can be women and men.
    """
    claims = parse_cell_claims(cell, "count", (), "", is_percent="%" in column.words.statistics)
    is_clear = len(claims) > 2 and compute_is_clear_total(
        claims, column.total, is_declared=row.is_of_total or column.words.is_of_total
    )
    return claims if is_clear and not row.is_either else parse_any_claims(cell)


def _bound(cell: str, column: Column, row: Row, counted: Statement | None) -> Statement | None:
    """The statement of a cell; None when it is not what its words declare."""
    is_loose = row.is_loose or column.is_loose or compute_bare_cell(cell) != cell.strip()
    words = column.words
    if words.shape in ("interval", "missing"):
        claims = parse_cell_claims(cell, words.shape, (), "", is_percent=True)
        if not claims or counted is None or words.unit not in ("", counted.queries[0].unit):
            return None
        return replace(counted, claims=claims, is_loose=is_loose or counted.is_loose)
    several = (words, row.label, row.heading)
    summary = next((w for w in several if w.shape == "summary"), None)
    units = {w.unit for w in several if w.unit}
    if len(units) > 1:
        return None
    unit = cast("Unit", next(iter(units), ""))
    scope = column.scope or ()
    if summary is not None:
        claims = parse_cell_claims(cell, "summary", summary.statistics, row.time, is_percent=False)
        if not (row.is_of_quantity and claims and row.time and not words.quantity and unit != "event"):
            return None
        query = Query("number", scope=scope, unit=unit, quantity=row.quantity)
        return Statement((query,), claims, is_loose=is_loose)
    return _counted(cell, column, row, unit, is_loose=is_loose)


def _counted(cell: str, column: Column, row: Row, unit: Unit, *, is_loose: bool) -> Statement | None:
    """The statement of a count or a share."""
    several = (column.words, row.label, row.heading)
    scope = column.scope or ()
    declared = {s for w in several for s in w.statistics}
    variables = {variable for variable, _ in (*(row.conditions or ()), *scope)}
    are_events = compute_is_of_events(column.words) or row.is_of_events
    if are_events and not {variable for variable, _ in row.conditions or ()} <= set(EVENT_VARIABLES):
        # "Alopecia areata: 6 patients" are in such a table those who had an event.
        return None
    is_open = row.is_of_events and bool(column.words.levels) and column.total is None
    if not row.conditions or not (declared or unit) or is_open or not row.is_of_counts(variables):
        return None
    claims = parse_cell_claims(cell, "count", (), "", is_percent="%" in declared)
    is_declared = any(w.is_of_total for w in several)
    if not claims or not compute_is_clear_total(claims, column.total, is_declared=is_declared):
        return None
    # Beside a count in a column of some, a share can be that of the row.
    is_of_row = bool(column.words.levels) and not compute_is_of_total(claims, column.total)
    who, among = row.conditions, scope
    if column.total is None and {variable for variable, _ in scope} & _OUTCOMES:
        who, among = among, who
    return Statement((Query("count", who, among, unit=unit),), claims, is_loose=is_loose or is_of_row)
