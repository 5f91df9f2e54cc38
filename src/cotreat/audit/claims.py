"""What a manuscript claims: numbers, and what each of them is bound to."""

from dataclasses import dataclass
from typing import Literal

from cotreat.analysis.results import Unit
from cotreat.audit.grammar.numerals import Numeral

# Variable and level.
Condition = tuple[str, str]

# Variables in the order in which one of several is what is counted; the others say among whom.
FOCUS = (
    "response",
    "monotherapy_response",
    "adverse_event_term",
    "aesi",
    "adverse_event_attribution",
    "has_adverse_event",
    "end_reason",
    "next_treatment",
    "ongoing",
    "reason_started",
    "prior_therapy",
    "comorbidity",
    "regimen",
    "partner_drug",
    "anchor_drug",
    "disease",
    "sex",
)

Kind = Literal[
    "count",  # units that have something, their share, and those of whom it is known
    "number",  # a summary of an age, a duration or a dose
    "events",  # a share of all adverse events
    "cited",  # cases named by their number have what the sentence says
    "rank",  # the most common level
    "others",  # further levels that a list leaves out
    "measure",  # another measure of the registry: at a time, by level, a contrast
    "amount",  # a laboratory value or another number with a unit
    "nothing",  # not bound
]

# What of an estimate a number stands for.
Aspect = Literal[
    "count",
    "denominator",
    "everybody",  # those of whom it is known and unknown
    "missing",
    "censored",
    "proportion",
    "ci_lower",
    "ci_upper",
    "upper_bound",
    "value",
    "mean",
    "sd",
    "median",
    "q1",
    "q3",
    "min",
    "max",
    "each",
    "every",
    "none",
    "rank",
    "others",
    "cited",
    "amount",
    "time",  # the time at which a share is
    "",
]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of the data.

    Attributes
    ----------
    kind
        Kind of question.
    conditions
        Variable and level that the counted units have.
    scope
        Variable and level that everybody has of whom the share is taken.
    unit
        Unit of analysis as stated; empty when the text states none.
    is_case
        Whether the text says "case", which can be a combination or a patient.
    rule
        How several pairs of a unit become one answer, when the text says it.
    quantity
        Of a number: age_years, duration, anchor_dose, partner_dose, or one that the data
        do not have, such as drug_duration.
    statistic
        The statistic whose interval is meant.
    cases
        Numbers of the cases that are cited.
    """

    kind: Kind
    conditions: tuple[Condition, ...] = ()
    scope: tuple[Condition, ...] = ()
    unit: Unit | Literal[""] = ""
    is_case: bool = False
    rule: str = ""
    quantity: str = ""
    statistic: str = ""
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One number of the manuscript.

    Attributes
    ----------
    text
        As it is printed.
    start, end
        Where in its passage: a half-open interval of characters.
    aspect
        What of the estimate it stands for.
    numeral
        Its value; of a statement about all or none there is none.
    unit
        Of a time: days, weeks, months or years; of an amount: the unit as printed; ``%`` of a share
        whose column says so.
    mg_per_day
        Of a dose with an interval.
    """

    text: str
    start: int
    end: int
    aspect: Aspect
    numeral: Numeral | None = None
    unit: str = ""
    mg_per_day: float | None = None

    @property
    def is_percent(self) -> bool:
        """Whether a share is in percent, and not a fraction in words."""
        return self.unit == "%" or "%" in self.text or "cent" in self.text


@dataclass(frozen=True, slots=True)
class Statement:
    """Numbers of one sentence that are about the same estimate.

    Attributes
    ----------
    queries
        What they are about; of several, as in "each with 0 of 14 patients", all must hold.
    claims
        The numbers.
    is_loose
        Whether the sentence says more than the query asks, such as when or why.
    alternatives
        Other queries that the sentence can mean; the data may choose among them, but none
        of them is ever called wrong.
    nearby
        The question among those who were counted right before, whom the sentence may mean.
    why
        Of numbers that are not bound: the reason.
    unread
        Words that were not understood or not asked for.
    at_most
        The largest number that its total can be: the N of a column; None where none is printed.
    """

    queries: tuple[Query, ...]
    claims: tuple[Claim, ...]
    is_loose: bool = False
    alternatives: tuple[Query, ...] = ()
    nearby: tuple[Query, ...] = ()
    why: str = ""
    unread: tuple[str, ...] = ()
    at_most: int | None = None


def compute_focus(query: Query) -> Condition | None:
    """The condition that is counted; the others say among whom."""
    ranked = sorted(query.conditions, key=lambda c: FOCUS.index(c[0]) if c[0] in FOCUS else len(FOCUS))
    return ranked[0] if ranked else None
