"""Numbers that contradict those beside them, whatever the data are."""

from fractions import Fraction

from cotreat.audit.claims import Aspect, Claim, Statement
from cotreat.audit.grammar.items import ITEMS
from cotreat.audit.grammar.numerals import compute_roundings
from cotreat.audit.verdicts.verdict import Verdict

# No value of the left one is above one of the right, in the printed summaries of one quantity.
_IN_ORDER: tuple[tuple[Aspect, Aspect], ...] = (
    ("min", "q1"),
    ("min", "median"),
    ("min", "mean"),
    ("min", "max"),
    ("q1", "median"),
    ("q1", "q3"),
    ("median", "q3"),
    ("median", "max"),
    ("mean", "max"),
    ("q3", "max"),
    ("ci_lower", "ci_upper"),
)
_NAMES = {
    "min": "smallest value",
    "q1": "first quartile",
    "q3": "third quartile",
    "max": "largest value",
    "ci_lower": "lower end of the interval",
    "ci_upper": "upper end of the interval",
}


def build_contradiction(claim: Claim, statement: Statement) -> Verdict | None:
    """Why a number cannot be right beside the others of its statement; None when nothing speaks against it.

    A share that no whole number gives for its total, a mean of ages in whole years that no sum
    gives, a part that is larger than the whole, and a smallest value above the mean are impossible.
    """
    return (
        _share_of_nothing(claim, statement)
        or _more_than_all(claim, statement)
        or _disorder(claim, statement)
        or _mean_of_nothing(claim, statement)
    )


def compute_stated(statement: Statement, aspect: str) -> int | None:
    """The whole number that a statement gives for an aspect; None when it gives none."""
    found = next((c.numeral for c in statement.claims if c.aspect == aspect and c.numeral), None)
    return int(found.value) if found is not None and found.is_whole and not found.comparator else None


def compute_is_possible_share(percent: Fraction, decimals: int, total: int) -> bool:
    """Whether some whole number of a total rounds to a percentage: GRIM (doi:10.1177/1948550616673876)."""
    near = int(percent * total / 100)
    candidates = range(max(0, near - 1), min(total, near + 2) + 1)
    return any(percent in compute_roundings(Fraction(k * 100, total), decimals) for k in candidates)


def _share_of_nothing(claim: Claim, statement: Statement) -> Verdict | None:
    total = compute_stated(statement, "denominator")
    if claim.aspect != "proportion" or claim.numeral is None or not total or not claim.is_percent:
        return None
    if claim.numeral.comparator or compute_is_possible_share(
        claim.numeral.value, claim.numeral.decimals, total
    ):
        return None
    return Verdict("impossible", note=f"No whole number of {total} is {claim.text}.")


def _mean_of_nothing(claim: Claim, statement: Statement) -> Verdict | None:
    """A mean of whole numbers that no sum gives for their number; whole as their extremes are printed."""
    total = compute_stated(statement, "denominator")
    ends = [_find(statement, aspect) for aspect in ("min", "max")]
    is_whole = all(end is not None and end.numeral is not None and end.numeral.is_whole for end in ends)
    quantity = statement.queries[0].quantity
    is_counted = quantity == ITEMS or (quantity == "age_years" and is_whole)
    mean = claim.numeral
    if claim.aspect != "mean" or mean is None or mean.comparator or not (total and is_counted):
        return None
    near = int(mean.value * total)
    sums = range(max(0, near - 1), near + 3)
    if any(mean.value in compute_roundings(Fraction(s, total), mean.decimals) for s in sums):
        return None
    return Verdict("impossible", note=f"No {total} whole numbers have the mean {claim.text}.")


def _more_than_all(claim: Claim, statement: Statement) -> Verdict | None:
    count, total = compute_stated(statement, "count"), compute_stated(statement, "denominator")
    if claim.aspect not in ("count", "denominator") or count is None or total is None or count <= total:
        return None
    return Verdict("impossible", note=f"{count} are more than all {total}.")


def _disorder(claim: Claim, statement: Statement) -> Verdict | None:
    """A summary on the wrong side of another one; of equal units only."""
    for low, high in _IN_ORDER:
        if claim.aspect not in (low, high):
            continue
        smaller, larger = _find(statement, low), _find(statement, high)
        if smaller is None or larger is None or smaller.unit != larger.unit:
            continue
        if smaller.numeral and larger.numeral and smaller.numeral.value > larger.numeral.value:
            names = (_NAMES.get(low, low), _NAMES.get(high, high))
            note = f"The {names[0]} ({smaller.text}) is above the {names[1]} ({larger.text})."
            return Verdict("impossible", note=note)
    return None


def _find(statement: Statement, aspect: Aspect) -> Claim | None:
    return next((c for c in statement.claims if c.aspect == aspect), None)
