"""What a measure is: one thing that a study counts or measures, and in which units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cotreat.analysis.results import Unit

Kind = Literal[
    "units",
    "category",
    "flag",
    "number",
    "events",
    "response",
    "response_contrast",
    "score_contrast",
    "between_regimens",
    "time_to_next",
    "sequences",
    "survival",
    "person_time",
    "event_proportion",
    "first_rate",
    "event_rate",
    "rate_ratio",
    "laboratory_grade",
    "laboratory_shift",
    "laboratory_value",
    "attribution",
    "causality",
    "agreement",
]


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that a study counts or measures.

    Attributes
    ----------
    name
        As in ``results.csv``.
    kind
        units: how many there are; category: levels; flag: yes or no; number: a value;
        events: how many adverse events; response: who met a criterion on a score;
        response_contrast, score_contrast: the same patients before and on the combination;
        between_regimens: regimens against the most frequent one;
        time_to_next: how soon another treatment followed;
        sequences: lines of therapy and what came after each;
        survival: how long until the end; person_time, event_proportion, first_rate, event_rate:
        the time at risk, and the three numbers that say how often events came; rate_ratio:
        how many times as often on the combination as on one of its drugs alone;
        laboratory_grade, laboratory_shift, laboratory_value: the worst CTCAE grades of laboratory values,
        how they changed since before treatment, and the values themselves;
        attribution, causality, agreement: which drug was blamed, what judges and dates say of it, and how
        far judges agree.
    rules
        For each unit of analysis, how several pairs become one answer.
    dated_rules
        Units in which studies with dated exposures have other rules, and these.
    variable
        Name of the variable that holds the answers, by unit where it differs.
    levels
        Levels that are shown even when nobody has them.
    hidden
        Answers that are counted in the denominator but are no level of their own.
    statistics
        Statistics of a number.
    unit
        Unit of a number.
    groups
        Variables by which the study's results also show it.
    dated_groups
        The same in studies with dated exposures, where they differ.
    is_pooled
        Whether the number means something for the whole study: doses of different drugs
        do not.
    needs_dates
        Whether only studies with dated exposures have it.
    counts_censored
        Whether units to which the question does not apply yet are reported as censored.
    """

    name: str
    kind: Kind
    rules: Mapping[Unit, tuple[str, ...]]
    variable: str = ""
    levels: tuple[str, ...] = ()
    hidden: frozenset[str] = field(default_factory=frozenset[str])
    statistics: tuple[str, ...] = ()
    unit: str = "1"
    groups: tuple[str, ...] = ()
    is_pooled: bool = True
    counts_censored: bool = False
    needs_dates: bool = False
    dated_rules: Mapping[Unit, tuple[str, ...]] = field(default_factory=dict["Unit", tuple[str, ...]])
    dated_groups: tuple[str, ...] = ()

    def rules_of(self, *, is_dated: bool) -> Mapping[Unit, tuple[str, ...]]:
        """The rules of a study's kind of source: dated exposures, or declared cases."""
        return {**self.rules, **self.dated_rules} if is_dated else self.rules

    def groups_of(self, *, is_dated: bool) -> tuple[str, ...]:
        """The groups of a study's kind of source: dated exposures, or declared cases."""
        return self.dated_groups if is_dated and self.dated_groups else self.groups
