"""Lookup of what people write among the levels of a vocabulary.

A text that has the spelling key of one level means that level, silently. Any other
text is unparsed; the nearest level, if there is one and only one, is proposed and
never used before the user has confirmed it in the data or in the protocol.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from cotreat.findings import Unparsed
from cotreat.vocabulary.loader import read_word_spellings
from cotreat.vocabulary.spelling import compute_edit_distance, parse_spelling_key, parse_spelling_keys

LONGEST_TERM = 500  # characters; a longer text is no term, and is refused unread
_SHOWN = 80  # characters of an overlong text that are kept
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_REST_NOISE = " \t\n\r\f\v,;:-\N{EN DASH}\N{EM DASH}"
_HEAD_NOISE = _REST_NOISE + ".*\N{BULLET}"
_BARE_FRACTION = re.compile(r"[\s:;]+,\d")
# Longest key, and how many edits away a proposal for it may be; a longer key gets none.
_DISTANCES = ((3, 0), (6, 1), (11, 2), (100, 3))
_PROPOSAL_WORDS = 4  # a name that is to be proposed has at most so many words


class Spelled(Protocol):
    """A level of a vocabulary with its spellings."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every spelling that means this level."""
        ...


@dataclass(frozen=True, slots=True)
class TermIndex:
    """The levels of a vocabulary by spelling key; made by `build_term_index`.

    Attributes
    ----------
    levels
        Spelling key -> the levels that it means, the first of them primary. More than
        one only where the protocol gives one spelling to several levels.
    longest
        The most words, letters and digits apart, that a spelling has.
    """

    levels: Mapping[str, tuple[str, ...]]
    longest: int
    _shapes: tuple[tuple[str, int, int], ...]

    def nearest(self, key: str) -> str:
        """The one level nearest to a key; empty when none is near or two are equally near."""
        limit = _largest_distance(key)
        letters = _letters(key)
        found: dict[str, int] = {}
        for known, length, known_letters in self._shapes:
            if abs(length - len(key)) > limit or (letters ^ known_letters).bit_count() > 2 * limit:
                continue
            distance = compute_edit_distance(key, known, limit=limit)
            if distance <= limit and _is_near_word_by_word(key, known):
                level = self.levels[known][0]
                found[level] = min(distance, found.get(level, distance))
        best = [level for level, distance in found.items() if distance == min(found.values())]
        return best[0] if len(best) == 1 else ""


def build_term_index(
    *vocabularies: Mapping[str, Spelled], extra: Mapping[str, Iterable[str]] | None = None
) -> TermIndex:
    """An index of the spellings of one or more vocabularies.

    Parameters
    ----------
    vocabularies
        Level -> entry, such as `read_drugs()`; several are searched as one.
    extra
        Level -> further spellings, from the protocol. They win over the shipped ones.
        A level that no vocabulary has is allowed; one spelling under two levels means
        both, the first primary.

    Raises
    ------
    ValueError
        Two levels of the vocabularies share a spelling key.
    """
    return _index(
        ((level, entry.spellings) for vocabulary in vocabularies for level, entry in vocabulary.items()),
        extra or {},
    )


def build_word_index(field: str, *, extra: Mapping[str, Iterable[str]] | None = None) -> TermIndex:
    """An index of the words of one field, such as ``sex``; `extra` as in `build_term_index`.

    Raises
    ------
    ValueError
        There are no words for `field`.
    """
    return _index(read_word_spellings(field).items(), extra or {})


def parse_term(text: str, terms: TermIndex) -> str | Unparsed:
    """The level that a text means, or why not and the nearest level.

    Examples
    --------
    >>> parse_term("Mujer", build_word_index("sex"))
    'female'
    """
    levels = parse_terms(text, terms)
    return levels if isinstance(levels, Unparsed) else levels[0]


def parse_terms(text: str, terms: TermIndex) -> tuple[str, ...] | Unparsed:
    """Every level that a text means, the primary one first, or why not."""
    if len(text) > LONGEST_TERM:
        return _overlong(text)
    key = _key_or_signs(text)
    if key in terms.levels:
        return terms.levels[key]
    if not key:
        return Unparsed(text, "is empty")
    return Unparsed(text, "is not a word that the vocabulary or the protocol knows", terms.nearest(key))


def parse_drug_phrase(text: str, index: TermIndex) -> tuple[str, str] | Unparsed:
    """The drug that a text begins with, and the rest of the text.

    Parameters
    ----------
    text
        Such as "Mycophenolate mofetil 1 g bid": the longest known spelling at the head,
        ending at a word boundary. A digit ends a word, so "Baricitinib4mg" has one.
    index
        Levels of drugs.

    Returns
    -------
    tuple[str, str] | Unparsed
        Level and rest, blanks and punctuation between them left out, and with them a
        repetition of the drug in brackets: "Baricitinib (Olumiant) 4 mg". Unparsed
        proposes the level when the first words are near one.
    """
    if len(text) > LONGEST_TERM:
        return _overlong(text)
    text = unicodedata.normalize("NFC", text)
    heads = list(_heads(text, max(index.longest, _PROPOSAL_WORDS)))
    for key, end in reversed(heads):
        if key in index.levels:
            level = index.levels[key][0]
            return level, _without_repetition(text[end:], level, index)
    if not heads:
        return Unparsed(text, "does not begin with a word")
    return Unparsed(text, "does not begin with a drug that is known", _nearest_head(heads, index))


def _index(known: Iterable[tuple[str, Iterable[str]]], extra: Mapping[str, Iterable[str]]) -> TermIndex:
    shipped: dict[str, str] = {}
    for level, spellings in known:
        for key in _keys(spellings):
            if shipped.setdefault(key, level) != level:
                msg = f"The spelling '{key}' means both '{shipped[key]}' and '{level}'."
                raise ValueError(msg)
    added: dict[str, tuple[str, ...]] = {}
    for level, spellings in extra.items():
        for key in _keys(spellings):
            added[key] = tuple(dict.fromkeys([*added.get(key, ()), level]))
    # A level of the protocol is also known by its own name, where that is still free.
    own = {parse_spelling_key(level): (level,) for level in extra}
    levels = {**own, **{key: (level,) for key, level in shipped.items()}, **added}
    shapes = tuple((key, len(key), _letters(key)) for key in levels)
    longest = max((len(_TOKEN.findall(key)) for key in levels), default=0)
    return TermIndex(MappingProxyType(levels), longest, shapes)


def _keys(spellings: Iterable[str]) -> Iterator[str]:
    for spelling in spellings:
        yield from (key for key in parse_spelling_keys(spelling) if key)
        if not parse_spelling_key(spelling) and spelling.strip():
            yield spelling.strip()


def _key_or_signs(text: str) -> str:
    """The key of a text; a text of signs alone, such as "+", is its own key."""
    return parse_spelling_key(text) or text.strip()


def _largest_distance(key: str) -> int:
    """How many edits away a proposal may be; a word of three letters is near everything."""
    return next((distance for longest, distance in _DISTANCES if len(key) <= longest), 0)


def _is_near_word_by_word(key: str, known: str) -> bool:
    """Whether no word is another word: "dry lip" is not "dry eye", three edits or not."""
    words, others = key.split(), known.split()
    if len(words) != len(others):
        return True
    limits = (max(1, _largest_distance(word)) for word in words)
    return all(
        compute_edit_distance(word, other, limit=limit) <= limit
        for word, other, limit in zip(words, others, limits, strict=True)
    )


def _letters(key: str) -> int:
    """The set of characters of a key as bits: one edit changes at most two of them."""
    bits = 0
    for character in key:
        bits |= 1 << (ord(character) % 64)
    return bits


def _heads(text: str, most: int) -> Iterator[tuple[str, int]]:
    """The key and the end of the first word, of the first two words, and so on."""
    start = len(text) - len(text.lstrip(_HEAD_NOISE))
    for count, token in enumerate(_TOKEN.finditer(text, start)):
        if count == most or (count == 0 and token.start() != start):
            return
        yield parse_spelling_key(text[start : token.end()]), token.end()


def _nearest_head(heads: list[tuple[str, int]], index: TermIndex) -> str:
    """The level proposed for the fewest words that are near one."""
    for key, _ in heads[:_PROPOSAL_WORDS]:
        level = index.nearest(key)
        if level:
            return level
    return ""


def _without_repetition(rest: str, level: str, index: TermIndex) -> str:
    rest = _without_noise(rest)
    bracketed = re.match(r"\(([^()]*)\)", rest)
    if bracketed and level in index.levels.get(parse_spelling_key(bracketed[1]), ()):
        rest = _without_noise(rest[bracketed.end() :])
    return rest


def _without_noise(rest: str) -> str:
    """Without the signs around it; the comma of " ,5 mg" stays, which is a decimal sign."""
    kept = rest.strip(_REST_NOISE)
    return f",{kept}" if _BARE_FRACTION.match(rest) else kept


def _overlong(text: str) -> Unparsed:
    return Unparsed(text[:_SHOWN] + "…", f"has {len(text)} characters, and at most {LONGEST_TERM} are read")
