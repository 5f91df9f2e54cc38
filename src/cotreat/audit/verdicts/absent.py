"""Levels that the data do not have: nobody had it, or it is recorded under another name."""

from collections.abc import Iterator
from dataclasses import replace

from cotreat.analysis.selection import UNKNOWN_GROUP
from cotreat.audit.claims import Claim, Condition, Query
from cotreat.audit.verdicts.answers import Answer, Data, Variant, build_count_answer
from cotreat.audit.verdicts.fits import compute_fit, compute_value
from cotreat.audit.verdicts.verdict import Verdict
from cotreat.audit.verdicts.wording import compute_answer_text, compute_condition_text
from cotreat.report.labels import compute_phrase
from cotreat.vocabulary import read_aesi

# Variables whose levels are open: a text may have another word for what the data have.
_OPEN = frozenset(
    {
        "adverse_event_term",
        "comorbidity",
        "disease",
        "end_reason",
        "next_treatment",
        "prior_therapy",
        "reason_started",
    }
)


def compute_absent(data: Data, query: Query) -> Condition | None:
    """The first condition of an open variable that no row of the data has; None when they have all."""
    for variable, level in (*query.conditions, *query.scope):
        if (
            level != UNKNOWN_GROUP
            and variable in _OPEN
            and variable in data.levels
            and level not in data.levels[variable]
        ):
            return variable, level
    return None


def build_absent_verdict(data: Data, claim: Claim, query: Query, absent: Condition) -> Verdict:
    """None is reproduced by a level that nobody has; a number may be of a group that holds it."""
    name = compute_condition_text(absent)
    if claim.aspect == "none" or (claim.numeral is not None and claim.numeral.value == 0):
        return Verdict("reproduced", f"0 recorded ({name})", "as stated", 1)
    for group, variant, answer in _groups(data, query, absent):
        value = compute_value(claim, variant, answer)
        if value is not None and claim.numeral is not None and compute_fit(claim.numeral, value):
            note = f"The data have no {name}; the group holds it."
            reading = f"as the group {compute_phrase(group, 'aesi')}"
            return Verdict(
                "reproduced_otherwise", compute_answer_text(claim, variant, answer), reading, 2, note
            )
    return Verdict("not_derivable", note=f"The data have no row under this name ({name}).")


def _groups(data: Data, query: Query, absent: Condition) -> Iterator[tuple[str, Variant, Answer]]:
    """The groups of special interest that hold an event, with how many patients had one of them."""
    variable, level = absent
    if variable != "adverse_event_term":
        return
    variant = Variant("patient", "any")
    for aesi in read_aesi().values():
        if level in {term.term for term in aesi.terms} and aesi.aesi in data.levels.get("aesi", ()):
            conditions = tuple(("aesi", aesi.aesi) if c == absent else c for c in query.conditions)
            answer = build_count_answer(data, replace(query, conditions=conditions, unit="patient"), variant)
            if answer is not None:
                yield aesi.aesi, variant, answer
