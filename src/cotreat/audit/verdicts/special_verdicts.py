"""Verdicts of statements that are no plain number: ranks, lists left off, cited cases, doses of one case."""

from collections.abc import Sequence

from cotreat.analysis.measures import MEASURES
from cotreat.analysis.results import Estimate, Unit
from cotreat.audit.claims import Claim, Condition, Query, Statement
from cotreat.audit.verdicts.answers import (
    Answer,
    Data,
    Variant,
    build_count_answer,
    build_number_answer,
    compute_number_measure,
)
from cotreat.audit.verdicts.fits import compute_exact, compute_fit, compute_printed
from cotreat.audit.verdicts.groups import NOT_RECORDED
from cotreat.audit.verdicts.readings import build_count_variants
from cotreat.audit.verdicts.verdict import Verdict
from cotreat.audit.verdicts.wording import compute_condition_text, compute_list_text
from cotreat.report.labels import compute_phrase
from cotreat.report.numbers import compute_recorded_text

_MOST_CASES = 12


def build_rank_verdicts(data: Data, statement: Statement) -> list[Verdict]:
    """Whether a level is as common among those of its variable as is said."""
    query = statement.queries[0]
    variable, level = query.conditions[0]
    claim = statement.claims[0]
    wanted = int(claim.numeral.value) if claim.numeral else 0
    tried: list[str] = []
    for variant in build_count_variants(query, has_share=False):
        if variant.words and not variant.words[0].startswith("by "):
            continue
        counts = _level_counts(data, variable, variant)
        if not counts:
            continue
        own = counts.get(level, 0)
        rank = 1 + sum(1 for other, n in counts.items() if n > own and other != "none")
        equal = [other for other, n in counts.items() if n == own and other != level]
        shown = f"rank {rank}: {own} {_plural(variant.unit)}"
        shown += (
            f", as many as {compute_list_text([compute_phrase(o, variable) for o in equal])}" if equal else ""
        )
        words = "; ".join(variant.words)
        tried.append(f"{words or 'as stated'}: {shown}")
        if own and rank <= wanted <= rank + len(equal):
            note = "It shares its rank." if equal else ""
            if not words:
                return [Verdict("reproduced", shown, "as stated", 1, note)]
            return [Verdict("reproduced_otherwise", shown, words, len(tried), note)]
    if not tried:
        return [Verdict("not_derivable", note=NOT_RECORDED)]
    return [Verdict("not_reproduced", tried[0], "", len(tried), ". ".join(tried))]


def _level_counts(data: Data, variable: str, variant: Variant) -> dict[str, int]:
    measure = MEASURES.get(variable)
    if measure is None or variable in data.leave_out or variant.unit not in measure.rules:
        return {}
    found = data.ask(variable, variant.unit, variant.rule, (), variant.reading)
    return {e.level: e.numerator or 0 for e in found if e.statistic == "count"}


def _plural(unit: Unit) -> str:
    return {"patient": "patients", "pair": "combinations", "course": "courses", "event": "adverse events"}[
        unit
    ]


def build_others_verdicts(data: Data, statement: Statement) -> list[Verdict]:
    """Whether as many levels as said are left out of a list."""
    query = statement.queries[0]
    variable = query.conditions[0][0]
    listed = {level for _, level in query.conditions}
    variant = build_count_variants(query, has_share=False)[:1]
    claim = statement.claims[0]
    if not variant or claim.numeral is None:
        return [Verdict("not_derivable", note=NOT_RECORDED)]
    if query.quantity == "groups":
        there = _groups(data, query, variant[0])
    else:
        counts = _level_counts(data, variable, variant[0])
        there = {level for level, n in counts.items() if n and (level != "none" or level in listed)}
    left = len(there - listed)
    shown = f"{left} further {'level' if left == 1 else 'levels'} ({len(there)} in all)"
    if claim.numeral.value == left:
        return [Verdict("reproduced", shown, "as stated", 1)]
    return [Verdict("not_reproduced", shown, "", 1)]


def _groups(data: Data, query: Query, variant: Variant) -> set[str]:
    """The groups of a variable in which the answer is known for somebody."""
    by = query.conditions[0][0]
    focus = query.scope[0] if query.scope else ("", "")
    if focus[0] not in MEASURES:
        return set()
    found = data.ask(focus[0], variant.unit, variant.rule, (), variant.reading, by=by)
    known = [e for e in found if e.statistic == "count" and e.level == focus[1] and e.denominator]
    return {_level_of(e.group, by) for e in known}


def _level_of(group: str, variable: str) -> str:
    """The level of a variable in the name of a group."""
    parts = (part.partition("=") for part in group.split(" & "))
    return next((level for name, _, level in parts if name == variable), "")


def build_citation_verdicts(data: Data, statement: Statement) -> list[Verdict]:
    """Whether the cited cases have what the sentence says of them."""
    query = statement.queries[0]
    return [_cited(data, statement, query, claim) for claim in statement.claims]


def _cited(data: Data, statement: Statement, query: Query, claim: Claim) -> Verdict:
    case = ("case_id", claim.text)
    there = data.ask("pairs", "pair", "", (case,))
    if not there or not there[0].numerator:
        return Verdict("not_derivable", note=f"The data have no case {claim.text}.")
    lacking: list[str] = []
    unknown: list[str] = []
    elsewhere: list[str] = []
    for variable in dict.fromkeys(v for v, _ in query.conditions):
        levels = [c for c in query.conditions if c[0] == variable]
        states = [_state(data, c, case) for c in levels]
        if "yes" in states:
            continue
        words = " or ".join(compute_condition_text(c) for c in levels)
        if "unknown" in states:
            unknown.append(words)
        else:
            is_elsewhere = _is_in_another(data, levels, query.cases)
            (elsewhere if is_elsewhere else lacking).append(words)
    if not lacking:
        note = f"Not recorded for this case: {'; '.join(unknown)}." if unknown else ""
        shown = f"case {claim.text} has it"
        if elsewhere:
            shown = f"another of the cited cases has it ({'; '.join(elsewhere)})"
        return Verdict("reproduced", shown, "as stated", 1, note)
    note = f"Case {claim.text} has not: {'; '.join(lacking)}."
    return Verdict("unbound" if statement.is_loose else "not_reproduced", note, "", 1)


def _state(data: Data, condition: Condition, case: Condition) -> str:
    """Whether a case has something: yes, no or unknown."""
    query = Query("count", (condition,), (case,), unit="pair")
    answer = build_count_answer(data, query, Variant("pair", ""))
    if answer is None or answer.numerator is None:
        return "unknown"
    if answer.numerator:
        return "yes"
    return "unknown" if answer.missing else "no"


def _is_in_another(data: Data, levels: Sequence[Condition], cases: Sequence[str]) -> bool:
    """Whether another of the cited cases has it: one man on two drugs is two cases."""
    return any(_state(data, level, ("case_id", case)) == "yes" for level in levels for case in cases)


def build_instance_verdict(data: Data, query: Query, claim: Claim) -> Verdict | None:
    """Whether some case has a dose or a duration; None when none has, which refutes nothing.

    Where the text cites cases, all of them that have the drug must have it.
    """
    measure = compute_number_measure(query.quantity)
    if not measure or measure in data.leave_out or claim.numeral is None or query.quantity == "age_years":
        return None
    found = data.ask(measure, "pair", "", _conditions(query), by="case_id")
    values = {_level_of(e.group, "case_id"): e for e in found if e.statistic == "mean"}
    if query.cases:
        values = {case: e for case, e in values.items() if case in query.cases}
    fitting = [case for case, e in values.items() if _is_value(claim, e)]
    if not fitting:
        return None
    others = [f"case {case}: {_recorded(e)}" for case, e in values.items() if case not in fitting]
    shown = sorted(fitting, key=lambda c: (len(c), c))
    more = "" if len(shown) <= _MOST_CASES else f" and {len(shown) - _MOST_CASES} more"
    text = f"recorded in case {compute_list_text(shown[:_MOST_CASES])}{more}"
    if query.cases and others:
        note = f"Of the cited cases, {'; '.join(others)}."
        return Verdict(
            "reproduced_otherwise", text, f"case {compute_list_text(shown)} only", len(values), note
        )
    return Verdict("reproduced", text, "as stated", 1)


def _conditions(query: Query) -> tuple[Condition, ...]:
    """The conditions of one case; of cited cases each may have another drug."""
    several = [c for c in query.conditions if sum(1 for d in query.conditions if d[0] == c[0]) > 1]
    return tuple(c for c in (*query.conditions, *query.scope) if c not in several)


def _is_value(claim: Claim, e: Estimate) -> bool:
    value = compute_printed(claim, Answer(unit=e.unit), e.estimate)
    return value is not None and claim.numeral is not None and compute_fit(claim.numeral, value)


def _recorded(e: Estimate) -> str:
    return "unknown" if e.estimate is None else f"{compute_recorded_text(e.estimate)} {e.unit}"


def build_drug_duration_verdicts(data: Data, statement: Statement) -> list[Verdict]:
    """How long a drug was taken is not recorded, but it was as long as its combinations."""
    query = statement.queries[0]
    combined = Query("number", query.conditions, query.scope, quantity="duration")
    answer = build_number_answer(data, combined, Variant("pair", ""))
    # Of whom it is said is not clear when a word of the clause was not understood.
    known = None if statement.unread else answer
    return [_drug_duration(claim, known) for claim in statement.claims]


def _drug_duration(claim: Claim, answer: Answer | None) -> Verdict:
    note = "The data record how long the drugs were combined, not how long one of them was taken."
    longest = (
        answer.values.get(claim.aspect) if answer is not None and claim.aspect in ("min", "max") else None
    )
    if answer is None or longest is None or claim.numeral is None:
        return Verdict("not_derivable", note=note)
    value = compute_printed(claim, answer, longest)
    if value is not None and claim.numeral.value < value and not compute_fit(claim.numeral, value):
        which = "longest" if claim.aspect == "max" else "shortest"
        text = f"{which} combination {compute_recorded_text(float(compute_exact(longest)))} months"
        return Verdict(
            "impossible", text, note=f"A drug is taken at least as long as it is combined: {text}."
        )
    return Verdict("not_derivable", note=note)
