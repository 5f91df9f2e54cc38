"""The registry of measures: what a study can count, and in which units.

A measure is declared once, here; `estimate` in :mod:`cotreat.analysis.estimates`
computes it for the whole study, by group, or under any filter.
"""

from collections.abc import Mapping
from types import MappingProxyType

from cotreat.analysis.measure import Measure
from cotreat.analysis.results import Unit
from cotreat.study_tables.schema import RESPONSES

RATE_KINDS = frozenset({"person_time", "event_proportion", "first_rate", "event_rate", "rate_ratio"})
CAUSALITY_KINDS = frozenset({"attribution", "causality", "agreement"})
LABORATORY_KINDS = frozenset({"laboratory_grade", "laboratory_shift", "laboratory_value"})
UNKNOWN_AS_NONE = "unknown_as_none"

FAILURE = "unassessable_as_failure"
NON_RESPONDER = "non_responder_imputation"
AS_OBSERVED = "as_observed"
_HANDLINGS = (FAILURE, NON_RESPONDER, AS_OBSERVED)


def compute_picking_rule(rule: str) -> str:
    """The part of a rule that says which pair speaks for a unit: ``first, as_observed`` gives first."""
    return ", ".join(part for part in rule.split(", ") if part not in _HANDLINGS)


GROUPS = ("disease", "partner_drug", "regimen", "reason_started")
# What is known on the first day of a combination: any other group or filter would make immortal time.
KNOWN_AT_START = frozenset(
    {
        "anchor_drug",
        "comorbidity",
        "disease",
        "monotherapy_response",
        "order",
        "partner_drug",
        "prior_therapy",
        "reason_started",
        "regimen",
        "risk_flag",
        "sex",
    }
)

_SUMMARY = ("mean", "sd", "median", "q1", "q3", "min", "max")
_ALL_UNITS: Mapping[Unit, tuple[str, ...]] = {"pair": ("",), "course": ("any",), "patient": ("any", "first")}
_PAIR_OR_FIRST: Mapping[Unit, tuple[str, ...]] = {"pair": ("",), "patient": ("first",)}
_PATIENT_FIRST: Mapping[Unit, tuple[str, ...]] = {"patient": ("first",)}
_NOT_SHOWN = frozenset({"none"})

_CHARACTERISTICS = (
    Measure("patients", "units", {"patient": ("",)}),
    Measure("pairs", "units", {"pair": ("",)}),
    Measure("courses", "units", {"course": ("",)}),
    Measure("sex", "category", _PATIENT_FIRST, "sex", levels=("female", "male")),
    Measure(
        "age_years",
        "number",
        {"patient": ("first",), "pair": ("",)},
        "age_years",
        statistics=_SUMMARY,
        unit="years",
    ),
    Measure("disease", "category", {"patient": ("first",), "pair": ("",)}, "disease"),
    Measure("comorbidity", "category", {"patient": ("any",)}, "comorbidity"),
    Measure("prior_therapy", "category", {"pair": ("",), "patient": ("any", "first")}, "prior_therapy"),
    Measure("anchor_drug", "category", _ALL_UNITS, "anchor_drug"),
    Measure("partner_drug", "category", _ALL_UNITS, "partner_drug"),
    Measure("regimen", "category", _ALL_UNITS, "regimen"),
    Measure("drug_set", "category", {"course": ("any",)}, "drug_set"),
    Measure(
        "anchor_dose_mg_day",
        "number",
        {"pair": ("",)},
        "anchor_dose_mg_day",
        statistics=_SUMMARY,
        unit="mg/day",
        groups=("anchor_drug",),
        is_pooled=False,
    ),
    Measure(
        "partner_dose_mg_week",
        "number",
        {"pair": ("",)},
        "partner_dose_mg_week",
        statistics=_SUMMARY,
        unit="mg/week",
        groups=("partner_drug",),
        is_pooled=False,
    ),
    Measure("reason_started", "category", _ALL_UNITS, "reason_started"),
    Measure(
        "combination_duration_months",
        "number",
        {"pair": ("",), "course": ("longest",)},
        "duration_days",
        statistics=(*_SUMMARY, "sum"),
        unit="months",
        groups=GROUPS,
    ),
    Measure("ongoing", "flag", {"pair": ("",), "course": ("any",), "patient": ("any",)}, "ongoing"),
)

_EFFECTIVENESS = (
    Measure(
        "monotherapy_response",
        "category",
        {
            "pair": ("", FAILURE),
            "patient": ("first", f"first, {FAILURE}", "best"),
        },
        "monotherapy_response",
        levels=RESPONSES,
    ),
    Measure(
        "response",
        "category",
        {
            "pair": ("", FAILURE),
            "course": ("best", f"best, {FAILURE}"),
            "patient": ("best", f"best, {FAILURE}", "first", f"first, {FAILURE}"),
        },
        "response",
        levels=RESPONSES,
        groups=GROUPS,
    ),
    Measure(
        "end_reason",
        "category",
        {"pair": ("",), "course": ("longest",), "patient": ("any", "first")},
        "end_reason",
        counts_censored=True,
        dated_rules={"course": ("last_to_end",)},
    ),
    Measure("next_treatment", "category", _ALL_UNITS, "next_treatment", counts_censored=True),
)

# What is missing counts as no response, or is left out; both are shown.
_RESPONSE_RULES: Mapping[Unit, tuple[str, ...]] = {
    "pair": (NON_RESPONDER, AS_OBSERVED),
    "course": (NON_RESPONDER, AS_OBSERVED),
    "patient": (
        f"first, {NON_RESPONDER}",
        f"first, {AS_OBSERVED}",
        f"best, {NON_RESPONDER}",
        f"best, {AS_OBSERVED}",
    ),
}
_LOSS_RULES: Mapping[Unit, tuple[str, ...]] = {"pair": ("",), "course": ("",), "patient": ("first",)}
_BY_TREATMENT = ("partner_drug", "regimen")

_SCORES = (
    Measure("response_at_week", "response", _RESPONSE_RULES, groups=_BY_TREATMENT, counts_censored=True),
    Measure("response_ever", "response", _RESPONSE_RULES),
    Measure("response_at_last_value", "response", _RESPONSE_RULES, groups=_BY_TREATMENT),
    Measure("response_durable", "response", _RESPONSE_RULES, counts_censored=True),
    Measure("response_lost", "response", _LOSS_RULES),
)

_BETWEEN = (
    Measure("response_between_regimens", "between_regimens", {"pair": ("",)}),
    Measure("response_at_week_between_regimens", "between_regimens", {"pair": (NON_RESPONDER,)}),
)

_FOLLOWING = (
    Measure("line_of_therapy", "sequences", {"patient": ("",)}),
    Measure(
        "time_to_next_treatment", "time_to_next", {"patient": ("first",)}, groups=("partner_drug", "regimen")
    ),
    Measure("partner_withdrawn_in_response", "flag", _PAIR_OR_FIRST, "partner_withdrawn_in_response"),
    Measure(
        "response_held_without_partner",
        "flag",
        _PAIR_OR_FIRST,
        "response_held_without_partner",
        needs_dates=True,
    ),
)

# The first course of each patient to which the partner was added; a case table has no order.
_FIRST_ADDED: Mapping[Unit, tuple[str, ...]] = {"patient": ("first",)}
_DATED_FIRST_ADDED: Mapping[Unit, tuple[str, ...]] = {"patient": ("first_add_on",)}
_SCORE_SUMMARY = ("mean", "sd", "median", "q1", "q3")

_CONTRASTS = (
    *(
        Measure(
            name,
            "response_contrast",
            _FIRST_ADDED,
            groups=("partner_drug", "regimen"),
            dated_rules=_DATED_FIRST_ADDED,
        )
        for name in ("response_on_anchor_alone", "response_on_combination", "response_difference")
    ),
    *(
        Measure(
            name,
            "score_contrast",
            _DATED_FIRST_ADDED,
            statistics=_SCORE_SUMMARY,
            unit="points",
            groups=("partner_drug", "regimen"),
        )
        for name in ("score_on_anchor_alone", "score_on_combination", "score_change")
    ),
)

_RISKS = (Measure("risk_flag", "category", _PATIENT_FIRST, "risk_flag", hidden=_NOT_SHOWN),)

_SAFETY = (
    Measure("adverse_events", "events", {"event": ("",)}, "adverse_event_term", groups=GROUPS),
    Measure("patients_with_adverse_event", "flag", {"patient": ("any",)}, "has_adverse_event", groups=GROUPS),
    Measure("pairs_with_adverse_event", "flag", {"pair": ("",)}, "has_adverse_event", groups=GROUPS),
    Measure(
        "adverse_event_term",
        "category",
        {"event": ("",), "pair": ("",), "patient": ("any",)},
        "adverse_event_term",
        hidden=_NOT_SHOWN,
    ),
    Measure(
        "adverse_event_attribution",
        "category",
        {"event": ("",), "pair": ("",), "patient": ("any",)},
        "adverse_event_attribution",
        hidden=_NOT_SHOWN,
    ),
    Measure("aesi", "category", {"patient": ("any",)}, "aesi", hidden=_NOT_SHOWN, groups=("risk_flag",)),
)

# Time at risk by what was taken, and by what the events are.
_TIME_GROUPS = ("disease", "disease & state", "drug", "drug & state", "ever", "regimen", "state")
_EVENT_GROUPS = ("aesi", "seriousness", "severity", "term", "term_group")
_RATE_GROUPS = (
    *_TIME_GROUPS,
    "aesi & ever",
    "regimen & seriousness",
    "regimen & severity",
    *(f"{g}{more}" for g in _EVENT_GROUPS for more in ("", " & state")),
)

_RATES = (
    Measure("person_time", "person_time", {"patient": ("",)}, dated_groups=_TIME_GROUPS),
    Measure("adverse_event_proportion", "event_proportion", {"patient": ("any",)}, dated_groups=_RATE_GROUPS),
    Measure("adverse_event_first_rate", "first_rate", {"patient": ("first",)}, dated_groups=_RATE_GROUPS),
    Measure(
        "adverse_event_rate",
        "event_rate",
        {"event": ("longest", f"longest, {UNKNOWN_AS_NONE}")},
        groups=("aesi", "disease", "partner_drug", "regimen", "term"),
        dated_rules={"event": ("",)},
        dated_groups=_RATE_GROUPS,
    ),
)

_WORST: Mapping[Unit, tuple[str, ...]] = {"patient": ("worst",)}
_LABORATORY_GROUPS = ("term", "state & term", "regimen & term")

_LABORATORY = (
    *(
        Measure(name, name, _WORST, is_pooled=False, needs_dates=True, dated_groups=_LABORATORY_GROUPS)
        for name in ("laboratory_grade", "laboratory_shift")
    ),
    Measure(
        "laboratory_value",
        "laboratory_value",
        {"patient": ("first",)},
        statistics=("median", "q1", "q3"),
        is_pooled=False,
        needs_dates=True,
        dated_groups=("month & test",),
    ),
)

_CAUSALITY = (
    Measure("attribution", "attribution", {"event": ("",)}, is_pooled=False, groups=("drug", "drug & term")),
    *(
        Measure(
            name,
            "causality",
            {"event": ("",)},
            is_pooled=False,
            groups=("drug",),
            needs_dates=name != "causality",
        )
        for name in (
            "causality",
            "causality_timing",
            "causality_dechallenge",
            "causality_rechallenge",
        )
    ),
    Measure("judge_agreement", "agreement", {"event": ("",)}),
)

_RATIOS = (
    Measure(
        "rate_ratio",
        "rate_ratio",
        {"event": ("crude",)},
        dated_rules={"event": ("crude", "cohort, gee", "cohort, random_effect", "within_patient")},
        dated_groups=("seriousness",),
    ),
)

_LONGEST_COURSE: Mapping[Unit, tuple[str, ...]] = {"course": ("longest",)}
_DATED_COURSE: Mapping[Unit, tuple[str, ...]] = {"course": ("from_min_overlap", "every_kind")}

_SURVIVAL = (
    Measure(
        "drug_survival",
        "survival",
        {"course": ("longest", "longest, first"), "pair": ("",)},
        groups=("disease", "order", "partner_drug", "regimen"),
        dated_rules={"course": ("from_min_overlap", "from_min_overlap, first", "every_kind"), "pair": ()},
    ),
    Measure(
        "drug_survival_curve",
        "survival",
        _LONGEST_COURSE,
        groups=("disease", "order", "regimen"),
        dated_rules=_DATED_COURSE,
    ),
    Measure(
        "end_reason_incidence",
        "survival",
        _LONGEST_COURSE,
        groups=("disease", "regimen"),
        dated_rules=_DATED_COURSE,
    ),
    Measure("end_reason_incidence_curve", "survival", _LONGEST_COURSE, dated_rules=_DATED_COURSE),
    Measure(
        "hazard_ratio",
        "survival",
        _LONGEST_COURSE,
        groups=("disease", "order", "partner_drug", "regimen"),
        is_pooled=False,
        dated_rules=_DATED_COURSE,
    ),
)

EVENT_MEASURES = tuple(measure.name for measure in (*_SAFETY, *_RATES, *_RATIOS, *_CAUSALITY))

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        m.name: m
        for m in (
            *_CHARACTERISTICS,
            *_EFFECTIVENESS,
            *_SCORES,
            *_CONTRASTS,
            *_BETWEEN,
            *_FOLLOWING,
            *_SURVIVAL,
            *_RISKS,
            *_SAFETY,
            *_RATES,
            *_RATIOS,
            *_LABORATORY,
            *_CAUSALITY,
        )
    }
)
