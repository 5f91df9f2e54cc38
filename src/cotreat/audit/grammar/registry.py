"""Sentences about measures of the registry that are no counts: shares at a time, contrasts, what followed.

The words that name a measure are in ``words.csv`` (`measure`, and `part` of one). A sentence
that names one is read in items: each has a level of the measure, a time, one leading number
and what stands in brackets behind it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cotreat.analysis.results import Unit
from cotreat.audit.claims import Aspect, Claim, Condition, Query, Statement
from cotreat.audit.grammar.clause_reading import Context, build_claim
from cotreat.audit.grammar.general_words import read_general_words
from cotreat.audit.grammar.pieces import Piece, build_flat_pieces

_NUMBERS = frozenset({"number", "percent", "time"})
_BOUNDARIES = frozenset({",", ":", ";", "and"})
_NOT_LEVEL = frozenset({"in", "a", "an", "the", "of", "was", "were"})
# Of whom a measure is, where the sentence does not say it.
_UNITS: dict[str, Unit] = {"drug_survival": "course", "end_reason_incidence": "course"}
_BY_PAIR = (
    "response_at_week",
    "partner_withdrawn_in_response",
    "response_held_without_partner",
)
_WITH_LEVELS = ("end_reason_incidence", "time_to_next_treatment")
_WAYS = (
    ("missing scores counted as failure", "non_responder_imputation"),
    ("those with a score", "as_observed"),
    ("reached the days", "from_min_overlap"),
)


@dataclass(frozen=True)
class _Sentence:
    """A sentence and the measure that it names."""

    pieces: tuple[Piece, ...]
    text: str
    measure: str
    phrase: str
    time: Piece | None

    def query(self, level: str, time: Piece | None, measure: str = "") -> Query:
        """What is asked: a measure and its statistic, of a level, at a time."""
        named = measure or self.measure
        rule = next((rule for words, rule in _WAYS if words in self.text), "")
        conditions: tuple[Condition, ...] = (("level", level),) if level else ()
        return Query(
            "measure",
            conditions,
            () if time is None else (_time(time),),
            unit=self._unit(named.partition(":")[0]),
            rule=rule,
            quantity=named,
        )

    def _unit(self, measure: str) -> Unit:
        own = next((p.value("unit") for p in build_flat_pieces(self.pieces) if p.kind == "unit"), "")
        if measure in _BY_PAIR:
            return "patient" if own == "patient" else "pair"
        return _UNITS.get(measure, "patient")


def build_measure_statements(pieces: Sequence[Piece], context: Context) -> list[Statement]:
    """The statements of a sentence that names a measure of the registry; empty when it names none."""
    text = _text(build_flat_pieces(pieces))
    named = next(((v, w) for v, w in _phrases("measure") if f" {w} " in f" {text} "), None)
    if named is None:
        return []
    sentence = _Sentence(tuple(pieces), text, *named, time=None)
    sentence = replace(sentence, time=_time_of_all(sentence))
    found = list(_statements(sentence, context))
    if _says_more(sentence):
        is_curve = sentence.measure.startswith("drug_survival")
        return [] if is_curve else [_unbound(p) for p in build_flat_pieces(pieces) if p.kind in _NUMBERS]
    # One number that is not understood, and none is.
    held = {c.start for s in found for c in s.claims}
    numbers = [p for p in build_flat_pieces(pieces) if p.kind in _NUMBERS and not _is_confidence(p, pieces)]
    return found if all(p.start in held or _is_of_name(p, sentence) for p in numbers) else []


def _unbound(piece: Piece) -> Statement:
    why = "the sentence says more than what the study's measure asks"
    return Statement((Query("nothing"),), (build_claim("", piece),), why=why)


def _says_more(sentence: _Sentence) -> bool:
    """Whether it has a word that is not known here, or names a group: the measures are of everybody."""
    end = _end_of_phrase(sentence)
    named = range(end, end) if sentence.measure not in _WITH_LEVELS else range(end, sentence.pieces[-1].end)
    known = {word for _, word in _phrases("measure_word")}
    slot: list[Piece] = []
    outside: list[Piece] = []
    for piece in sentence.pieces:
        if piece.start in named and piece.kind in ("percent", "number"):
            slot = []
        elif piece.text.lower() in _BOUNDARIES:
            outside, slot = [*outside, *slot], []
        else:
            slot.append(piece)
    outside += slot
    return any(_is_more(p, known) for p in build_flat_pieces(outside) if not _is_in_phrase(p, sentence))


def _is_more(piece: Piece, known: set[str]) -> bool:
    is_group = piece.kind in ("level", "class") and not piece.means("level", "response=complete")
    return (is_group or piece.code in "?ZvhS") and piece.text.lower() not in known


def _is_in_phrase(piece: Piece, sentence: _Sentence) -> bool:
    """Whether it is one of the words that name the measure, or of a criterion before them."""
    end = _end_of_phrase(sentence)
    words = sentence.phrase.split()
    return piece.end <= end and (
        sentence.measure == "response_at_week" or all(w in words for w in piece.text.lower().split())
    )


def _phrases(kind: str) -> Iterator[tuple[str, str]]:
    return ((value, phrase) for own, value, phrase in read_general_words() if own == kind)


def _text(pieces: Sequence[Piece]) -> str:
    return " ".join(re.sub(r"[^\w\s:,;+-]", " ", p.text.lower()) for p in pieces if p.kind != "bracket")


def _is_confidence(piece: Piece, pieces: Sequence[Piece]) -> bool:
    """Whether it is the 95% of a 95% interval."""
    flat = build_flat_pieces(pieces)
    at = flat.index(piece)
    return at + 1 < len(flat) and flat[at + 1].means("statistic", "ci")


def _is_of_name(piece: Piece, sentence: _Sentence) -> bool:
    """Whether a number belongs to the name of a criterion: the 75 of "PASI 75 was met in"."""
    return sentence.measure == "response_at_week" and piece.start < _end_of_phrase(sentence)


def _end_of_phrase(sentence: _Sentence) -> int:
    """Where the words that name the measure end."""
    for at in range(len(sentence.pieces)):
        if f" {sentence.phrase} " in f" {_text(sentence.pieces[: at + 1])} ":
            return sentence.pieces[at].end
    return 0


def _time(piece: Piece) -> Condition:
    number = "" if piece.number is None else str(piece.number.value)
    return ("month", number) if piece.kind == "time" else ("week", number)


def _times(sentence: _Sentence) -> list[Piece]:
    """The times of the items, in the order of the text: "at 6 months", "at week 24"."""
    found: list[Piece] = []
    for at, piece in enumerate(sentence.pieces):
        before = sentence.pieces[at - 1].text.lower() if at else ""
        is_month = piece.kind == "time" and piece.unit == "months" and before in ("at", "by", "within")
        if is_month or (piece.kind == "number" and before == "week"):
            found.append(piece)
    return found


def _time_of_all(sentence: _Sentence) -> Piece | None:
    times = _times(sentence)
    return times[0] if len(times) == 1 and sentence.measure != "drug_survival:survival_at" else None


def _statements(sentence: _Sentence, context: Context) -> Iterator[Statement]:
    if sentence.measure == "response_difference":
        yield from _parts(sentence)
    elif sentence.measure == "drug_survival:median":
        yield from _median(sentence)
    else:
        yield from _items(sentence, context)


def _items(sentence: _Sentence, context: Context) -> Iterator[Statement]:
    """One statement per item; the time and the total of all belong to the first."""
    start = _end_of_phrase(sentence)
    level, time = _named_before(sentence, start, context)
    shared: list[Claim] = [] if sentence.time is None else [build_claim("time", sentence.time)]
    shared += _total(sentence)
    since = start
    pieces = sentence.pieces
    for at, piece in enumerate(pieces):
        if piece.start < start or piece.kind not in ("percent", "number") or _is_counted_behind(pieces, at):
            continue
        own_time = time or sentence.time or _following_time(sentence, piece)
        if sentence.measure in _WITH_LEVELS:
            level = _level(pieces, since, piece.start)
        query = sentence.query(level, own_time)
        claims = [*shared, *_leading(pieces, at)]
        if sentence.time is None and own_time is not None and own_time.start > start:
            claims.append(build_claim("time", own_time))
        yield Statement((query,), tuple(claims))
        yield from _risk(sentence, pieces, at, own_time)
        shared = []
        since = piece.end


def _named_before(sentence: _Sentence, start: int, context: Context) -> tuple[str, Piece | None]:
    """The level that stands before the words of the measure, or the one of the sentence before."""
    if sentence.measure != "response_at_week":
        return "", None
    before = [p for p in sentence.pieces if p.end <= start]
    size = len(sentence.phrase.split())
    level = _level(before[:-size], 0, start)
    if level == "it" and context.measured:
        return context.measured[0], context.measured[1]
    context.measured = (level, sentence.time)
    return level, None


def _level(pieces: Sequence[Piece], start: int, end: int) -> str:
    """The words between the last boundary and a number."""
    words: list[str] = []
    for piece in pieces:
        if start <= piece.start < end and piece.kind != "bracket":
            words = [] if piece.text.lower() in _BOUNDARIES else [*words, piece.text]
    while words and words[0].lower() in _NOT_LEVEL:
        words.pop(0)
    while words and words[-1].lower() in _NOT_LEVEL:
        words.pop()
    return " ".join(words)


def _following_time(sentence: _Sentence, piece: Piece) -> Piece | None:
    return next((t for t in _times(sentence) if t.start > piece.start), None)


def _total(sentence: _Sentence) -> list[Claim]:
    """The total of all items: "Of 21 courses, ..."."""
    pieces = sentence.pieces
    is_total = [p.kind for p in pieces[:2]] == ["of", "number"]
    return [build_claim("denominator", pieces[1])] if is_total else []


def _is_counted_behind(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a number is the total of the one before, or says how many are unknown."""
    before = pieces[at - 1] if at else None
    # "Reason not known 25.0%" is a level like any other.
    is_whole = pieces[at].kind == "number"
    is_unknown = any(
        p.means("cue", "missing") or p.text.lower() == "score" for p in pieces[max(0, at - 2) : at]
    )
    return before is not None and (before.kind == "of" or (is_whole and is_unknown))


def _leading(pieces: Sequence[Piece], at: int) -> Iterator[Claim]:
    """A number with its total and its brackets: "8 of 17 combinations (47.1%; 95% CI ...)"."""
    piece = pieces[at]
    yield build_claim("proportion" if piece.kind == "percent" else "count", piece)
    following = pieces[at + 1 :]
    if len(following) > 1 and following[0].kind == "of" and following[1].kind == "number":
        yield build_claim("denominator", following[1])
    for place, other in enumerate(following):
        if other.kind in ("percent", "number") and not _is_counted_behind(following, place):
            break
        if other.kind == "bracket":
            yield from _details(other)
        elif other.kind == "number" and place > 1:
            yield build_claim("missing", other)


def _details(bracket: Piece) -> Iterator[Claim]:
    """Interval, share, and how many; those at risk are asked for apart."""
    inner = build_flat_pieces(bracket.inner)
    is_interval = False
    ends: list[Aspect] = ["ci_upper", "ci_lower"]
    for at, piece in enumerate(inner):
        is_interval = (is_interval or piece.means("statistic", "ci")) and piece.text != ";"
        if piece.kind not in _NUMBERS:
            continue
        following = _text(inner[at + 1 : at + 3])
        if piece.kind == "percent" and inner[at + 1 : at + 2] and inner[at + 1].means("statistic", "ci"):
            continue
        if is_interval and ends:
            # "Up to 20" is an interval that is open below.
            is_upper = piece.number is not None and piece.number.comparator == "<="
            yield _signed("ci_upper" if is_upper else ends.pop(), inner, at)
        elif piece.kind == "percent":
            yield build_claim("proportion", piece)
        elif following.startswith("of "):
            yield build_claim("count", piece)
        elif at and inner[at - 1].kind == "of":
            yield build_claim("denominator", piece)
        elif "risk" not in following:
            yield build_claim("count", piece)


def _signed(aspect: Aspect, pieces: Sequence[Piece], at: int) -> Claim:
    """A number with the sign before it."""
    claim = build_claim(aspect, pieces[at])
    if claim.numeral is not None and claim.numeral.comparator:
        claim = replace(claim, numeral=replace(claim.numeral, comparator=""))
    sign = pieces[at - 1] if at else None
    if sign is None or sign.text not in ("+", "-") or sign.end != claim.start:
        return claim
    return replace(claim, text=f"{sign.text}{claim.text}")


def _risk(sentence: _Sentence, pieces: Sequence[Piece], at: int, time: Piece | None) -> Iterator[Statement]:
    """How many are at risk at the time of an item."""
    for place in range(at + 1, len(pieces)):
        if pieces[place].kind == "percent":
            return
        inner = build_flat_pieces(pieces[place].inner) if pieces[place].kind == "bracket" else []
        for n, piece in enumerate(inner):
            if piece.kind == "number" and "risk" in _text(inner[n + 1 : n + 3]):
                query = sentence.query("", time, "drug_survival:at_risk")
                yield Statement((query,), (build_claim("count", piece),))


def _median(sentence: _Sentence) -> Iterator[Statement]:
    """A median time with its interval, and how many of all had ended."""
    claims = [build_claim("median", p) for p in sentence.pieces if p.kind == "time"]
    for piece in sentence.pieces:
        if piece.kind == "bracket":
            claims += _details(piece)
    yield Statement((sentence.query("", None),), tuple(claims))


def _parts(sentence: _Sentence) -> Iterator[Statement]:
    """The numbers of a contrast: each has the words behind it, or before it, that say which it is."""
    flat = build_flat_pieces(sentence.pieces)
    level = next(
        (p.text.lower() for p in flat if p.means("bare") or p.means("level", "response=complete")), ""
    )
    total = _total(sentence)
    if total:
        yield Statement((sentence.query(level, None, "response_difference:difference"),), tuple(total))
    for at, piece in enumerate(sentence.pieces):
        if piece.kind == "bracket":
            claims = list(_details(piece))
            inner = build_flat_pieces(piece.inner)
            first = [_signed("value", inner, n) for n, p in enumerate(inner) if p.kind == "number"][:1]
            claims = [*first, *(c for c in claims if c.aspect in ("ci_lower", "ci_upper"))]
            yield Statement((sentence.query(level, None, "response_difference:difference"),), tuple(claims))
        elif piece.kind == "number" and not (total and piece.start == total[0].start):
            behind = _text(sentence.pieces[at + 1 : at + 5])
            part = next((v for v, w in _phrases("measure_part") if re.search(rf"\b{w}\b", behind)), "")
            if part:
                yield Statement((sentence.query(level, None, part),), (build_claim("count", piece),))
