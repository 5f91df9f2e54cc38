"""Sentences of a paragraph, with their places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cotreat.audit.grammar.general_words import read_words_of

_END = re.compile(r"[.!?]+[\"')\]\u201d\u2019]*(?=\s)")
_WORD_BEFORE = re.compile(r"([\w.]+)[.!?]+[\"')\]\u201d\u2019]*$")
_BEGINS = re.compile(r"\s+[\"'(\[\u201c\u2018]?[^\W_a-z]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; `start` and `end` are its characters in the paragraph, half-open."""

    text: str
    start: int
    end: int


def parse_sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a paragraph in their order; nothing but blanks stands between them.

    Examples
    --------
    >>> [s.text for s in parse_sentences("There were 18 (cf. Table 1). Of these, 11 were women.")]
    ['There were 18 (cf. Table 1).', 'Of these, 11 were women.']
    """
    start = 0
    for end in _ends(text):
        yield from _sentence(text, start, end)
        start = end
    yield from _sentence(text, start, len(text))


def _sentence(text: str, start: int, end: int) -> Iterator[Sentence]:
    words = text[start:end].strip()
    if words:
        first = text.index(words, start)
        yield Sentence(words, first, first + len(words))


def _ends(text: str) -> Iterator[int]:
    for found in _END.finditer(text):
        before = _WORD_BEFORE.search(text, max(0, found.end() - 40), found.end())
        word = before[1].lower() if before else ""
        is_short = word in read_words_of("shortened") or (
            len(word) == 1 and word.isalpha() and found[0].startswith(".")
        )
        if not is_short and _BEGINS.match(text, found.end()) and _is_closed(text, found.end()):
            yield found.end()


def _is_closed(text: str, end: int) -> bool:
    """Whether every bracket of the last few hundred characters is closed."""
    near = text[max(0, end - 400) : end]
    return near.count("(") <= near.count(")") and near.count("[") <= near.count("]")
