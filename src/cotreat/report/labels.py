"""What a level, a unit or a statistic is called in print.

Levels of the protocol and the vocabulary are snake_case words. A vocabulary that knows
a level gives its name; any other level is its own words.
"""

import re
from collections.abc import Mapping
from functools import cache

from cotreat.vocabulary.criteria import read_criteria
from cotreat.vocabulary.loader import (
    read_ae_terms,
    read_aesi,
    read_conditions,
    read_drugs,
    read_instruments,
    read_risk_flags,
    read_therapies,
)

UNIT_NOUNS = {
    "patient": ("patient", "patients"),
    "course": ("course", "courses"),
    "pair": ("combination", "combinations"),
    "event": ("adverse event", "adverse events"),
}

RESPONSE_ORDER = ("complete", "partial", "none", "unassessable")
SEX_ORDER = ("female", "male", "other")

# Words that differ from the level's own, by what is counted; the empty measure is any.
_PHRASES: dict[tuple[str, str], str] = {
    ("comorbidity", "none"): "none recorded",
    ("prior_therapy", "none"): "none recorded",
    ("response", "none"): "no response",
    ("monotherapy_response", "none"): "no response",
    ("response", "complete"): "complete response",
    ("monotherapy_response", "complete"): "complete response",
    ("response", "partial"): "partial response",
    ("monotherapy_response", "partial"): "partial response",
    ("response", "unassessable"): "not assessable",
    ("monotherapy_response", "unassessable"): "not assessable",
    ("next_treatment", "none"): "no other treatment",
    ("next_treatment", "not_observed"): "not observed",
    ("next_treatment", "restart"): "restart of a drug of the combination",
    ("end_reason", "access"): "lack of access",
    ("end_reason", "other"): "other reasons",
    ("end_reason", "unknown"): "reason not known",
    ("order", "add_on"): "partner added to the anchor",
    ("order", "anchor_added"): "anchor added to the partner",
    ("order", "simultaneous"): "both begun together",
    ("order", "unknown"): "order not known",
    ("reason_started", "partial_response"): "partial response to the anchor drug alone",
    ("reason_started", "no_response"): "no response to the anchor drug alone",
    ("reason_started", "loss_of_response"): "loss of response to the anchor drug alone",
    ("reason_started", "uncontrolled_on_conventional"): "disease uncontrolled on conventional treatment",
    ("reason_started", "uncontrolled_on_biologic"): "disease uncontrolled on a biologic",
    ("adverse_event_attribution", "combination"): "the combination as such",
    ("adverse_event_attribution", "not_attributed"): "attributed to no drug",
    ("risk_flag", "age_65"): "age 65 years or more",
    ("risk_flag", "any"): "any of these",
    ("risk_flag", "none"): "none of these",
    ("", "jak_inhibitor"): "JAK inhibitor",
    ("", "who_umc"): "WHO-UMC",
    ("", "dips"): "DIPS",
    ("time_to_next_treatment", "another_drug"): "another drug of the study",
    ("time_to_next_treatment", "restart"): "restart of a drug of the combination",
    ("", "declared_pairs"): "cases of the source",
}

_JOINT = " + "

# First words that keep their capital inside a sentence: people, places and genera.
_PROPER = frozenset(
    {
        "Behçet",
        "Bowen",
        "Clostridioides",
        "Crohn",
        "Cushing",
        "Down",
        "Kaposi",
        "Lyme",
        "Merkel",
        "Pneumocystis",
        "Raynaud",
        "Sjögren",
        "Sweet",
    }
)
_DRUG_MEASURES = (
    "drug",
    "anchor_drug",
    "partner_drug",
    "regimen",
    "drug_set",
    "next_treatment",
    "adverse_event_attribution",
)


def compute_phrase(level: str, measure: str = "") -> str:
    """The level as it stands inside a sentence, such as ``alopecia areata``.

    Parameters
    ----------
    level
        A snake_case word, or several joined by `` + `` as a regimen has them.
    measure
        What is counted; a few levels, above all ``none``, mean something else in each.
    """
    if _JOINT in level:
        return _JOINT.join(compute_phrase(part, measure) for part in level.split(_JOINT))
    for key in ((measure, level), ("", level)):
        if key in _PHRASES:
            return _PHRASES[key]
    name = _names(measure).get(level)
    return _lowered(name) if name else level.replace("_", " ").strip()


def compute_label(level: str, measure: str = "") -> str:
    """The level as it stands alone in a table or a figure, such as ``Alopecia areata``."""
    phrase = compute_phrase(level, measure)
    return phrase[:1].upper() + phrase[1:]


@cache
def _names(measure: str) -> Mapping[str, str]:
    """The vocabulary's names of the levels of a measure."""
    if measure in _DRUG_MEASURES:
        return {level: drug.name for level, drug in read_drugs().items()}
    if measure == "prior_therapy":
        therapies = {level: therapy.name for level, therapy in read_therapies().items()}
        return therapies | dict(_names("drug"))
    if measure in ("disease", "comorbidity"):
        return {level: condition.name for level, condition in read_conditions().items()}
    if measure == "adverse_event_term" or measure.startswith("laboratory_"):
        return {level: term.name for level, term in read_ae_terms().items()}
    if measure.startswith("response_"):
        return {level: criterion.name for level, criterion in read_criteria().items()}
    if measure.startswith("score_"):
        return {level: instrument.name for level, instrument in read_instruments().items()}
    if measure == "aesi":
        return {level: aesi.name for level, aesi in read_aesi().items()}
    if measure == "risk_flag":
        return {flag: risk.name for flag, risk in read_risk_flags().items()}
    return {}


def _lowered(name: str) -> str:
    """The name with a small first letter, unless its first word is an abbreviation or a proper name."""
    first = name.split()[0] if name.split() else ""
    if first in _PROPER or not (first[1:2].islower() and first[1:].islower()):
        return name
    return name[:1].lower() + name[1:]


def compute_terms_label(terms: str, measure: str = "") -> str:
    """Several levels joined by ``; `` as one text, the first with a capital letter."""
    parts = [compute_phrase(part.strip(), measure) for part in terms.split(";") if part.strip()]
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def compute_unit_noun(unit: str, count: int | None) -> str:
    """What one counted thing is called, in the number that the count asks for."""
    singular, plural = UNIT_NOUNS.get(unit, (unit, f"{unit}s"))
    return singular if count == 1 else plural


def compute_rule_phrase(rule: str) -> str:
    """The rule that made one answer of several episodes, for a table's row or a sentence.

    Empty when there was nothing to combine.
    """
    words = {
        "any": "in any of their combinations",
        "all": "in all of their combinations",
        "first": "first combination",
        "worst": "worst result",
        "last": "last combination",
        "best": "best response",
        "longest": "longest combination",
        "last_to_end": "combination that ended last",
        "first_add_on": "first course to which the partner was added",
        "non_responder_imputation": "missing counted as failure",
        "as_observed": "missing left out",
        "from_min_overlap": "from the day on which it counts as a combination",
        "every_kind": "of every kind, from the first day",
        "unassessable_as_failure": "not assessable counted as failure",
    }
    parts = [part.strip() for part in re.split(r",|&", rule) if part.strip()]
    return "; ".join(words.get(part, part.replace("_", " ")) for part in parts)
