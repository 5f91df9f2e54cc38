"""Ages, durations and doses: which quantity of whom a number with a unit is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from cotreat.audit.claims import Aspect, Claim, Condition, Query, Statement
from cotreat.audit.grammar.clause_reading import ClauseReading, build_claim, compute_joined
from cotreat.audit.grammar.counts import build_nearby, compute_unit
from cotreat.audit.grammar.details import Detail
from cotreat.audit.grammar.mentions import Mention
from cotreat.audit.grammar.senses import ROLE_VARIABLES

_RANGES: dict[str, tuple[Aspect, Aspect]] = {"iqr": ("q1", "q3"), "range": ("min", "max")}
_SUMMARIES: dict[str, Aspect] = {
    "mean": "mean",
    "median": "median",
    "min": "min",
    "max": "max",
    "sd": "sd",
    "": "each",
}
# How long one drug was taken, in all or before the other was added.
_OF_ONE_DRUG = ("drug_duration", "prior_duration")
_DOSES = {"anchor_drug": "anchor_dose", "partner_drug": "partner_dose"}


def build_measurement_statement(reading: ClauseReading) -> Statement:
    """A number with a unit, bound to its quantity; unbound when that is not clear."""
    mention = _with_statistic(reading)
    own, is_loose = reading.own
    # A single value is one patient's, who is described anywhere in the clause.
    near = (*reading.region.scope, *reading.region.shared, *own)
    places = near if mention.statistic else range(len(reading.clause.pieces))
    conditions, unclear = reading.levels(places)
    spoken = reading.context.conditions if _speaks_of_before(reading) else ()
    claims = tuple(_claims(mention))
    if mention.number.kind == "dose" or (mention.number.kind == "range" and mention.number.mg_per_day):
        return _dose(reading, claims, compute_joined(conditions, reading.governing, spoken))
    quantity = compute_quantity(reading)
    if quantity in _OF_ONE_DRUG:
        conditions = compute_joined(
            _drug_taken(reading), (c for c in conditions if c[0] not in (*ROLE_VARIABLES, "next_treatment"))
        )
    unread = (*unclear, *reading.unread(near))
    unit, _ = compute_unit(_counted_unit(mention), reading.lexicon, ())
    query = Query(
        "number",
        conditions=compute_joined(conditions, reading.governing, spoken),
        unit=unit,
        quantity=quantity,
        statistic=mention.statistic,
        # A summary is of the cases that the clause is about, not of those that a bracket points to.
        cases=_cited(reading, in_brackets=not mention.statistic),
    )
    why = ""
    if quantity == "age_years" and _is_at_a_moment(reading):
        why = "the age at another moment"
    elif quantity == "duration" and _is_of_disease(reading):
        why = "how long a disease has lasted"
    elif not quantity:
        why = "nothing says what was measured"
    elif unread and quantity not in (*_OF_ONE_DRUG, "time_to_event"):
        why = f"not understood: {', '.join(dict.fromkeys(unread))}"
    elif _has_twice(conditions) and mention.statistic:
        why = "several levels of one variable"
    is_open = not mention.statistic or is_loose
    nearby = build_nearby(query, reading) if quantity not in _OF_ONE_DRUG else ()
    return Statement((query,), claims, is_open, nearby=nearby, why=why, unread=unread)


def _is_at_a_moment(reading: ClauseReading) -> bool:
    """Whether an age is that at the diagnosis or the onset of the disease."""
    pieces = reading.clause.pieces
    moments = (p for before, p in pairwise(pieces) if before.text.lower() in ("at", "of"))
    return any(p.means("cue", "onset") or p.text.lower() in ("diagnosis", "disease onset") for p in moments)


def _is_of_disease(reading: ClauseReading) -> bool:
    """Whether a duration is that of a disease: "the mean duration of alopecia areata"."""
    pieces = [p for p in reading.clause.pieces if p.kind != "neutral"]
    named = (
        after
        for quantity, of, after in zip(pieces, pieces[1:], pieces[2:], strict=False)
        if quantity.means("quantity", "duration") and of.kind == "of"
    )
    return any(
        p.means("topic", "disease") or any(s.variable in ("disease", "comorbidity") for s in p.senses)
        for p in named
    )


def _with_statistic(reading: ClauseReading) -> Mention:
    """The number, with the summary of the one before that goes on: "mean 43 years in all and 37 in AD"."""
    mention = reading.mention
    before = reading.earlier[-1] if reading.earlier else None
    if mention.statistic or before is None or before.shape != "measured" or not before.statistic:
        return mention
    between = reading.clause.code[before.end : mention.start]
    is_same = before.number.kind == mention.number.kind and mention.number.kind == "time"
    return replace(mention, statistic=before.statistic) if is_same and "a" in between else mention


def _has_twice(conditions: Sequence[Condition]) -> bool:
    variables = [variable for variable, _ in conditions]
    return len(set(variables)) < len(variables)


def _speaks_of_before(reading: ClauseReading) -> bool:
    """Whether the clause is about "this combination" or "these patients"."""
    pieces = reading.clause.pieces[: reading.mention.start]
    return any(p.kind == "anaphora" and p.text.lower() in ("this", "these", "those") for p in pieces)


def _counted_unit(mention: Mention) -> str:
    """The unit of the values: what "n = 18 patients" counts."""
    return next((d.unit for d in mention.details if d.aspect == "denominator"), "")


def compute_quantity(reading: ClauseReading) -> str:
    """Which quantity a time is: age_years, duration, or one that is not asked of the data; may be empty."""
    mention = reading.mention
    near = reading.clause.pieces[: mention.end]
    named = [p.value("quantity") for p in near if p.means("quantity")]
    following = [p.value("quantity") for p in reading.clause.pieces[mention.end : mention.end + 2]]
    if "age_years" in (*named[-1:], *following):
        return "age_years"
    if "survival_time" in (*named[-1:], *following):
        return "survival_time"
    if any(p.means("cue", "onset") for p in reading.clause.pieces):
        return "time_to_event"
    return _duration(reading) if mention.unit_of_value else ""


def _duration(reading: ClauseReading) -> str:
    """Whether a time is the combination's, or that of one of its drugs."""
    pieces = reading.clause.pieces
    if any(p.means("unit", "pair") for p in pieces):
        return "duration"
    before = [i for i in range(reading.mention.end) if _is_drug(reading, i)]
    behind = [i for i in _behind(reading) if _is_drug(reading, i)]
    drugs = {reading.resolver.resolve(i) for i in (before or behind)}
    if len(drugs) == 1:
        is_before = any(p.kind == "pluperfect" for p in pieces[: reading.mention.start])
        return "prior_duration" if is_before else "drug_duration"
    if len(drugs) > 1:
        return "duration"
    return "duration" if any(p.means("quantity", "duration") for p in pieces) else ""


def _drug_taken(reading: ClauseReading) -> Iterator[Condition]:
    """The one drug whose duration is meant: named before the number, else behind it."""
    before = [i for i in range(reading.mention.end) if _is_drug(reading, i)]
    for i in (before or [i for i in _behind(reading) if _is_drug(reading, i)])[-1:]:
        condition = reading.resolver.resolve(i)
        if condition is not None:
            yield condition


def _behind(reading: ClauseReading) -> range:
    return range(reading.mention.end, len(reading.clause.pieces))


def _is_drug(reading: ClauseReading, at: int) -> bool:
    piece = reading.clause.pieces[at]
    condition = reading.resolver.resolve(at) if piece.kind == "level" else None
    return condition is not None and condition[0] in (*ROLE_VARIABLES, "next_treatment")


def _dose(reading: ClauseReading, claims: tuple[Claim, ...], conditions: tuple[Condition, ...]) -> Statement:
    """A dose of the nearest drug before it, else of the first one behind it."""
    drug = _nearest_drug(reading)
    if drug is None:
        return Statement((Query("nothing"),), claims, why="nothing says of which drug this is the dose")
    variable, level = drug
    if variable not in _DOSES:
        query = Query("number", (drug,), quantity="other_dose")
        return Statement((query,), claims, is_loose=True)
    # A single dose is one patient's, whom an adverse event can tell apart; else the drug says enough.
    is_single = not reading.mention.statistic and (not reading.governing or _is_of_one(reading))
    others = (c for c in conditions if c[0] != variable)
    kept = tuple(c for c in others if not is_single or c[0] == "adverse_event_term")
    query = Query(
        "number",
        ((variable, level), *kept),
        quantity=_DOSES[variable],
        statistic=reading.mention.statistic,
        cases=_cited(reading, in_brackets=True),
    )
    unread = reading.unread(reading.own[0])
    # A dose of one patient, or beside words that are not understood, is never called wrong.
    return Statement(
        (query,), claims, is_loose=is_single or bool(unread) or _has_exception(reading), unread=unread
    )


def _is_of_one(reading: ClauseReading) -> bool:
    """Whether the number right before counts one: "in one case 30 mg/day"."""
    before = reading.earlier[-1:]
    return any(
        m.shape == "count" and m.number.number is not None and m.number.number.value == 1 for m in before
    )


def _has_exception(reading: ClauseReading) -> bool:
    """Whether a bracket right behind a dose gives another one: "15 mg/day (in one case 30 mg/day)"."""
    behind = reading.clause.pieces[reading.mention.end : reading.mention.end + 1]
    return any(p.kind == "dose" for bracket in behind for p in bracket.inner)


def _cited(reading: ClauseReading, *, in_brackets: bool) -> tuple[str, ...]:
    """The cases that the clause names by their number."""
    own = reading.clause.pieces
    inner = [p for q in own if q.kind == "bracket" for p in q.inner] if in_brackets else []
    pieces = [p for p in (*own, *inner) if p.kind == "citation"]
    return tuple(dict.fromkeys(n.text for p in pieces for n in p.inner))


def _nearest_drug(reading: ClauseReading) -> Condition | None:
    before = [i for i in range(reading.mention.end) if _is_drug(reading, i)]
    behind = [i for i in _behind(reading) if _is_drug(reading, i)]
    directly = reading.clause.code[reading.mention.end : reading.mention.end + 2]
    if behind and (not before or directly.startswith("O")):
        return reading.resolver.resolve(behind[0])
    if before:
        return reading.resolver.resolve(before[-1])
    governed = [c for c in reading.governing if c[0] in _DOSES]
    return governed[0] if len(governed) == 1 else None


def _claims(mention: Mention) -> Iterator[Claim]:
    yield from _numbers(mention)
    for detail in mention.details:
        if detail.aspect in ("count", "proportion"):
            continue
        yield _detail(mention, detail)


def _numbers(mention: Mention) -> Iterator[Claim]:
    piece = mention.number
    unit = mention.unit_of_value or piece.unit
    if piece.kind == "range" and piece.inner:
        for aspect, end in zip(_RANGES.get(mention.statistic, ("min", "max")), piece.inner, strict=True):
            yield replace(build_claim(aspect, end), unit=end.unit or unit, mg_per_day=piece.mg_per_day)
        return
    aspect = _SUMMARIES.get(mention.statistic, "each")
    yield replace(build_claim(aspect, piece), unit=unit, mg_per_day=piece.mg_per_day)


def _detail(mention: Mention, detail: Detail) -> Claim:
    """A number in brackets; its unit is that of the number before when it has none."""
    return replace(build_claim(detail.aspect, detail.piece), unit=detail.piece.unit or mention.unit_of_value)
