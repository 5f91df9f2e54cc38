"""Where the unit of a number ends: doses by the grammar of doses, anything else by its shape."""

import re
from collections.abc import Sequence

from cotreat.audit.grammar.lexicon import Word
from cotreat.findings import Unparsed
from cotreat.readers.dose import Dose, parse_dose
from cotreat.vocabulary.dose_lexemes import Lexemes, parse_dose_lexemes

# How many words a dose can have behind its number: "300 mg every other week".
_LONGEST_DOSE = 9
_DOSE_UNITS = frozenset({"mg", "g", "mcg", "\u00b5g", "\u03bcg", "ug", "ng", "iu"})
_NO_DOSE = re.compile(
    r"\s*/\s*(?:d|m|\u00b5|\u03bc|u|c)?l\b|\s*/\s*(?:mm|m2|m\u00b2|g\b|mmol)", re.IGNORECASE
)
_STOPS = frozenset(",;().")
_LIMITS = frozenset({"for", "over", "during", "and", "or", "plus", "with", "to", "in", "on", "was", "were"})
# A unit with a slash, a power of ten, or one of the few words that are units by themselves.
_AMOUNT = re.compile(
    r"(?:[\u00d7x*]\s*)?(?:cells?\s*/\s*|/\s*)?10\s*(?:\^|\*\*|e|E)?\s*[39]\s*(?:cells?\s*)?/\s*\S*[lL]\b"
    r"|cells?\s*/\s*(?:[\u00b5\u03bcum]?[lL]|mm\s*\^?3|mm\u00b3|mcL)\b"
    r"|/\s*(?:[\u00b5\u03bcu][lL]|mm\s*\^?3|mm\u00b3)"
    r"|[A-Za-z\u00b5\u03bc]{1,6}\s*/\s*(?:[dm\u00b5\u03bcuc]?[lL]|mmol|m2|m\u00b2|min|g|24\s*h|1\.73\s*m2)\b"
    r"|(?:fL|kg|cm|mm|mmHg|mm\s+Hg|pg|kPa|bpm|IU|U|mmol|ng|mL|kcal)\b"
)


def parse_dose_end(text: str, words: Sequence[Word], at: int, after: int) -> tuple[int, float | None] | None:
    """Where a dose that begins with a number ends, and its mg per day when it has an interval.

    Parameters
    ----------
    text
        The sentence.
    words
        Its words.
    at, after
        First word of the number, and the word behind it.
    """
    if after >= len(words) or words[after].plain not in _DOSE_UNITS:
        return None
    if _NO_DOSE.match(text, words[after].end):
        return None
    last = after + 1
    while last < min(len(words), after + _LONGEST_DOSE):
        if words[last].text in _STOPS or words[last].plain in _LIMITS:
            break
        last += 1
    start = words[at].start
    for end in range(_known_end(text[start : words[last - 1].end], words, after, last, start), after, -1):
        dose = parse_dose(text[start : words[end - 1].end], decimal=".")
        if isinstance(dose, Dose):
            return end, dose.mg_per_day
    return None


def _known_end(text: str, words: Sequence[Word], after: int, last: int, start: int) -> int:
    """The last word before one that the grammar of doses does not know: a proposal for it would cost time."""
    lexemes = parse_dose_lexemes(text, decimal=".")
    if isinstance(lexemes, Unparsed):
        return after + 1
    unknown = _first_unknown(lexemes)
    if unknown is None:
        return last
    return next((i for i in range(after + 1, last) if words[i].start >= start + unknown), last)


def _first_unknown(lexemes: Lexemes) -> int | None:
    return next((lexeme.start for lexeme in lexemes.items if lexeme.is_unknown), None)


def compute_amount_end(text: str, words: Sequence[Word], after: int) -> int:
    """Where the unit of a number ends that is no time and no dose; `after` when it has none."""
    if after >= len(words):
        return after
    found = _AMOUNT.match(text, words[after].start)
    if not found:
        return after
    return next((i for i in range(after, len(words)) if words[i].start >= found.end()), len(words))
