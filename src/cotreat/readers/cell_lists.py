"""Lists in one cell: items, and adverse events with the drugs that are blamed."""

import re
from collections.abc import Callable
from typing import NamedTuple

from cotreat.readers.cells import CellWords

_LONGEST_CELL = 10_000
_QUANTITY = re.compile(r"^[+-]?\d+(?:[.,]\d+)?\s*(?:kg|g|%|cm|mm)\s+", re.IGNORECASE)
# Without blanks before the parenthesis: they would be looked at again from each of them.
_PARENTHESES = re.compile(r"\(([^()]*)\)[\s.]*$")


class ListCell(NamedTuple):
    """Items of a list, and whether the list says that it is incomplete."""

    items: tuple[str, ...]
    is_incomplete: bool


def parse_list(text: str, words: CellWords, is_known: Callable[[str], bool]) -> ListCell:
    """Items between commas, semicolons, line breaks and joining words.

    A joining word (and, y, und) does not split what the vocabulary knows as one term,
    nor what stands in parentheses. The signs ``+``, ``/`` and ``&`` stand inside names too:
    they split only where the vocabulary knows every part. A mark for unknown anywhere in the list, such as
    ``[...]``, makes it incomplete, and so does an item that is a word for unknown or has
    signs only. A list without any item does not say that there was none. At most 10,000
    characters are read; a longer list is incomplete.
    """
    bare = _without_marks(text[:_LONGEST_CELL], words)
    items: list[str] = []
    is_incomplete = bare != text
    for chunk in _split_top(bare, ",;\n"):
        for item in _split_joined(chunk.strip(), words, is_known):
            if words.is_unknown(item):
                is_incomplete = True
            else:
                items.append(item)
    return ListCell(tuple(items), is_incomplete or not items)


def _without_marks(text: str, words: CellWords) -> str:
    for mark in words.marks:
        text = text.replace(mark, " ")
    return text


def _split_top(text: str, separators: str) -> list[str]:
    """The parts between separators that stand outside parentheses."""
    parts: list[str] = []
    depth = start = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")" and depth > 0)
        if depth == 0 and sign in separators:
            parts.append(text[start:place])
            start = place + 1
    return [part for part in (*parts, text[start:]) if part.strip()]


def _split_joined(text: str, words: CellWords, is_known: Callable[[str], bool]) -> list[str]:
    """The parts between joining words, unless the whole is a known term."""
    if not text or is_known(text):
        return [text] if text else []
    pattern = "|".join(re.escape(word) for word in sorted(words.joiners, key=len, reverse=True))
    parts = re.split(rf"\s+(?:{pattern})\s+(?![^(]*\))", text, flags=re.IGNORECASE) if pattern else [text]
    bare = [part.strip() for part in parts if part.strip()]
    return [item for part in bare for item in _split_signs(part, is_known)]


def _split_signs(text: str, is_known: Callable[[str], bool]) -> list[str]:
    """The parts between ``+``, ``/`` and ``&``, if each of them is a known term."""
    parts = [part.strip() for part in _split_top(text, "+/&")]
    return parts if len(parts) > 1 and not is_known(text) and all(map(is_known, parts)) else [text]


class EventText(NamedTuple):
    """One adverse event as written, and the suspects in its parentheses."""

    text: str
    suspects: tuple[str, ...]


def parse_events(
    text: str, words: CellWords, is_known: Callable[[str], bool]
) -> tuple[tuple[EventText, ...], bool]:
    """Adverse events, each with the drugs that are blamed, and whether the list is incomplete.

    ``A and B (drug), C (drug)`` is three events: what stands in parentheses behind a
    group of events joined by a joining word holds for the whole group, and for nothing
    before the comma. A closed parenthesis ends its group: ``A (x) and B (y)`` blames x
    for A only. A parenthesis that the cell leaves open ends with the cell.
    """
    bare = _without_marks(text[:_LONGEST_CELL], words)
    events: list[EventText] = []
    is_incomplete = bare != text
    wholes = _split_top(_close(bare), ",;\n")
    for chunk in (part for whole in wholes for part in _split_closed(whole, words, is_known)):
        blamed = _PARENTHESES.search(chunk)
        if not blamed and not chunk.strip():
            continue
        terms = parse_list(chunk[: blamed.start()] if blamed else chunk, words, is_known)
        is_incomplete = is_incomplete or terms.is_incomplete
        suspects = _split_suspects(blamed[1], words) if blamed else ()
        events += [EventText(term, suspects) for term in terms.items]
    return tuple(events), is_incomplete or not events


def _split_closed(text: str, words: CellWords, is_known: Callable[[str], bool]) -> list[str]:
    """The parts that a closed parenthesis ends, without what joins the next one to it."""
    joiners = "|".join(map(re.escape, words.joiners))
    joined = re.compile(rf"\s*(?:[./+&|-]+\s*)?(?:(?:{joiners})\s)?\s*", re.IGNORECASE)
    parts: list[str] = []
    start = depth = 0
    last = text.rfind("(")
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")" and depth > 0)
        joint = joined.match(text, place + 1) if sign == ")" and depth == 0 else None
        # Two parentheses in a row are a remark and the drug.
        if joint is None or text.startswith("(", joint.end()):
            continue
        # Words behind the last parenthesis may belong to the same event: only a sign, a
        # joining word or a known term begins another one.
        if place < last or joint[0].strip() or is_known(text[joint.end() :]):
            parts.append(text[start : place + 1])
            start = joint.end()
    return [part for part in (*parts, text[start:]) if part.strip()]


def _close(text: str) -> str:
    """The text with its last parenthesis closed, if only that one is open."""
    head, opening, tail = text.rpartition("(")
    is_open = bool(opening) and ")" not in tail and head.count("(") == head.count(")")
    return f"{text})" if is_open else text


def _split_suspects(text: str, words: CellWords) -> tuple[str, ...]:
    """The drugs between commas, joining words, ``+``, ``/`` and ``&``."""
    if words.is_unknown(text):
        return ()
    chunks = _split_top(text, ",;\n+/&")
    parts = (part for chunk in chunks for part in _split_joined(chunk.strip(), words, lambda _: False))
    return tuple(part for part in parts if not words.is_unknown(part))


def parse_event_words(text: str) -> tuple[str, ...]:
    """The texts to look an event up by: as written, then without a leading quantity.

    ``6 kg weight increase`` is also looked up as ``weight increase``.
    """
    bare = _QUANTITY.sub("", text.strip())
    return (text.strip(),) if bare == text.strip() else (text.strip(), bare)


def parse_without_parentheses(text: str) -> str:
    """The text without the parentheses at its end: ``kidney transplant (nephropathy)``."""
    return _PARENTHESES.sub("", text).strip()
