"""Verdicts on numbers of a group: counts, shares, summaries, each with its evidence."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from cotreat.analysis.results import Unit
from cotreat.audit.claims import Claim, Query, Statement
from cotreat.audit.grammar.numerals import compute_cut
from cotreat.audit.verdicts.absent import build_absent_verdict, compute_absent
from cotreat.audit.verdicts.answers import Answer, Data, Variant, build_count_answer, build_number_answer
from cotreat.audit.verdicts.contradictions import build_contradiction, compute_stated
from cotreat.audit.verdicts.fits import compute_fit, compute_value
from cotreat.audit.verdicts.intervals import build_interval_verdict
from cotreat.audit.verdicts.readings import build_count_variants, build_number_variants
from cotreat.audit.verdicts.verdict import Verdict, Word
from cotreat.audit.verdicts.wording import (
    compute_answer_text,
    compute_filter_text,
    compute_list_text,
    compute_readings_text,
)

NOT_RECORDED = "The data of the study do not record it."
# Its ends have their own readings: there are many methods.
_INTERVAL = frozenset({"ci_lower", "ci_upper"})
_MOST_NAMED = 3
_CUT = "cut off, not rounded"
_COUNTS = frozenset({"count", "denominator", "missing", "censored", "none", "every", "ci_lower", "ci_upper"})
_SHARES = frozenset({"proportion", "denominator", "ci_lower", "ci_upper"})


class Readings:
    """The readings of one query with their answers, each asked for when it is needed."""

    def __init__(self, data: Data, query: Query, claims: Sequence[Claim]) -> None:
        self._data = data
        self.query = query
        aspects = {claim.aspect for claim in claims}
        if query.kind == "number":
            stated = next((a for a in ("mean", "median", "each") if a in aspects), "")
            self.variants = build_number_variants(query, stated)
        else:
            self.variants = build_count_variants(query, has_share=bool(aspects & _SHARES))
        self._answers: dict[Variant, Answer | None] = {}

    def answer(self, variant: Variant) -> Answer | None:
        """The answer under one reading; None when the data have no such number."""
        if variant not in self._answers:
            ask = build_number_answer if self.query.kind == "number" else build_count_answer
            self._answers[variant] = ask(self._data, self.query, variant)
        return self._answers[variant]

    def known(self) -> Iterator[tuple[Variant, Answer]]:
        """Every reading that has an answer, in order."""
        for variant in self.variants:
            answer = self.answer(variant)
            if answer is not None:
                yield variant, answer

    def size(self, unit: Unit) -> int | None:
        """How many there are of whom the share is taken; None when the data do not say it."""
        answer = build_count_answer(
            self._data, Query("count", self.query.scope, unit=unit), Variant(unit, "")
        )
        return None if answer is None else answer.numerator

    @property
    def base(self) -> tuple[Variant, Answer] | None:
        """The stated reading; None when the data have no such number."""
        if not self.variants:
            return None
        answer = self.answer(self.variants[0])
        return None if answer is None else (self.variants[0], answer)


def build_group_verdicts(data: Data, statement: Statement) -> list[Verdict]:
    """The verdicts of the numbers of a statement about counts or a quantity, in their order."""
    several = [_verdicts_of(data, statement, query) for query in statement.queries]
    return [_worst(verdicts) for verdicts in zip(*several, strict=True)]


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    """Of a number that is said of several levels, what is said of the level that fits least."""
    order: Sequence[Word] = (
        "impossible",
        "not_reproduced",
        "reproduced_otherwise",
        "not_derivable",
        "unbound",
        "reproduced",
    )
    return min(verdicts, key=lambda v: order.index(v.word))


def _verdicts_of(data: Data, statement: Statement, query: Query) -> list[Verdict]:
    absent = compute_absent(data, query)
    if absent is not None:
        return [build_absent_verdict(data, claim, query, absent) for claim in statement.claims]
    readings = Readings(data, query, statement.claims)
    base = readings.base
    if base is None:
        return [
            build_contradiction(claim, statement) or Verdict("not_derivable", note=NOT_RECORDED)
            for claim in statement.claims
        ]
    others = [Readings(data, other, statement.claims) for other in statement.alternatives]
    nearby = [Readings(data, other, statement.claims) for other in statement.nearby]
    return [_judge(claim, statement, readings, base, others, nearby) for claim in statement.claims]


def _judge(
    claim: Claim,
    statement: Statement,
    readings: Readings,
    base: tuple[Variant, Answer],
    alternatives: Sequence[Readings],
    nearby: Sequence[Readings],
) -> Verdict:
    shown = compute_answer_text(claim, *base)
    if _fits(claim, statement, *base):
        return Verdict(
            "reproduced", shown, "as stated", 1, _loose_note(statement) if statement.unread else ""
        )
    for other in alternatives:
        if other.base is not None and _fits(claim, statement, *other.base):
            note = "Of everybody, not only of the group that the sentence before speaks of."
            return Verdict("reproduced", compute_answer_text(claim, *other.base), "as stated", 2, note)
    found = build_contradiction(claim, statement)
    if found is not None:
        return replace(found, data_value=shown)
    if statement.is_loose or alternatives or _is_of_others(statement, readings):
        as_patients = _as_patients(claim, statement, readings) if readings.query.is_case else None
        unknown = _unknown(claim, statement, *base)
        return as_patients or unknown or Verdict("unbound", shown, note=_loose_note(statement))
    if claim.aspect in _INTERVAL:
        return build_interval_verdict(statement, readings.known(), shown)
    return (
        _among_others(claim, statement, nearby, shown)
        or _unknown(claim, statement, *base)
        or _otherwise(claim, statement, readings, shown)
    )


def _is_of_others(statement: Statement, readings: Readings) -> bool:
    """Whether the N of a column is not the number of those whom its words name: they may be some of them."""
    if statement.at_most is None:
        return False
    units: tuple[Unit, ...] = (readings.query.unit,) if readings.query.unit else ("patient", "pair", "course")
    sizes = (readings.size(unit) for unit in units)
    return all(size is not None and size != statement.at_most for size in sizes)


def _among_others(
    claim: Claim, statement: Statement, nearby: Sequence[Readings], shown: str
) -> Verdict | None:
    """A number that is right among those who were counted right before; None when it is not."""
    for tried, readings in enumerate(nearby, start=2):
        base = readings.base
        own = [c for c in statement.claims if c.aspect not in _INTERVAL]
        if base is not None and all(_fits(c, statement, *base) for c in own):
            text = compute_answer_text(claim, *base)
            words = (
                f"among those counted before: {compute_filter_text(replace(readings.query, conditions=()))}"
            )
            return Verdict(
                "reproduced_otherwise", text, words, tried, f"As stated: {shown}." if shown else ""
            )
    return None


def _as_patients(claim: Claim, statement: Statement, readings: Readings) -> Verdict | None:
    """A number of "cases" that is one of patients; None when it is not."""
    for tried, (variant, answer) in enumerate(readings.known(), start=1):
        is_patient = variant.unit == "patient" and len(variant.words) == 1
        if is_patient and _fits(claim, statement, variant, answer):
            text = compute_answer_text(claim, variant, answer)
            return Verdict("reproduced_otherwise", text, variant.words[0], tried, _loose_note(statement))
    return None


def _otherwise(claim: Claim, statement: Statement, readings: Readings, shown: str) -> Verdict:
    """Which other readings give the number; without any it is not reproduced."""
    tried = list(readings.known())
    cut = [(replace(v, words=(_CUT,)), answer) for v, answer in tried[:1] if _is_cut(claim, v, answer)]
    fitting = cut + [
        (variant, answer)
        for variant, answer in tried[1:]
        if _fits(claim, statement, variant, answer)
        and _is_joint(claim, statement, (variant, answer), tried[0])
    ]
    n_tried = len(tried) + 1
    if not fitting:
        word = "impossible" if _is_exceeded(claim, tried) else "not_reproduced"
        return Verdict(word, shown, "", n_tried, compute_readings_text(claim, tried))
    variant, answer = fitting[0]
    others = [f"({'; '.join(other.words)})" for other, _ in fitting[1:]]
    note = f"As stated: {shown}." if shown else ""
    if others:
        note += f" It also fits {compute_list_text(others[:_MOST_NAMED])}"
        note += f" and {len(others) - _MOST_NAMED} more readings." if len(others) > _MOST_NAMED else "."
    text = compute_answer_text(claim, variant, answer)
    return Verdict("reproduced_otherwise", text, "; ".join(variant.words), n_tried, note.strip())


def _is_cut(claim: Claim, variant: Variant, answer: Answer) -> bool:
    """Whether a number is what the data give, cut off behind its last decimal."""
    value = compute_value(claim, variant, answer)
    if value is None or claim.numeral is None or claim.numeral.comparator or claim.aspect in _COUNTS:
        return False
    is_plain = claim.numeral.decimals > 0 or claim.numeral.is_whole
    return is_plain and compute_cut(value, claim.numeral.decimals) == claim.numeral.value


def _is_exceeded(claim: Claim, tried: Sequence[tuple[Variant, Answer]]) -> bool:
    """Whether a recorded value is beyond a reported smallest or largest one, however the cases are read."""
    if claim.aspect not in ("min", "max") or claim.numeral is None or claim.numeral.comparator:
        return False
    values = [value for reading in tried if (value := compute_value(claim, *reading)) is not None]
    sign = 1 if claim.aspect == "max" else -1
    return bool(values) and all(sign * (value - claim.numeral.value) > 0 for value in values)


def _loose_note(statement: Statement) -> str:
    if statement.unread:
        return f"Not asked of the data: {', '.join(dict.fromkeys(statement.unread))}."
    return "The sentence says more than what was asked of the data."


def _fits(claim: Claim, statement: Statement, variant: Variant, answer: Answer) -> bool:
    if claim.aspect == "every":
        return answer.numerator is not None and answer.numerator == answer.denominator != 0
    numeral = claim.numeral
    value = compute_value(claim, variant, answer)
    if value is None or numeral is None:
        return False
    if claim.aspect == "denominator" and _is_lower_bound(statement):
        # "At least 8 of 18": of everybody, known or not.
        value += answer.missing
    return compute_fit(numeral, value)


def _is_lower_bound(statement: Statement) -> bool:
    return any(c.numeral is not None and c.numeral.comparator == ">=" for c in statement.claims)


def _is_joint(
    claim: Claim,
    statement: Statement,
    reading: tuple[Variant, Answer],
    base: tuple[Variant, Answer],
) -> bool:
    """Whether the numbers beside it hold too: totals under the same reading, others there or as stated."""
    for other in statement.claims:
        if other is claim or other.aspect in _INTERVAL or _fits(other, statement, *reading):
            continue
        if other.aspect in ("denominator", "missing") or not _fits(other, statement, *base):
            return False
    return True


def _unknown(claim: Claim, statement: Statement, variant: Variant, answer: Answer) -> Verdict | None:
    """A number that what is unknown may make true, where the text does not say that it counts the known."""
    if not answer.missing or answer.numerator is None or claim.numeral is None or claim.numeral.comparator:
        return None
    total = compute_stated(statement, "denominator")
    counts_known = total is not None and total == answer.denominator
    if counts_known or any(c.aspect == "missing" for c in statement.claims):
        return None
    most = answer.numerator + answer.missing
    if claim.aspect in ("count", "none"):
        is_possible = answer.numerator <= claim.numeral.value <= most
    elif claim.aspect == "proportion" and answer.denominator:
        everybody = answer.denominator + answer.missing
        low, high = (Fraction(k * 100, everybody) for k in (answer.numerator, most))
        is_possible = low <= claim.numeral.value <= high
    else:
        return None
    if not is_possible:
        return None
    shown = compute_answer_text(claim, variant, answer)
    note = f"Between {answer.numerator} and {most}: what is unknown may make it true."
    return Verdict("not_derivable", shown, note=note)
