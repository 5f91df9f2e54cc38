"""Of whom the numbers in a column of a table are, as its heading says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cotreat.audit.claims import Condition
from cotreat.audit.grammar.lexicon import Lexicon
from cotreat.audit.grammar.populations import compute_is_about, compute_is_of_all, compute_topics
from cotreat.audit.grammar.table_words import (
    TableWords,
    build_conditions,
    compute_is_ambiguous,
    parse_table_words,
)


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    text, words
        Its heading, and the heading read.
    scope
        Of whom its numbers are; empty for everybody, None when that is not clear.
    is_loose
        Whether its heading leaves open of whom a share is, or which variable is meant.
    """

    text: str
    words: TableWords
    scope: tuple[Condition, ...] | None
    is_loose: bool

    @property
    def total(self) -> int | None:
        """The N of its heading; None when it has none."""
        numeral = self.words.total.numeral if self.words.total is not None else None
        return int(numeral.value) if numeral is not None and numeral.is_whole else None


def parse_columns(cells: Sequence[str], topics: set[str], lexicon: Lexicon) -> list[Column]:
    """The columns of a table.

    Parameters
    ----------
    cells
        Its headings.
    topics
        What its caption brings up.
    lexicon
        The study's words.
    """
    columns = [_column(cell, topics, lexicon) for cell in cells]
    totals = {(c.words.unit, c.total) for c in columns[1:] if c.total is not None and not c.words.levels}
    several = len(totals) > len({unit for unit, _ in totals})
    for at, column in enumerate(columns[1:], start=1):
        # A blank heading is often the rest of the one before; columns of different N are not of everybody.
        is_rest = not column.text.strip() and len(columns) > 2
        if is_rest or (several and not column.words.levels):
            columns[at] = replace(column, scope=None)
    return columns


def _column(text: str, topics: set[str], lexicon: Lexicon) -> Column:
    words = parse_table_words(text, lexicon)
    # Of whom a share is in a column of some is only clear where the column says how many they are.
    is_open = bool(words.levels) and words.total is None
    is_loose = is_open or compute_is_ambiguous(words, topics, lexicon)
    return Column(text, words, _scope(words, lexicon), is_loose)


def _scope(words: TableWords, lexicon: Lexicon) -> tuple[Condition, ...] | None:
    is_of_another = words.is_missing and (words.levels or words.total is not None or words.unit == "event")
    # "With adverse events" are patients, and the numbers below are shares of them.
    is_of_another = is_of_another or (words.unit == "event" and any(p.kind == "scope" for p in words.pieces))
    is_summary = words.shape == "summary"
    is_aged = (words.quantity or words.time) and not is_summary
    if is_of_another or is_aged or not (words.is_understood and compute_is_of_all(words)):
        return None
    found = build_conditions(words, (), lexicon)
    if found is None or not compute_is_about(compute_topics(words), {variable for variable, _ in found}):
        return None
    return found
