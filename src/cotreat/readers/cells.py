"""What people write in one cell, and what it says.

The grammar is here and nowhere else; its words come from the protocol and the
vocabulary. A text that has no reading gives :class:`~cotreat.findings.Unparsed` with
the reading that may have been meant; such a proposal is never used by itself.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from cotreat.findings import Unparsed
from cotreat.vocabulary import TermIndex, parse_term

DAYS_PER_UNIT = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}

_LONGEST_DURATION = 100
_SHOWN = 80
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
# A number and what stands behind it up to the next number.
_LENGTH_PART = re.compile(r"([+-]?\d+(?:[.,]\d+)*)(\D*?)(?=[+-]?\d|$)")
# A word of negation directly before a phrase for switching, with what may stand between them.
_NEGATED = re.compile(
    r"\b(?:not|never|without|no|nunca|sin|nicht|nie)(?:\s+(?:yet|been|be|being|was|fue)){0,2}\s+$|n['\u2019]t\s+$",
    re.IGNORECASE,
)
_NEGATION_WITHIN = 40  # characters
_SIGNS = re.compile(r"[\W_]+")
_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?")


def compute_word_key(text: str) -> str:
    """The text as protocol words are compared: without case and outer blanks."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class CellWords:
    """The protocol's words for nothing, unknown, going on, and switching.

    Each is a set of keys made by :func:`compute_word_key`; a phrase for switching is kept
    as it is written.
    """

    none: frozenset[str]
    unknown: frozenset[str]
    ongoing: frozenset[str]
    switched_to: tuple[str, ...]
    joiners: frozenset[str]

    def is_none(self, text: str) -> bool:
        """Whether the cell says that there was none."""
        return compute_word_key(text) in self.none

    def is_unknown(self, text: str) -> bool:
        """Whether the cell says nothing; ``n/a`` and ``N.A.`` are the same word.

        Signs alone, such as ``-`` or ``?``, say nothing unless the protocol gives them a meaning.
        """
        key = compute_word_key(text)
        if not key or key in self.unknown or _plain(key) in self.unknown:
            return True
        return bool(_SIGNS.fullmatch(key)) and key not in self.none and key not in self.ongoing

    @property
    def marks(self) -> tuple[str, ...]:
        """Signs, such as ``[...]``, that say inside a list that something is missing."""
        # One sign alone, such as a hyphen, also stands inside words. The longest first: [...] holds ...
        found = (word for word in self.unknown if len(word) > 1 and not any(map(str.isalnum, word)))
        return tuple(sorted(found, key=lambda mark: (-len(mark), mark)))

    def is_ongoing(self, text: str) -> bool:
        """Whether the cell says that it goes on."""
        return compute_word_key(text) in self.ongoing


def _plain(key: str) -> str:
    """The key without points and strokes; signs alone keep theirs."""
    return " ".join(re.sub(r"[./]", " ", key).split()) if any(map(str.isalnum, key)) else key


def build_cell_words(
    *,
    none: Iterable[str],
    unknown: Iterable[str],
    ongoing: Iterable[str],
    switched_to: Iterable[str],
    joiners: Iterable[str],
) -> CellWords:
    """The words of a protocol, ready to compare."""
    return CellWords(
        none=frozenset(map(compute_word_key, none)),
        unknown=frozenset(form for key in map(compute_word_key, unknown) for form in (key, _plain(key))),
        ongoing=frozenset(map(compute_word_key, ongoing)),
        switched_to=tuple(sorted((" ".join(p.split()) for p in switched_to), key=len, reverse=True)),
        joiners=frozenset(map(compute_word_key, joiners)),
    )


def parse_number(text: str, decimal: Literal[".", ","] = ".") -> float | Unparsed:
    """One number; the other sign may only group thousands.

    ``1,5`` is a number when the decimal sign is a comma, and not otherwise.
    """
    found = text.strip()
    grouping = "," if decimal == "." else "."
    plain = re.fullmatch(rf"[+-]?\d+(?:{re.escape(decimal)}\d+)?", found)
    grouped = re.fullmatch(
        rf"[+-]?[1-9]\d{{0,2}}(?:{re.escape(grouping)}\d{{3}})+(?:{re.escape(decimal)}\d+)?", found
    )
    if not (plain or grouped) or len(found) > 40:
        other = re.fullmatch(r"[+-]?\d+[.,]\d+", found)
        proposal = found.replace(grouping, decimal) if other else ""
        return Unparsed(text, "is not a number", proposal)
    return float(found.replace(grouping, "").replace(decimal, "."))


class Duration(NamedTuple):
    """How long, in days (a real number), and whether it goes on."""

    days: float | None
    is_ongoing: bool


def parse_duration(
    text: str,
    *,
    unit: str,
    words: CellWords,
    units: TermIndex,
    decimal: Literal[".", ","] = ".",
) -> Duration | Unparsed:
    """A length of time: ``20``, ``8 (ongoing)``, ``0.5``, ``2 years``, ``1 year 6 months``, ``ongoing``.

    Parameters
    ----------
    text
        The cell, at most 100 characters.
    unit
        Unit of a number without one: days, weeks, months or years.
    words
        The protocol's words.
    units
        Words such as ``meses`` for a unit.
    decimal
        Decimal sign of the source.
    """
    if len(text) > _LONGEST_DURATION:
        return Unparsed(f"{text[:_SHOWN]}…", "is too long for a length of time")
    if words.is_ongoing(text):
        return Duration(None, is_ongoing=True)
    rest, is_ongoing = _split_ongoing(text.strip(), words)
    if not _NUMBER.match(rest):
        return Unparsed(text, "does not start with a number", "")
    lengths: list[tuple[float, str]] = []
    parts = _LENGTH_PART.findall(rest)
    if len(parts) > 1 and not all(word.strip() for _, word in parts):
        return Unparsed(text, "has several numbers, and not a unit of time for each")
    for place, (number, word) in enumerate(parts, start=1):
        named = word.strip(" ." if place == len(parts) else " .,")
        found = _parse_length(text, number, named, unit if len(parts) == 1 else "", words, units, decimal)
        if isinstance(found, Unparsed):
            return found
        lengths.append(found)
    if any(DAYS_PER_UNIT[later] >= DAYS_PER_UNIT[earlier] for (_, earlier), (_, later) in pairwise(lengths)):
        return Unparsed(text, "names lengths that do not add up to one", "")
    return Duration(math.fsum(amount * DAYS_PER_UNIT[named] for amount, named in lengths), is_ongoing)


def _parse_length(
    text: str,
    number: str,
    word: str,
    unit: str,
    words: CellWords,
    units: TermIndex,
    decimal: Literal[".", ","],
) -> tuple[float, str] | Unparsed:
    """One number of a length of time, and its unit."""
    amount = parse_number(number, decimal)
    named = _parse_unit(word, words, units) if word else unit
    if isinstance(amount, Unparsed):
        return Unparsed(text, amount.why, amount.proposal)
    if isinstance(named, Unparsed) or named not in DAYS_PER_UNIT:
        meant = named.proposal if isinstance(named, Unparsed) else ""
        return Unparsed(text, f"`{word}` is not a unit of time", f"{number} {meant}" if meant else "")
    if amount < 0:
        return Unparsed(text, "is negative", "")
    return amount, named


def _parse_unit(word: str, words: CellWords, units: TermIndex) -> str | Unparsed:
    """A unit, without the word that joins it to the next length: ``1 año y 6 meses``, but ``1 y 6 m``."""
    named = parse_term(word, units)
    head, _, last = word.rpartition(" ")
    if isinstance(named, Unparsed) and head and compute_word_key(last) in words.joiners:
        return parse_term(head, units)
    return named


def _split_ongoing(text: str, words: CellWords) -> tuple[str, bool]:
    """The text without words at its end that say that it goes on, and whether there were any."""
    for gap in re.finditer(r"[\s(,;-]+", text):
        if words.is_ongoing(text[gap.end() :].rstrip(" )")):
            return text[: gap.start()], True
    return text, False


class AnchorEnd(NamedTuple):
    """What became of the anchor drug.

    Attributes
    ----------
    is_uninterrupted
        It went on after the combination.
    reason
        Why it was stopped, as written; empty when the cell does not say.
    next_drug
        The drug phrase after "switched to"; empty when it names none.
    is_switch
        Whether the cell says that something followed.
    is_negated
        Whether it says that there was no switch to what it names: "was not switched to X".
    """

    is_uninterrupted: bool
    reason: str
    next_drug: str
    is_switch: bool
    is_negated: bool = False


def parse_anchor_end(text: str, words: CellWords) -> AnchorEnd:
    """Why the anchor was stopped and what followed: ``Primary failure, switched to X 20 mg/12 h``."""
    if words.is_ongoing(text):
        return AnchorEnd(True, "", "", False)  # noqa: FBT003 - a named tuple of four answers
    is_negated = False
    for phrase in words.switched_to:
        # In the text itself: a letter such as ß folds to two, and places in a folded text are not its own.
        for found in re.finditer(_switch_pattern(phrase), text, re.IGNORECASE):
            if _NEGATED.search(text[max(0, found.start() - _NEGATION_WITHIN) : found.start()]):
                is_negated = True
                continue
            reason, after = text[: found.start()].strip(" ,;.\n"), text[found.end() :].strip(" ,;.\n")
            return AnchorEnd(False, _known(reason, words), _known(after, words), True)  # noqa: FBT003 - as above
    return AnchorEnd(False, _known(text.strip(), words), "", False, is_negated)  # noqa: FBT003 - as above


def _switch_pattern(phrase: str) -> str:
    """The phrase as whole words, whatever blanks stand between them."""
    words = r"\s+".join(map(re.escape, phrase.split()))
    before, after = (r"\b" if sign.isalnum() else "" for sign in (phrase[:1], phrase[-1:]))
    return f"{before}{words}{after}"


def _known(text: str, words: CellWords) -> str:
    return "" if words.is_unknown(text) else text


class PartialDate(NamedTuple):
    """First and last day that a date may mean, in days since 1970-01-01, and its precision."""

    first_day: int
    last_day: int
    precision: Literal["day", "month", "year"]


_EPOCH = date(1970, 1, 1)


def compute_day(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def compute_date(day: int) -> date:
    """The calendar date of a day since 1970-01-01."""
    return _EPOCH + timedelta(days=day)


def parse_date(text: str, formats: Sequence[str] = ()) -> PartialDate | Unparsed:
    """A calendar date: ISO, partial ISO (2023-05, 2023), or one of the given formats.

    A time of day behind an ISO date is left out.
    """
    found = text.strip()
    partial = _PARTIAL_DATE.fullmatch(found)
    if partial:
        return _widen(found, int(partial[1]), int(partial[2]) if partial[2] else None)
    iso = _ISO_DATE.fullmatch(found)
    readings = [("%Y-%m-%d", iso[1])] if iso else [(form, found) for form in formats]
    for form, value in readings:
        try:
            day = compute_day(datetime.strptime(value, form).date())  # noqa: DTZ007 - calendar days have no zone
        except ValueError:
            continue
        return PartialDate(day, day, "day")
    return Unparsed(text, "is not a date of the calendar in a known form", "")


def _widen(text: str, year: int, month: int | None) -> PartialDate | Unparsed:
    try:
        first = date(year, 1 if month is None else month, 1)
    except ValueError:
        return Unparsed(text, "is not a date of the calendar", "")
    if year == 9999:
        return Unparsed(text, "is not a date of the calendar", "")
    if month is None:
        return PartialDate(compute_day(first), compute_day(date(year, 12, 31)), "year")
    after = date(year + month // 12, month % 12 + 1, 1)
    return PartialDate(compute_day(first), compute_day(after) - 1, "month")
