"""A mean number of things of each: "the mean number of previous therapies of 18 patients was 3.4".

The data are not asked for it, but a mean of whole numbers is some whole number divided by how many they are.
"""

from collections.abc import Sequence
from itertools import pairwise

from cotreat.audit.claims import Query, Statement
from cotreat.audit.grammar.counts import build_claim
from cotreat.audit.grammar.pieces import Piece, build_flat_pieces

ITEMS = "items_each"
_SUMMARIES = ("mean", "median")


def build_item_statements(pieces: Sequence[Piece]) -> list[Statement]:
    """The number and its total, where a sentence gives a mean or median number of things; else none.

    Parameters
    ----------
    pieces
        The sentence.
    """
    flat = build_flat_pieces(pieces)
    at = next((place for place, (one, after) in enumerate(pairwise(flat)) if _is_of_items(one, after)), None)
    if at is None:
        return []
    behind = flat[at + 2 :]
    totals = [one for one, after in pairwise(behind) if one.kind == "number" and after.kind == "unit"]
    values = [piece for piece in behind if piece.kind == "number" and piece not in totals]
    if len(values) != 1 or len(totals) > 1:
        return []
    summary = flat[at].value("statistic")
    claims = [build_claim("mean" if summary == "mean" else "median", values[0])]
    claims += [build_claim("denominator", total) for total in totals]
    query = Query("number", quantity=ITEMS, statistic=summary)
    return [Statement((query,), tuple(sorted(claims, key=lambda claim: claim.start)))]


def _is_of_items(summary: Piece, noun: Piece) -> bool:
    is_summary = summary.kind == "statistic" and summary.value("statistic") in _SUMMARIES
    return is_summary and noun.text.lower().split()[:1] in (["number"], ["numbers"])
