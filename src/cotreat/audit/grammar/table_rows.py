"""What the cells in a row of a table are about: its label, the heading of its group, the table's words."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from cotreat.audit.claims import Condition
from cotreat.audit.grammar.cells import parse_is_numeric
from cotreat.audit.grammar.lexicon import Lexicon
from cotreat.audit.grammar.populations import (
    OUTCOMES,
    compute_is_about,
    compute_is_captioned,
    compute_is_of_all,
    compute_is_of_events,
    compute_topics,
)
from cotreat.audit.grammar.table_columns import Column
from cotreat.audit.grammar.table_words import (
    TableWords,
    build_conditions,
    compute_is_ambiguous,
    parse_table_words,
)

_QUANTITIES = frozenset({"age_years", "duration"})
# Words that are clear in a label, but of which a duration is not that of the combination.
_LAST_THEMSELVES = frozenset({"study", "drug", "drugs"})
# Cells of words that are no headings of what is below them.
_NO_NUMBER = frozenset({"na", "n/a", "nd", "nr", "ns", "none", "ref", "reference", "unknown", "yes", "no"})
_MOST_WORDS = 4


@dataclass(frozen=True)
class Frame:
    """What is said around the rows of a table.

    Attributes
    ----------
    caption, corner
        The caption, and the heading of the labels.
    is_plain
        Whether they leave nobody out.
    is_loose
        Whether they may be about some.
    """

    caption: TableWords
    corner: TableWords
    is_plain: bool
    is_loose: bool


@dataclass(frozen=True)
class Row:
    """A row of numbers, and the words that say what its cells are about.

    Attributes
    ----------
    at, cells
        Its place in its table, from 0, and its cells.
    label, heading
        Its label, and the heading of its group.
    conditions
        Variables and levels that it names; None when that is not clear.
    frame, columns
        What is said around it.
    is_clear
        Whether all that is said is understood, and leaves nobody out that was not asked for.
    is_loose
        Whether its words leave open whom it is about.
    """

    at: int
    cells: Sequence[str]
    label: TableWords
    heading: TableWords
    conditions: tuple[Condition, ...] | None
    frame: Frame
    columns: Sequence[Column]
    is_clear: bool
    is_loose: bool

    @property
    def about(self) -> object:
        """What it is about; rows that are about the same are not about everybody."""
        said = (self.quantity, self.label.statistics, self.label.unit)
        return (self.conditions, *said) if self.conditions or self.label.shape == "summary" else self.at

    @property
    def quantity(self) -> str:
        """What is measured; empty where it is not said."""
        return self.label.quantity or self.heading.quantity

    @property
    def time(self) -> str:
        """The unit of what is measured."""
        return self.label.time or self.heading.time

    @property
    def is_of_total(self) -> bool:
        """Whether it declares counts with their totals."""
        return self.label.is_of_total or self.heading.is_of_total

    @property
    def is_either(self) -> bool:
        """Whether its label names two things: "Female/male"."""
        is_joined = any(piece.text.startswith("/") for piece in self.label.pieces)
        return is_joined and not self.label.is_of_total

    @property
    def is_of_events(self) -> bool:
        """Whether it is about adverse events, as its words, the caption or the heading of the labels say."""
        return compute_is_of_events(self.frame.caption, self.frame.corner, self.heading, self.label)

    @property
    def is_of_quantity(self) -> bool:
        """Whether it is about an age or a duration of those in the table, and not of something else.

        "Age at diagnosis", "disease duration", or an age below "Response" is another number.
        """
        several = (self.frame.corner, self.heading, self.label)
        is_another = any(p.kind in ("topic", "level") for words in several for p in words.pieces)
        topics = compute_topics(self.frame.caption)
        is_of_some = bool(topics) and (bool(topics & OUTCOMES) or not self.frame.caption.quantity)
        is_missing = self.label.is_missing or self.heading.is_missing
        is_last = self.quantity == "duration" and any(
            piece.text.lower() in _LAST_THEMSELVES for words in several for piece in words.pieces
        )
        # "Old patients", or an age below "Duration".
        above = self.heading.quantity if self.label.quantity else ""
        is_below = bool(above) and (above != self.label.quantity or self.heading.unit != "")
        return self.quantity in _QUANTITIES and not (
            is_another or is_below or is_last or is_of_some or is_missing or self.is_of_events
        )

    def is_of_counts(self, variables: Collection[str]) -> bool:
        """Whether it counts those who have levels of these variables, and no others.

        Below "age" or "with comorbidities", or beside "unknown", a row "female" counts others.
        """
        several = (self.frame.corner, self.heading, self.label)
        if any(w.quantity or w.time or w.is_missing for w in several) or self.heading.levels:
            return False
        own = {variable for variable, _ in self.conditions or ()}
        is_about = compute_is_about(compute_topics(*several), own)
        texts = {p.text.lower() for w in (*several, self.frame.caption) for p in w.pieces}
        # A response at baseline is another one.
        is_before = "baseline" in texts and bool(set(variables) & OUTCOMES)
        is_captioned = compute_is_captioned(compute_topics(self.frame.caption), variables)
        return is_about and is_captioned and not is_before


def parse_rows(
    rows: Sequence[Sequence[str]], frame: Frame, columns: Sequence[Column], lexicon: Lexicon
) -> Iterator[Row]:
    """The rows of numbers of a table with what is said of them.

    Parameters
    ----------
    rows
        The cells, headings first.
    frame, columns
        What the caption and the headings say.
    lexicon
        The study's words.
    """
    heading = TableWords()
    corner = frame.corner
    own = list(columns)
    topics = compute_topics(frame.caption, corner)
    for at, row in enumerate(rows[1:], start=1):
        label = parse_table_words(row[0], lexicon)
        if not any(parse_is_numeric(cell) for cell in row[1:]):
            if _is_heading(row, lexicon):
                heading = label if row[0].strip() else heading
                own = _below(own, row, lexicon)
            continue
        conditions = build_conditions(label, (corner, heading), lexicon) if label.levels else None
        is_clear = all(words.is_understood and compute_is_of_all(words) for words in (label, heading))
        is_ambiguous = compute_is_ambiguous(label, topics | compute_topics(heading), lexicon)
        has_total = any(words.total is not None for words in (label, heading, corner))
        # "Patients with comorbidities": those in the rows below may be a share of them only.
        is_among = (
            has_total or len(label.levels) > 1 or (heading.unit != "" and bool(compute_topics(heading)))
        )
        yield Row(
            at,
            row,
            label,
            heading,
            conditions,
            frame,
            tuple(own),
            # A cell that spans several moves those behind it away from their headings.
            is_clear=is_clear and frame.is_plain and not corner.levels and len(row) == len(rows[0]),
            is_loose=frame.is_loose or is_ambiguous or is_among,
        )


def _is_heading(row: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether a row without numbers says something of those below it."""
    texts = [cell.strip() for cell in row[1:]]
    label = row[0].strip()
    words = [text for text in texts if any(c.isalpha() for c in text)]
    if not any(texts) or (words and (not label or label in words)):
        return True
    words = [text for text in words if text.lower() not in _NO_NUMBER]
    return any(len(text.split()) <= _MOST_WORDS or parse_table_words(text, lexicon).levels for text in words)


def _below(columns: Sequence[Column], row: Sequence[str], lexicon: Lexicon) -> list[Column]:
    """The columns below a second row of headings; of whom they are is only clear where it says nothing."""
    found = list(columns)
    said = [parse_table_words(cell, lexicon) for cell in row]
    is_whole = bool(row[0].strip())
    for at, column in enumerate(columns[1:], start=1):
        words = said[at] if at < len(said) else TableWords()
        is_silent = not any(p.kind not in ("statistic", "sign") for p in words.pieces)
        is_own = row[at].strip() == row[0].strip() if is_whole and at < len(row) else False
        is_said = not (is_silent or is_own)
        # Without a label it may span several columns.
        if is_said or (
            not is_whole and any(p.kind not in ("statistic", "sign") for w in said for p in w.pieces)
        ):
            found[at] = replace(column, scope=None)
    return found
