"""Checks between numbers: parts against their whole, and numbers that may have changed places."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from cotreat.audit.claims import Claim, Condition, Query
from cotreat.audit.collected import Collected
from cotreat.audit.grammar.numerals import compute_roundings
from cotreat.audit.verdicts.contradictions import compute_stated
from cotreat.audit.verdicts.verdict import Verdict
from cotreat.report.labels import compute_phrase, compute_unit_noun

# Of these a patient has one level, so the parts add up to no more than the whole.
_ONE_PER_PATIENT = frozenset({"sex", "disease"})
_ONE_PER_PAIR = frozenset({"sex", "disease", "anchor_drug", "partner_drug", "response"})


@dataclass(frozen=True, slots=True)
class Check:
    """What two or more numbers say together.

    Attributes
    ----------
    text
        What was found, in one sentence.
    claim_ids
        The numbers.
    """

    text: str
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    condition: Condition
    count: int
    claim_id: str


def build_checks(
    collected: Sequence[Collected], verdicts: Mapping[str, Verdict], totals: Mapping[str, int]
) -> list[Check]:
    """What the numbers of each sentence, and of each column of a table, say together.

    Parameters
    ----------
    collected
        The numbers and what they are about.
    verdicts
        By the id of a number, what was said of it.
    totals
        By unit of analysis, how many there are in all as the manuscript says.
    """
    together: dict[tuple[int, str], list[Collected]] = {}
    for one in collected:
        # In a table it is the cells of a column that are parts of a whole.
        place = one.sentence if one.cell is None else f"column {one.cell[1]}"
        together.setdefault((one.passage, place), []).append(one)
    found: list[Check] = []
    for own in together.values():
        for (variable, unit, scope), parts in _lists(own).items():
            # Whom a column of a table lists under several levels, it does not have to say.
            if not scope and (own[0].cell is None or variable in _single(unit)):
                found += _sums(variable, unit, parts, totals)
            found += _swaps(parts, verdicts)
    return [*found, *_differences(collected)]


def _differences(collected: Sequence[Collected]) -> Iterator[Check]:
    """Numbers of a table that are other ones in the text, or in another table."""
    first: dict[object, tuple[Collected, str, Claim]] = {}
    # Tables first: what they say is bound by all their words.
    for one in sorted(collected, key=lambda one: one.cell is None):
        statement = one.statement
        if statement.why or statement.is_loose or statement.alternatives or statement.nearby:
            continue
        for claim_id, claim in zip(one.claim_ids, statement.claims, strict=True):
            if claim.numeral is None or claim.numeral.comparator or len(statement.queries) != 1:
                continue
            key = _asked(statement.queries[0], claim)
            before = first.setdefault(key, (one, claim_id, claim))
            if before[0].cell is not None and not _is_same(before[2], claim):
                places = [_shortened(place.sentence) for place in (before[0], one)]
                text = f"{before[2].text} ({places[0]}) and {claim.text} ({places[1]}) are said of the same."
                yield Check(text, (before[1], claim_id))


def _asked(query: Query, claim: Claim) -> object:
    """What a number is about, the same however it is said."""
    about = replace(query, conditions=tuple(sorted(query.conditions)), scope=tuple(sorted(query.scope)))
    return about, claim.aspect, claim.unit if claim.aspect not in ("proportion", "count") else ""


def _is_same(one: Claim, other: Claim) -> bool:
    """Whether two printed numbers can be one, rounded."""
    if one.numeral is None or other.numeral is None or one.is_percent != other.is_percent:
        return True
    finer, coarser = sorted((one.numeral, other.numeral), key=lambda n: n.decimals, reverse=True)
    return coarser.value in compute_roundings(finer.value, coarser.decimals)


def _shortened(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"


def _single(unit: str) -> frozenset[str]:
    """Variables of which a unit has one level."""
    return _ONE_PER_PATIENT if unit == "patient" else _ONE_PER_PAIR


def _lists(own: Sequence[Collected]) -> dict[tuple[str, str, tuple[Condition, ...]], list[_Part]]:
    """The counts of a sentence by the variable whose levels they count, among whom, and their unit."""
    found: dict[tuple[str, str, tuple[Condition, ...]], list[_Part]] = {}
    for one in own:
        statement = one.statement
        query = statement.queries[0]
        count = compute_stated(statement, "count")
        is_part = query.kind == "count" and len(query.conditions) == 1 and len(statement.queries) == 1
        if statement.why or not is_part or count is None:
            continue
        condition = query.conditions[0]
        place = next(i for i, c in enumerate(statement.claims) if c.aspect == "count")
        parts = found.setdefault((condition[0], query.unit, query.scope), [])
        if all(part.condition != condition for part in parts):
            parts.append(_Part(condition, count, one.claim_ids[place]))
    return found


def _sums(variable: str, unit: str, parts: Sequence[_Part], totals: Mapping[str, int]) -> Iterator[Check]:
    whole = totals.get(unit)
    total = sum(part.count for part in parts)
    if len(parts) < 2 or not whole or total <= whole:
        return
    terms = " + ".join(str(part.count) for part in parts)
    nouns = compute_unit_noun(unit, whole)
    is_single = variable in _single(unit)
    text = f"{terms} = {total} are more than all {whole} {nouns}"
    if not is_single:
        text += f": true only if at least {total - whole} of them are counted more than once"
    yield Check(f"{text}.", tuple(part.claim_id for part in parts))


def _swaps(parts: Sequence[_Part], verdicts: Mapping[str, Verdict]) -> Iterator[Check]:
    """Two numbers of a list that are both wrong, each right for the other's label."""
    wrong = [p for p in parts if p.claim_id in verdicts and verdicts[p.claim_id].word == "not_reproduced"]
    for one, other in combinations(wrong, 2):
        gives = [_first_number(verdicts[part.claim_id].data_value) for part in (one, other)]
        if one.count != other.count and gives == [other.count, one.count]:
            names = [compute_phrase(part.condition[1], part.condition[0]) for part in (one, other)]
            text = f"{one.count} ({names[0]}) and {other.count} ({names[1]}) may have changed places."
            yield Check(text, (one.claim_id, other.claim_id))


def _first_number(text: str) -> int | None:
    word = text.partition(" ")[0].replace(",", "")
    return int(word) if word.isdigit() else None
