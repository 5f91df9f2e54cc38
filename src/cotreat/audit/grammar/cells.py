"""What the numbers of one table cell stand for, as its column and its row declare it."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, cast

from cotreat.audit.claims import Aspect, Claim
from cotreat.audit.grammar.numerals import compute_roundings, parse_numeral

# What a column or a row says that its cells hold.
Shape = Literal["count", "missing", "interval", "summary"]

_WHOLE = r"\d[\d,]*"
_NUMBER = rf"{_WHOLE}(?:[.\u00b7]\d+)?"
_TO = r"\s*(?:to|,|;|\u2013|\u2014|-)\s*"
_NOTE = re.compile(r"\s*(?:\[[a-z]\]|[*\u2020\u2021\u00a7]+)$")
_COUNT = re.compile(
    rf"(?P<count>{_WHOLE})(?:\s*/\s*(?P<denominator>{_WHOLE}))?(?:\s*[(\[](?P<proportion>{_NUMBER}\s*%?)[)\]])?"
)
_SHARE = re.compile(rf"(?P<proportion>{_NUMBER}\s*%)")
_ENDS = re.compile(rf"[(\[]?(?P<low>{_NUMBER}){_TO}(?P<high>{_NUMBER})[)\]]?")
_SUMMARY = re.compile(
    rf"(?P<first>{_NUMBER})(?:\s*(?:\u00b1|\+/-|[(\[])\s*(?P<rest>{_NUMBER}(?:{_TO}{_NUMBER})?)[)\]]?)?"
)
_ONE = re.compile(_NUMBER)
# Shaped like a count with its total and its share, whatever the numbers are.
_LIKE_COUNT = re.compile(rf"{_NUMBER}(?:\s*/\s*{_NUMBER})?(?:\s*[(\[]{_NUMBER}\s*%?[)\]])?")
# The ends that a statistic in brackets behind a mean or a median has.
_SPREAD: dict[str, tuple[Aspect, Aspect]] = {
    "iqr": ("q1", "q3"),
    "range": ("min", "max"),
    "ci": ("ci_lower", "ci_upper"),
}
_SINGLE = frozenset({"mean", "median", "min", "max"})
_MOST_CHARACTERS = 60


def compute_bare_cell(text: str) -> str:
    """A cell without the sign of its footnote."""
    return _NOTE.sub("", text.strip())


def parse_is_numeric(text: str) -> bool:
    """Whether a cell holds numbers and nothing else, as "12", "11/18 (61.1%)" or "43.5 [33.5 to 50.8]" do."""
    bare = compute_bare_cell(text)
    if not bare[:1].isdigit() or len(bare) > _MOST_CHARACTERS:
        return False
    return any(pattern.fullmatch(bare) for pattern in (_LIKE_COUNT, _SHARE, _ENDS, _SUMMARY))


def parse_cell_claims(
    text: str, shape: Shape, statistics: Sequence[str], unit: str, *, is_percent: bool
) -> tuple[Claim, ...]:
    """The numbers of a cell; none when the cell is not what was declared.

    Parameters
    ----------
    text
        The cell.
    shape
        What its column or its row says that it holds.
    statistics
        Of a summary: mean, median, sd, iqr, range, ... as they were named.
    unit
        Of a summary: days, weeks, months or years.
    is_percent
        Whether a number in brackets behind a count was declared as a percentage.
    """
    bare = compute_bare_cell(text)
    if shape == "count":
        return _counts(bare, text, is_percent=is_percent)
    if shape == "missing":
        found = _ONE.fullmatch(bare)
        return _claims(text, [(0, bare, "missing")]) if found else ()
    if shape == "interval":
        ends = _ENDS.fullmatch(bare)
        return (
            _claims(
                text, [(ends.start(n), ends[n], a) for n, a in (("low", "ci_lower"), ("high", "ci_upper"))]
            )
            if ends
            else ()
        )
    return _summary(bare, text, statistics, unit)


def parse_any_claims(text: str) -> tuple[Claim, ...]:
    """Every number of a cell of which nobody knows what it is."""
    return _claims(text, [(found.start(), found[0], "") for found in _ONE.finditer(compute_bare_cell(text))])


def _counts(bare: str, text: str, *, is_percent: bool) -> tuple[Claim, ...]:
    found = _SHARE.fullmatch(bare) or _COUNT.fullmatch(bare)
    if not found:
        return ()
    groups = found.groupdict()
    share = groups.get("proportion") or ""
    if share and not (share.endswith("%") or is_percent):
        return ()
    named = [name for name in ("count", "denominator", "proportion") if groups.get(name)]
    return _claims(text, [(found.start(name), found[name].strip(), name) for name in named])


def _summary(bare: str, text: str, statistics: Sequence[str], unit: str) -> tuple[Claim, ...]:
    if list(statistics) == ["range"]:
        ends = _ENDS.fullmatch(bare)
        found = [(ends.start(n), ends[n], a) for n, a in (("low", "min"), ("high", "max"))] if ends else []
        return _claims(text, found, unit)
    whole = _SUMMARY.fullmatch(bare)
    if not whole or not statistics or statistics[0] not in _SINGLE:
        return ()
    found = [(whole.start("first"), whole["first"], statistics[0])]
    if whole["rest"] is None:
        return _claims(text, found, unit)
    spread = statistics[1] if len(statistics) == 2 else ""
    ends = _ENDS.fullmatch(whole["rest"])
    if spread == "sd" and _ONE.fullmatch(whole["rest"]):
        found.append((whole.start("rest"), whole["rest"], "sd"))
    elif spread in _SPREAD and ends:
        at = whole.start("rest")
        low, high = _SPREAD[spread]
        found += [(at + ends.start("low"), ends["low"], low), (at + ends.start("high"), ends["high"], high)]
    else:
        return ()
    return _claims(text, found, unit)


def _claims(text: str, found: Sequence[tuple[int, str, str]], unit: str = "") -> tuple[Claim, ...]:
    """Claims with their places in the cell; none when one of the numbers cannot be read."""
    lead = len(text) - len(text.lstrip())
    claims: list[Claim] = []
    for start, number, aspect in found:
        numeral = parse_numeral(number.rstrip("% "))
        if numeral is None:
            return ()
        taken = "%" if aspect == "proportion" else unit
        at = lead + start
        claims.append(Claim(number, at, at + len(number), cast("Aspect", aspect), numeral, unit=taken))
    return tuple(claims)


def compute_is_clear_total(claims: Sequence[Claim], most: int | None, *, is_declared: bool) -> bool:
    """Whether the second number of "11/18" is a total, and not another count as in "11/7".

    Parameters
    ----------
    claims
        The numbers of a cell.
    most
        The N of its column.
    is_declared
        Whether its words say "n/N".
    """
    total = _whole(claims, "denominator")
    has_total = any(claim.aspect == "denominator" for claim in claims)
    return (
        not has_total
        or is_declared
        or (total is not None and total == most)
        or compute_is_share_of(claims, total)
    )


def compute_is_share_of(claims: Sequence[Claim], total: int | None) -> bool:
    """Whether a percentage is that of the count beside it and a total; False where one of them is missing."""
    share = next((claim.numeral for claim in claims if claim.aspect == "proportion"), None)
    count = _whole(claims, "count")
    if share is None or count is None or not total:
        return False
    return share.value in compute_roundings(Fraction(count * 100, total), share.decimals)


def compute_is_of_total(claims: Sequence[Claim], total: int | None) -> bool:
    """Whether the numbers of a cell are of a total: as they print it, and as their percentage has it."""
    if any(claim.aspect == "denominator" for claim in claims) and _whole(claims, "denominator") != total:
        return False
    has_share = any(claim.aspect == "proportion" for claim in claims)
    return not has_share or compute_is_share_of(claims, total)


def _whole(claims: Sequence[Claim], aspect: str) -> int | None:
    numeral = next((claim.numeral for claim in claims if claim.aspect == aspect), None)
    return int(numeral.value) if numeral is not None and numeral.is_whole else None
