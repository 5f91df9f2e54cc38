"""Whether a caption, a heading or a label is about all who are in the study, as far as its words tell.

"Patients with comorbidities", "safety population" and "both" are about some. Nobody is asked who
they are: the numbers below such words are not bound.
"""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from cotreat.audit.grammar.general_words import read_words_of
from cotreat.audit.grammar.lexicon import Lexicon, parse_words
from cotreat.audit.grammar.senses import EVENT_VARIABLES
from cotreat.audit.grammar.table_words import TableWords, parse_table_words

OUTCOMES = frozenset(
    {
        "response",
        "monotherapy_response",
        "end_reason",
        "next_treatment",
        "ongoing",
        "adverse_event_term",
        "adverse_event_attribution",
        "aesi",
        "has_adverse_event",
    }
)
_NUMBERED = re.compile(r"^\W*(?:table|tab\.?)\s*\w{1,3}[.:]?\s*", re.IGNORECASE)
_OF_SPECIAL_INTEREST = re.compile(r"(events?) of special interest", re.IGNORECASE)
_PUNCTUATION = frozenset(".,:;()'\u2019-\u2013\u2014/&")
_PEOPLE = frozenset(
    {"patient", "patients", "participant", "participants", "study", "population", "cohort"}
    | {"combination", "combinations"}
)
# Right before people these say which of them: "safety population", "response cohort".
_WHICH = frozenset(
    {"safety", "response", "disease", "diseases", "event", "events", "adverse", "drug", "drugs", "combined"}
    | {"combination", "combinations", "sex", "age", "regimen", "regimens", "term", "terms", "why", "value"}
    | {"special", "interest", "clinical", "values"}
)
# What may stand between a preposition and what it is about.
_BETWEEN = frozenset({"the", "all", "included", "overall", "total"})
_MAY_FOLLOW = {
    "in": _PEOPLE,
    "at": frozenset({"baseline"}),
    "to": frozenset({"combination", "combinations"}),
    "that": frozenset({"were"}),
}
_ALL = frozenset({"all", "every", "each", "entire"})
_WITH = frozenset({"with", "in", "on", "under", "among", "within", "receiving", "taking"})
_AGED = frozenset({"old", "aged"})
_OF_SOME = frozenset(
    {"level", "negation", "severity", "class", "cue", "number", "percent", "time", "comparator", "pluperfect"}
)
_NUMBERING = re.compile(r"^\W*(?:\d+\.?)+\s+")
_SOME = re.compile(r"\bsub|\bsensitivity|responders?\b|\bonly\b|exclu|stratum|strata", re.IGNORECASE)


def compute_is_plain_caption(caption: str) -> bool:
    """Whether a caption says nothing that would have to be asked of the data."""
    text = _OF_SPECIAL_INTEREST.sub(r"\1", _NUMBERED.sub("", caption))
    signs = [word.text for word in parse_words(text)]
    if any(not (s.isalpha() or s.isdigit() or s in _PUNCTUATION) for s in signs):
        return False
    words = [word.plain for word in parse_words(text) if word.plain.isalpha()]
    known = read_words_of("caption_word")
    if any(word not in known or word in ("no", "special", "interest") for word in words):
        return False
    if any(one in _WHICH and other in _PEOPLE for one, other in pairwise(words)):
        return False
    return all(
        _follows(words, at) in _MAY_FOLLOW[word] for at, word in enumerate(words) if word in _MAY_FOLLOW
    )


def _follows(words: Sequence[str], at: int) -> str:
    return next((word for word in words[at + 1 :] if word not in _BETWEEN), "")


def compute_has_number(caption: str) -> bool:
    """Whether a caption says how many it is about: they may be some."""
    return any(word.text.isdigit() for word in parse_words(_NUMBERED.sub("", caption)))


def parse_is_of_some(section: str, caption: TableWords, lexicon: Lexicon) -> bool:
    """Whether the heading of a section may be about some: "Women", "Subgroup analysis", "Week 12".

    "Safety" is, where the caption does not say that its table is about events.
    """
    words = parse_table_words(_NUMBERING.sub("", section), lexicon)
    pieces = words.pieces
    is_silent = not (compute_topics(caption) or compute_is_of_events(caption))
    if is_silent and (compute_is_of_events(words) or compute_topics(words) & OUTCOMES):
        return True
    is_some = any(p.kind in _OF_SOME or (p.kind == "scope" and p.text.lower() in _WITH) for p in pieces)
    is_which = any(
        p.text.lower() in _AGED or (p.kind == "every" and p.text.lower() not in _ALL) for p in pieces
    )
    return is_some or is_which or _SOME.search(section) is not None


def compute_is_plain_corner(corner: TableWords) -> bool:
    """Whether the heading of the labels says only what the labels are: "Characteristic", "Drug"."""
    has_people = bool(corner.unit) or any(p.text.lower() in _PEOPLE for p in corner.pieces)
    is_other = corner.quantity or corner.time or corner.is_missing or corner.levels
    if not corner.is_understood or is_other or (has_people and compute_topics(corner)):
        return False
    is_with = any(p.kind == "scope" and p.text.lower() in _WITH for p in corner.pieces)
    return len(corner.pieces) <= 1 or (compute_is_of_all(corner) and not is_with)


def compute_topics(*several: TableWords) -> set[str]:
    """The variables that words bring up."""
    return {p.value("topic") for words in several for p in words.pieces if p.kind == "topic"}


def compute_is_of_events(*several: TableWords) -> bool:
    """Whether words are about adverse events."""
    pieces = [piece for words in several for piece in words.pieces]
    return any(
        p.means("unit", "event") or p.value("topic") in EVENT_VARIABLES or p.text.lower() == "safety"
        for p in pieces
    )


def compute_is_of_all(words: TableWords) -> bool:
    """Whether each word of a heading or a label leaves nobody out, besides its levels and topics."""
    allowed = read_words_of("heading_word")
    for piece in words.pieces:
        text = piece.text.lower()
        if piece.kind == "every" and text not in _ALL:
            return False
        is_time = piece.value("time") != "" and words.quantity != ""
        if piece.kind in ("unknown", "neutral") and not (is_time or text in allowed):
            return False
    return True


def compute_is_about(topics: Collection[str], variables: Collection[str]) -> bool:
    """Whether topics say no more than the variables that were asked for; kinds of events are one."""
    are_events = bool(set(variables) & set(EVENT_VARIABLES))
    return all(topic in variables or (are_events and topic in EVENT_VARIABLES) for topic in topics)


def compute_is_captioned(topics: Collection[str], variables: Collection[str]) -> bool:
    """Whether numbers about variables can stand below a caption with these topics.

    A caption lists what its table shows, so one of its topics is enough; but below "Response" a
    row "female" counts those who responded.
    """
    shown = set(topics) & OUTCOMES
    return not topics or not compute_is_apart(shown or topics, variables)


def compute_is_apart(topics: Collection[str], variables: Collection[str]) -> bool:
    """Whether none of the topics is one of the variables; kinds of events are one."""
    events = set(EVENT_VARIABLES)
    return not (set(topics) & set(variables) or (events & set(topics) and events & set(variables)))
