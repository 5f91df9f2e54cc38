"""Every number of a manuscript with what it was bound to, before the data are asked."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cotreat.audit.claims import Claim, Statement
from cotreat.audit.grammar.chunks import parse_pieces
from cotreat.audit.grammar.clause_reading import Context
from cotreat.audit.grammar.lexicon import Lexicon
from cotreat.audit.grammar.statements import parse_statements
from cotreat.audit.grammar.tables import parse_table
from cotreat.audit.manuscripts.passages import Manuscript, Passage
from cotreat.audit.manuscripts.sentences import parse_sentences

# Parts of a paper whose numbers are not about the study.
_ASIDE = re.compile(
    r"\W*(references|bibliography|acknowledge?ments?|funding|conflicts? of interest|competing interests|"
    r"declarations?\b.*|disclosures?|author contributions?|data availability.*|supplementary material.*|"
    r"ethic\w*( statement| approval)?|bibliograf\w+|literatur)\W*",
    re.IGNORECASE,
)
# Lines about the publication rather than the study.
_IMPRINT = re.compile(
    r"https?://|\bdoi\b|\u00a9|\bISSN\b|\bet al\b|@\w|please cite|article in press", re.IGNORECASE
)
# Sentences that may give the numbers of others.
_OF_OTHERS = re.compile(
    r"\b(?:another|other|previous|prior|earlier|published|recent|randomi[sz]ed|controlled|phase)\s+"
    # "Another drug of the study" is of this one.
    r"(?:(?!of\b|the\b|in\b|this\b|our\b)[\w-]+\s+){0,3}?"
    r"(?:study|studies|trials?|series|cohorts?|registry|registries|reports?|reviews?|meta-analys[ei]s|publications?)\b"
    r"|\bliterature\b|\b(?:study|trial|series|cohort|report)\s+(?:by|from)\b"
    r"|\b(?:reported|published|described|found)\s+(?:previously|elsewhere|by)\b",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"\W*(?:table|tab\.?|tabla|tabelle)\s*\w{1,3}\b[.:]?", re.IGNORECASE)
_MAY_BE_OF_OTHERS = "the sentence may give the numbers of another study"
_FEWEST_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Collected:
    """The numbers of one statement, and where they stand.

    Attributes
    ----------
    claim_ids
        One name per number, the same as long as its sentence is the same.
    passage
        Place of its passage in the manuscript, from 0.
    section
        Heading above it; empty before the first one.
    sentence
        The sentence that it stands in.
    statement
        What the numbers were bound to.
    cell
        Row and column of its table, from 0; None in a paragraph.
    """

    claim_ids: tuple[str, ...]
    passage: int
    section: str
    sentence: str
    statement: Statement
    cell: tuple[int, int] | None = None


def build_collected(manuscript: Manuscript, lexicon: Lexicon) -> list[Collected]:
    """The numbers of the paragraphs and tables that are about the study, in the order of the text."""
    known = lexicon.with_abbreviations(passage.text for passage in manuscript.passages)
    ids: Counter[str] = Counter()
    section = ""
    is_aside = False
    n_tables = 0
    found: list[Collected] = []
    for place, passage in enumerate(manuscript.passages):
        if passage.kind == "heading":
            section = passage.text
            is_aside = _ASIDE.fullmatch(section) is not None
        elif passage.kind == "paragraph" and not is_aside and _is_prose(passage):
            found += _of_paragraph(place, section, passage, known, ids)
        elif passage.kind == "table" and not is_aside:
            before = manuscript.passages[place - 1] if place else passage
            n_tables += 1
            found += _of_table(place, section, passage, _caption(passage, before, n_tables), known, ids)
    return found


def _caption(passage: Passage, before: Passage, number: int) -> str:
    """The words above a table: its caption, or the paragraph before it that calls itself a table."""
    if passage.text:
        return passage.text
    is_caption = before.kind == "paragraph" and _CAPTION.match(before.text) is not None
    return before.text if is_caption else f"Table {number}."


def _of_table(
    place: int, section: str, passage: Passage, caption: str, lexicon: Lexicon, ids: "Counter[str]"
) -> Iterator[Collected]:
    name = _CAPTION.match(caption)
    for found in parse_table(passage.rows, caption, lexicon, section):
        cell = passage.rows[found.row][found.column]
        sentence = f"{name[0].rstrip(' .:') if name else 'Table'}: {found.words}: {cell}"
        named = tuple(_claim_id(sentence, claim, ids) for claim in found.statement.claims)
        yield Collected(named, place, section, sentence, found.statement, (found.row, found.column))


def _of_paragraph(
    place: int, section: str, passage: Passage, lexicon: Lexicon, ids: "Counter[str]"
) -> Iterator[Collected]:
    context = Context()
    for sentence in parse_sentences(passage.text):
        pieces = parse_pieces(sentence.text, lexicon, offset=sentence.start)
        statements = parse_statements(pieces, lexicon, context)
        if _IMPRINT.search(sentence.text):
            continue
        if _OF_OTHERS.search(sentence.text):
            statements = [replace(s, why=s.why or _MAY_BE_OF_OTHERS) for s in statements]
        in_order = sorted((c for s in statements for c in s.claims), key=lambda c: (c.start, c.end))
        names = {id(claim): _claim_id(sentence.text, claim, ids) for claim in in_order}
        for statement in statements:
            own = tuple(names[id(claim)] for claim in statement.claims)
            yield Collected(own, place, section, sentence.text, statement)


def _is_prose(passage: Passage) -> bool:
    """Whether a paragraph has words: a line number of a page has none."""
    return sum(c.isalpha() for c in passage.text) >= _FEWEST_LETTERS


def _claim_id(sentence: str, claim: Claim, ids: "Counter[str]") -> str:
    """A name of a number that stays when other sentences change."""
    digest = hashlib.sha256(f"{sentence}\n{claim.text}".encode()).hexdigest()[:8]
    ids[digest] += 1
    return digest if ids[digest] == 1 else f"{digest}-{ids[digest]}"
