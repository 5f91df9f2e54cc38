"""What stands in brackets behind a number: its share, interval, spread, denominator, the unknown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from cotreat.audit.claims import Aspect
from cotreat.audit.grammar.pieces import Piece, compute_code

# Each item as a pattern of codes; the names say what its pieces are.
_ITEMS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("interval", r"P?S[,:=]?(?P<range>R)"),
        ("interval_apart", r"PS[,:=]?(?P<low>[PNQ]),(?P<high>[PNQ])"),
        ("size", r"S=(?P<number>N)w*U?"),
        ("spread", r"S[,:]?(?P<value>[NQDL])"),
        ("one_sided", r"KPK[,:=]?(?P<bound>P)"),
        ("missing", r"K[iw]*(?P<number>N)w*U?"),
        ("of", r"(?P<count>N)(?:/|Ow*)(?P<denominator>N)w*U?"),
        ("percent", r"[i]?(?P<percent>P)"),
        ("count", r"(?P<number>N)"),
        ("bare_range", r"(?P<range>R)"),
        ("value", r"(?P<value>[QDL])"),
    )
)
_SEPARATORS = ",;"


@dataclass(frozen=True, slots=True)
class Detail:
    """One number of a bracket: what of the estimate it is."""

    aspect: Aspect
    piece: Piece
    unit: str = ""


def parse_details(bracket: Piece) -> tuple[Detail, ...] | None:
    """The numbers of a bracket that says more of the number before it; None when it says something else."""
    details, rest = parse_leading_details(bracket)
    return details if details and not rest else None


def parse_leading_details(bracket: Piece) -> tuple[tuple[Detail, ...], tuple[Piece, ...]]:
    """The numbers that a bracket begins with, and its pieces behind them.

    "(16.7 %; all with alopecia areata)" begins with a share.
    """
    pieces = _plain(bracket.inner)
    code = compute_code(pieces)
    found: list[Detail] = []
    at = 0
    while at < len(code):
        if code[at] in _SEPARATORS and at:
            at += 1
            continue
        name, match = _match(code, at)
        items = tuple(_item(name, match, pieces)) if match else ()
        if match is None or not items:
            start = pieces[at].start
            return tuple(found), tuple(p for p in bracket.inner if p.start >= start)
        found += items
        at = match.end()
    return tuple(found), ()


def _match(code: str, at: int) -> tuple[str, re.Match[str] | None]:
    """The first item that stands at a place, up to the next separator."""
    for name, pattern in _ITEMS:
        found = pattern.match(code, at)
        if found and _ends(code, found.end()):
            return name, found
    return "", None


def _ends(code: str, at: int) -> bool:
    return at == len(code) or code[at] in _SEPARATORS


def _plain(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Without the words that say nothing here: "range, 3-43" is "range 3-43"."""
    kept: list[Piece] = []
    for piece in pieces:
        before = kept[-1] if kept else None
        is_comma = before is not None and before.kind == "statistic" and piece.text in ",:"
        if piece.kind in ("neutral", "of") or is_comma:
            continue
        kept.append(piece)
    return tuple(kept)


def _item(name: str, match: re.Match[str], pieces: Sequence[Piece]) -> Iterator[Detail]:
    own = pieces[match.start() : match.end()]
    unit = next((p.value("unit") for p in own if p.kind == "unit"), "")
    statistic = next((p.value("statistic") for p in own if p.kind == "statistic"), "")
    picked = {key: pieces[match.start(key)] for key in match.groupdict() if match[key]}
    if name in ("interval", "bare_range"):
        yield from _ends_of(statistic or "range", picked["range"])
    elif _is_meant(name, statistic, own):
        aspects = _ASPECTS[name] or {"value": statistic}
        yield from _details([(aspects[key], piece) for key, piece in picked.items()], unit)


# What the pieces of an item are; of a spread it is the statistic that says it.
_ASPECTS: dict[str, dict[str, Aspect | str]] = {
    "interval_apart": {"low": "ci_lower", "high": "ci_upper"},
    "spread": {},
    "one_sided": {"bound": "upper_bound"},
    "size": {"number": "denominator"},
    "missing": {"number": "missing"},
    "of": {"count": "count", "denominator": "denominator"},
    "percent": {"percent": "proportion"},
    "count": {"number": "count"},
    "value": {"value": "value"},
}


def _is_meant(name: str, statistic: str, own: Sequence[Piece]) -> bool:
    """Whether the words of an item are those that its pattern stands for."""
    if name == "interval_apart":
        return statistic == "ci"
    if name == "spread":
        return statistic in ("sd", "mean", "median", "min", "max")
    if name == "one_sided":
        return own[0].means("cue", "one_sided") and own[2].means("cue", "upper_bound")
    if name == "missing":
        return own[0].means("cue", "missing")
    return name != "size" or statistic == "n"


_ENDS: dict[str, tuple[Aspect, Aspect]] = {
    "ci": ("ci_lower", "ci_upper"),
    "iqr": ("q1", "q3"),
    "range": ("min", "max"),
}


def _ends_of(statistic: str, piece: Piece) -> Iterator[Detail]:
    """Both ends of a range as numbers of their own."""
    if statistic in _ENDS and piece.inner:
        low, high = piece.inner
        yield from _details(tuple(zip(_ENDS[statistic], (low, high), strict=True)), piece.unit)


def _details(items: Sequence[tuple[Aspect | str, Piece]], unit: str = "") -> Iterator[Detail]:
    for aspect, piece in items:
        if piece.number is not None:
            # Of a spread the word in the text says the aspect: a statistic of the shipped words.
            yield Detail(cast("Aspect", aspect), piece, unit or piece.unit)
