"""Which way of judging a statement gets."""

from collections.abc import Callable

from cotreat.audit.claims import Statement
from cotreat.audit.grammar.items import ITEMS
from cotreat.audit.verdicts.answers import Data
from cotreat.audit.verdicts.cited_numbers import build_cited_number_verdicts
from cotreat.audit.verdicts.contradictions import build_contradiction
from cotreat.audit.verdicts.groups import NOT_RECORDED, build_group_verdicts
from cotreat.audit.verdicts.internal import build_unbound_verdicts
from cotreat.audit.verdicts.laboratory import build_amount_verdicts
from cotreat.audit.verdicts.registry import build_registry_verdicts
from cotreat.audit.verdicts.special_verdicts import (
    build_citation_verdicts,
    build_drug_duration_verdicts,
    build_instance_verdict,
    build_others_verdicts,
    build_rank_verdicts,
)
from cotreat.audit.verdicts.survival import build_survival_verdicts
from cotreat.audit.verdicts.verdict import Verdict

_NOT_ASKED = {
    "time_to_event": "The data have no day on which an adverse event began.",
    "prior_duration": "The data record how long the drugs were combined, not how long one was taken before.",
    ITEMS: "The data are not asked how many things each has.",
    "other_dose": "The data record no dose of a drug that is not part of the combination.",
}
_BY_KIND: dict[str, Callable[[Data, Statement], list[Verdict]]] = {
    "count": build_group_verdicts,
    "rank": build_rank_verdicts,
    "others": build_others_verdicts,
    "cited": build_citation_verdicts,
    "measure": build_registry_verdicts,
}


def build_verdicts(data: Data, statement: Statement) -> list[Verdict]:
    """The verdict of each number of a statement, in their order."""
    query = statement.queries[0]
    if statement.why:
        return build_unbound_verdicts(statement)
    if query.quantity in _NOT_ASKED:
        note = _NOT_ASKED[query.quantity]
        found = (build_contradiction(claim, statement) for claim in statement.claims)
        return [contradiction or Verdict("not_derivable", note=note) for contradiction in found]
    if query.quantity == "survival_time":
        return build_survival_verdicts(data, statement)
    if query.quantity == "drug_duration":
        return build_drug_duration_verdicts(data, statement)
    if query.kind == "amount":
        return build_amount_verdicts(statement)
    if query.kind == "number":
        return _numbers(data, statement)
    if query.kind in _BY_KIND:
        return _BY_KIND[query.kind](data, statement)
    return [Verdict("not_derivable", note=NOT_RECORDED) for _ in statement.claims]


def _numbers(data: Data, statement: Statement) -> list[Verdict]:
    """A number of a group; one of a single case is looked for among the cases, and never called wrong."""
    query = statement.queries[0]
    is_summary = any(claim.aspect != "each" for claim in statement.claims)
    if query.cases and is_summary and query.quantity in ("age_years", "duration"):
        return build_cited_number_verdicts(data, statement)
    found = build_group_verdicts(data, statement)
    if not statement.is_loose:
        return found
    return [
        build_instance_verdict(data, query, claim) or verdict
        if claim.aspect == "each" and verdict.word != "reproduced"
        else verdict
        for claim, verdict in zip(statement.claims, found, strict=True)
    ]
