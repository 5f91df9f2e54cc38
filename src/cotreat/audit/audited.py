"""A manuscript with a verdict on each of its numbers."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cotreat.audit.claims import Claim, Statement
from cotreat.audit.grammar.chunks import parse_pieces
from cotreat.audit.grammar.clause_reading import Context
from cotreat.audit.grammar.lexicon import Lexicon
from cotreat.audit.grammar.statements import parse_statements
from cotreat.audit.manuscripts.passages import Manuscript, Passage
from cotreat.audit.manuscripts.sentences import Sentence, parse_sentences
from cotreat.audit.verdicts.answers import Data
from cotreat.audit.verdicts.judging import build_verdicts
from cotreat.audit.verdicts.verdicts import Verdict

# Parts of a paper whose numbers are not about the study.
_ASIDE = re.compile(
    r"\W*(references|bibliography|acknowledge?ments?|funding|conflicts? of interest|competing interests|"
    r"declarations?\b.*|disclosures?|author contributions?|data availability.*|supplementary material.*|"
    r"ethic\w*( statement| approval)?|bibliograf\w+|literatur)\W*",
    re.IGNORECASE,
)
# Lines about the publication rather than the study.
_IMPRINT = re.compile(
    r"https?://|\bdoi\b|©|\bISSN\b|\bet al\b|@\w|please cite|article in press", re.IGNORECASE
)
_FEWEST_LETTERS = 8


@dataclass(frozen=True, slots=True)
class AuditedClaim:
    """One number of the manuscript with its verdict.

    Attributes
    ----------
    claim_id
        The same as long as its sentence is the same.
    passage
        Place of its passage in the manuscript, from 0.
    section
        Heading above it; empty before the first one.
    sentence
        The sentence that it stands in.
    statement, claim
        What it was bound to.
    verdict
        What the audit says of it.
    """

    claim_id: str
    passage: int
    section: str
    sentence: str
    statement: Statement
    claim: Claim
    verdict: Verdict


@dataclass(frozen=True)
class Audit:
    """A manuscript and its numbers, in the order of the text.

    Attributes
    ----------
    manuscript
        What was read.
    claims
        Its numbers.
    study
        Name of the study that they were held against; empty when there was none.
    """

    manuscript: Manuscript
    claims: tuple[AuditedClaim, ...]
    study: str = ""

    def count(self, word: str) -> int:
        """How many numbers have this verdict."""
        return sum(1 for c in self.claims if c.verdict.word == word)


def build_audit(manuscript: Manuscript, lexicon: Lexicon, data: Data | None, *, study: str = "") -> Audit:
    """The numbers of a manuscript, bound and held against the data.

    Parameters
    ----------
    manuscript
        What was read.
    lexicon
        The words of general English and of the study.
    data
        The study's numbers; None to look at the manuscript alone.
    study
        Its name.
    """
    texts = [passage.text for passage in manuscript.passages]
    known = lexicon.with_abbreviations(texts)
    found: list[AuditedClaim] = []
    ids: Counter[str] = Counter()
    for place, section, sentence, statements in _statements(manuscript, known):
        rows = [
            (statement, claim, verdict)
            for statement in statements
            for claim, verdict in zip(statement.claims, _verdicts(data, statement), strict=True)
        ]
        for statement, claim, verdict in sorted(rows, key=lambda row: (row[1].start, row[1].end)):
            claim_id = _claim_id(sentence.text, claim, ids)
            found.append(AuditedClaim(claim_id, place, section, sentence.text, statement, claim, verdict))
    return Audit(manuscript, tuple(found), study)


def _verdicts(data: Data | None, statement: Statement) -> Sequence[Verdict]:
    if data is None:
        return [Verdict("not_derivable", note="No data were given.") for _ in statement.claims]
    return build_verdicts(data, statement)


def _statements(
    manuscript: Manuscript, lexicon: Lexicon
) -> Iterator[tuple[int, str, Sentence, list[Statement]]]:
    """The statements of each sentence of the paragraphs that are about the study."""
    section = ""
    is_aside = False
    for place, passage in enumerate(manuscript.passages):
        if passage.kind == "heading":
            section = passage.text
            is_aside = _ASIDE.fullmatch(section) is not None
        elif passage.kind == "paragraph" and not is_aside and _is_prose(passage):
            context = Context()
            for sentence in parse_sentences(passage.text):
                pieces = parse_pieces(sentence.text, lexicon, offset=sentence.start)
                statements = parse_statements(pieces, lexicon, context)
                if statements and not _IMPRINT.search(sentence.text):
                    yield place, section, sentence, statements


def _is_prose(passage: Passage) -> bool:
    """Whether a paragraph has words: a line number of a page has none."""
    return sum(c.isalpha() for c in passage.text) >= _FEWEST_LETTERS


def _claim_id(sentence: str, claim: Claim, ids: "Counter[str]") -> str:
    """A name of a number that stays when other sentences change."""
    digest = hashlib.sha256(f"{sentence}\n{claim.text}".encode()).hexdigest()[:8]
    ids[digest] += 1
    return digest if ids[digest] == 1 else f"{digest}-{ids[digest]}"
