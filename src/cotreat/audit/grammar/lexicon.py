"""The words of one manuscript: general English of results sections, and the study's own vocabulary.

A phrase can mean several things ("partial response" is a response, or a reason); which of
them it is follows from the clause that it stands in (:mod:`cotreat.audit.grammar.senses`).
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from cotreat.analysis.selection import UNKNOWN_GROUP
from cotreat.audit.grammar.general_words import read_general_words
from cotreat.protocol import Protocol
from cotreat.report.labels import compute_phrase
from cotreat.vocabulary import (
    parse_plain_text,
    parse_spelling_key,
    parse_spelling_keys,
    read_ae_terms,
    read_aesi,
    read_conditions,
    read_drugs,
    read_therapies,
    read_word_spellings,
)
from cotreat.vocabulary.laboratory import read_lab_tests

# Variables in which a drug can stand, besides its role.
DRUG_VARIABLES = ("next_treatment", "prior_therapy", "adverse_event_attribution")
_ABBREVIATION = re.compile(r"\(([A-Z][A-Za-z]{0,7}?)(s?)\)")
_FEWEST_CAPITALS = 2
_LONGEST_PHRASE = 14
# Words that are looked for before phrases are.
_NOT_PHRASES = frozenset(
    {
        "number",
        "caption_word",
        "heading_word",
        "part",
        "numbered",
        "month",
        "shortened",
        "lab_term",
        "measure",
        "measure_part",
        "measure_word",
        "rate_class",
        "rate_state",
        "rate_word",
    }
)
_SHORT = 4
_FORMS = frozenset({"totalis", "universalis"})
_HYPHENS = "-\u2010\u2011"
# A word that may hold digits (IL-17 is two words), a number, or a sign.
_WORD = re.compile(
    r"[^\W\d_][^\W_]*(?:['\u2019][^\W\d_]+)?"
    r"|\d+(?:[.,\u00b7]\d+)*"
    r"|[<>]=|\+/-|[^\s\w]|_"
)


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a phrase: what kind of word it is, and which one.

    `kind` is one of ``words.csv``; ``level`` has the value ``variable=level``.
    """

    kind: str
    value: str

    @property
    def variable(self) -> str:
        """Of a level: the variable that it belongs to."""
        return self.value.partition("=")[0]

    @property
    def level(self) -> str:
        """Of a level: the level itself."""
        return self.value.partition("=")[2]


Phrases = Mapping[str, tuple[tuple[tuple[str, ...], tuple[Sense, ...]], ...]]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence, or one sign.

    Attributes
    ----------
    text, start, end
        As it is written, and where: a half-open interval of characters.
    plain
        In lower case, without accents.
    key
        Its spelling key, equal for the spellings of one Greek or Latin word.
    """

    text: str
    start: int
    end: int
    plain: str
    key: str


@dataclass(frozen=True)
class Lexicon:
    """Phrases and what they mean.

    Attributes
    ----------
    plain
        Phrases of general English, and short words of the study: by their letters.
    folded
        The study's vocabulary: by spelling key. Both from the first word to all phrases
        that begin with it, the longest first.
    levels
        Variable -> the levels that the data have; empty without data.
    abbreviations
        Abbreviations that the manuscript declares, as they are written.
    is_case_table
        Whether a case is one combination, as in a case table, rather than a patient.
    """

    plain: Phrases
    folded: Phrases
    levels: Mapping[str, frozenset[str]]
    abbreviations: Mapping[str, tuple[Sense, ...]]
    is_case_table: bool

    def find(self, words: Sequence[Word], at: int) -> tuple[int, tuple[Sense, ...]]:
        """How many words the longest phrase from a place on has, and its meanings; 0 when there is none."""
        if words[at].text in self.abbreviations:
            return 1, self.abbreviations[words[at].text]
        near = words[at : at + _LONGEST_PHRASE]
        length, senses = _longest(self.plain, [w.plain for w in near])
        # "Attention-deficit/hyperactivity" has a sign that the spelling key leaves out.
        # One that a phrase would begin with is none of its signs: ". Adverse events".
        spelled = [place for place, w in enumerate(near) if not place or w.key or w.text not in "/-."]
        other, meanings = _longest(self.folded, [near[place].key for place in spelled])
        other = spelled[other - 1] + 1 if other else 0
        if length == other:
            return length, tuple(dict.fromkeys((*senses, *meanings)))
        return (length, senses) if length > other else (other, meanings)

    def with_abbreviations(self, texts: Iterable[str]) -> "Lexicon":
        """The lexicon with the abbreviations that a manuscript declares: "alopecia areata (AA)"."""
        found: dict[str, tuple[Sense, ...]] = {}
        for text in texts:
            for mention in _ABBREVIATION.finditer(text):
                short = mention[1]
                if sum(c.isupper() for c in short) >= _FEWEST_CAPITALS and short not in found:
                    senses = self._before(text[max(0, mention.start() - 120) : mention.start()])
                    if senses:
                        found[short] = found[f"{short}s"] = senses
        return replace(self, abbreviations={**found, **self.abbreviations})

    def _before(self, text: str) -> tuple[Sense, ...]:
        """The meanings of the longest phrase that ends where the text ends."""
        words = parse_words(text)
        for at in range(max(0, len(words) - 6), len(words)):
            length, senses = self.find(words, at)
            if length and at + length == len(words):
                return tuple(s for s in senses if s.kind in ("level", "unit", "class"))
        return ()


def _longest(phrases: Phrases, keys: Sequence[str]) -> tuple[int, tuple[Sense, ...]]:
    if not keys:
        return 0, ()
    for words, senses in phrases.get(keys[0], ()):
        if tuple(keys[: len(words)]) == words:
            return len(words), senses
    return 0, ()


@cache
def _keys(text: str) -> tuple[str, str]:
    return parse_plain_text(text), " ".join(parse_spelling_key(text).split())


def parse_words(text: str) -> list[Word]:
    """The words, numbers and signs of a text in their order; hyphens within words are left out."""
    return [
        Word(found[0], found.start(), found.end(), *_keys(found[0]))
        for found in _WORD.finditer(text)
        if not (found[0] in _HYPHENS and _is_inside(text, found.start()))
    ]


def _is_inside(text: str, at: int) -> bool:
    """Whether a hyphen joins a word, or a number, to a word: "non-melanoma", "21-month"."""
    return text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalpha()


def build_lexicon(protocol: Protocol | None, levels: Mapping[str, Collection[str]]) -> Lexicon:
    """The phrases of a study.

    Parameters
    ----------
    protocol
        Its definitions; None for a manuscript without data.
    levels
        Variable -> the levels that its data have.
    """
    present = {variable: frozenset(own) for variable, own in levels.items()}
    plain: dict[tuple[str, ...], list[Sense]] = defaultdict(list)
    folded: dict[tuple[str, ...], list[Sense]] = defaultdict(list)
    for phrase, sense in _general():
        _add(plain, [w.plain for w in parse_words(phrase)], sense)
    for phrase, sense in (*_vocabulary(protocol, present), *_own(protocol, present)):
        words = parse_words(phrase)
        if len(words) == 1 and len(words[0].plain) <= _SHORT:
            # Folded, "took" would be the same as an abbreviation in another language.
            _add(plain, [w.plain for w in words if len(w.plain) > 1], sense)
            continue
        if any(not w.key for w in words):
            _add(plain, [w.plain for w in words], sense)
        for key in parse_spelling_keys(phrase):
            _add(folded, key.split(), sense)
    is_case_table = protocol is not None and protocol.source.reader == "case_table"
    return Lexicon(_by_first(plain), _by_first(folded), present, {}, is_case_table)


def _add(phrases: dict[tuple[str, ...], list[Sense]], words: Sequence[str], sense: Sense) -> None:
    if words and sense not in phrases[tuple(words)]:
        phrases[tuple(words)].append(sense)


def _by_first(phrases: Mapping[tuple[str, ...], Sequence[Sense]]) -> Phrases:
    found: dict[str, list[tuple[tuple[str, ...], tuple[Sense, ...]]]] = defaultdict(list)
    for words, senses in sorted(phrases.items(), key=lambda item: (-len(item[0]), item[0])):
        if senses:
            found[words[0]].append((words, tuple(senses)))
    return {first: tuple(own) for first, own in found.items()}


def _general() -> Iterator[tuple[str, Sense]]:
    for kind, value, phrase in read_general_words():
        if kind not in _NOT_PHRASES:
            yield phrase, Sense(kind, value)


def _vocabulary(
    protocol: Protocol | None, levels: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, Sense]]:
    """What cotreat's vocabulary knows: drugs, therapies, conditions, adverse events."""
    yield from _drugs(protocol)
    for name, therapy in read_therapies().items():
        yield from _all(therapy.spellings, "prior_therapy", name)
    yield from _conditions(levels)
    for name, term in read_ae_terms().items():
        yield from _all(term.spellings, "adverse_event_term", name)
    for name, aesi in read_aesi().items():
        yield aesi.name, Sense("level", f"aesi={name}")
    for name, test in read_lab_tests().items():
        for spelling in test.spellings:
            yield spelling, Sense("test", name)
    for level in ("mild", "moderate", "severe"):
        for spelling in read_word_spellings("severity").get(level, ()):
            yield spelling, Sense("severity", level)


def _drugs(protocol: Protocol | None) -> Iterator[tuple[str, Sense]]:
    for name, drug in read_drugs().items():
        role = protocol.roles.role_of(name, drug.drug_class) if protocol else None
        own = () if role is None else (f"{role}_drug",)
        for variable in (*own, *DRUG_VARIABLES):
            yield from _all(drug.spellings, variable, name)
    for drug_class in sorted({drug.drug_class for drug in read_drugs().values()}):
        words = drug_class.replace("_", " ")
        for phrase in (words, f"{words}s"):
            yield phrase, Sense("class", drug_class)


def _conditions(levels: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Sense]]:
    for name, condition in read_conditions().items():
        for variable in ("disease", "comorbidity"):
            is_usual = (condition.kind == "disease") == (variable == "disease")
            if name in levels.get(variable, ()) or (is_usual and not _is_level(name, levels)):
                yield from _all(filter(_is_whole, condition.spellings), variable, name)


def _is_whole(spelling: str) -> bool:
    """Whether a spelling names the whole disease, and not a form of it that only some have."""
    return not _FORMS & set(spelling.lower().split())


def _is_level(name: str, levels: Mapping[str, frozenset[str]]) -> bool:
    return any(name in levels.get(variable, ()) for variable in ("disease", "comorbidity"))


def _own(protocol: Protocol | None, levels: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Sense]]:
    """The study's levels in its own spellings, and as cotreat writes them."""
    for variable, own in levels.items():
        yield f"unknown {variable.replace('_', ' ')}", Sense("level", f"{variable}={UNKNOWN_GROUP}")
        for level in own:
            yield from _all((level.replace("_", " "), compute_phrase(level, variable)), variable, level)
    if protocol is None:
        return
    for field, spellings in protocol.values.items():
        variables = {"adverse_event": ("adverse_event_term",), "drug": ()}.get(field, (field,))
        for variable in variables:
            for level, words in spellings.items():
                yield from _all(words, variable, level)


def _all(spellings: Iterable[str], variable: str, level: str) -> Iterator[tuple[str, Sense]]:
    for spelling in spellings:
        yield spelling, Sense("level", f"{variable}={level}")
