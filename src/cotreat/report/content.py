"""What a report is made of, and how its estimates are looked up."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pyarrow as pa

from cotreat.analysis.results import Estimate, Listing, Result
from cotreat.findings import Findings
from cotreat.protocol import Protocol

ONE_SIDED = "one-sided"
AS_FAILURE = "unassessable_as_failure"


@dataclass(frozen=True)
class ReportInput:
    """All that a report may use.

    Attributes
    ----------
    results
        Every estimate of the study.
    listings
        ``cases`` and ``swimmer``; one that was not made is missing.
    protocol, findings
        The study's definitions, and what is wrong in its data.
    sources, attrition
        Tables of that name: one row per input file, one row per counting step.
    cutoff
        Last day of observation; None when no date was needed.
    version
        Version of the software.
    reconciliation
        Days of each view of the treatments; None when the source has no dates.
    """

    results: Result
    listings: Mapping[str, Listing]
    protocol: Protocol
    findings: Findings
    sources: pa.Table
    attrition: pa.Table
    cutoff: date | None
    version: str
    reconciliation: pa.Table | None = None

    @cached_property
    def estimates(self) -> "EstimateIndex":
        """The estimates by what they are."""
        return EstimateIndex(self.results)

    @property
    def has_events(self) -> bool:
        """Whether the study's adverse events are analysed by combination.

        Where they are not, a listing cannot tell that an event is unknown from that there was none.
        """
        return "pairs_with_adverse_event" in self.estimates.measures


class EstimateIndex:
    """Estimates by measure, unit, rule, group and statistic."""

    def __init__(self, results: Iterable[Estimate]) -> None:
        """Index these estimates; their order is kept."""
        self._by_key: dict[tuple[str, str, str, str, str], list[Estimate]] = {}
        self.measures: set[str] = set()
        self.all_rules: set[str] = set()
        for e in results:
            key = (e.measure, e.unit_of_analysis, e.rule, e.group, e.statistic)
            self._by_key.setdefault(key, []).append(e)
            self.measures.add(e.measure)
            self.all_rules.add(e.rule)

    def levels(
        self, measure: str, unit: str, rule: str = "", group: str = "", statistic: str = "proportion"
    ) -> list[Estimate]:
        """One estimate per level, in key order; a zero's one-sided bound is left to `upper_bound`."""
        found = self._by_key.get((measure, unit, rule, group, statistic), [])
        return [e for e in found if ONE_SIDED not in e.ci_method]

    def find(
        self, measure: str, unit: str, statistic: str, *, rule: str = "", group: str = "", level: str = ""
    ) -> Estimate | None:
        """The one estimate that has this key; None when there is none."""
        found = self.levels(measure, unit, rule, group, statistic)
        return next((e for e in found if e.level == level), None)

    def upper_bound(
        self, measure: str, unit: str, rule: str, group: str, level: str, statistic: str = "proportion"
    ) -> Estimate | None:
        """The one-sided bound of a zero; None when it was not asked for."""
        found = self._by_key.get((measure, unit, rule, group, statistic), [])
        return next((e for e in found if e.level == level and ONE_SIDED in e.ci_method), None)

    def rules(self, measure: str, unit: str) -> list[str]:
        """The rules under which a measure exists for a unit, sorted."""
        return sorted({key[2] for key in self._by_key if key[:2] == (measure, unit)})

    def rule(self, measure: str, unit: str, *preferred: str) -> str:
        """The first preferred rule that exists, else the first there is, else the empty one.

        A rule that counts not assessable as failure is only taken when it is named.
        """
        there = self.rules(measure, unit)
        plain = [rule for rule in there if not rule.endswith(AS_FAILURE)]
        return next((rule for rule in preferred if rule in there), plain[0] if plain else "")

    def groups(self, measure: str, unit: str, rule: str, variable: str) -> list[str]:
        """The groups ``variable=level`` of a measure, single ones only, sorted."""
        return sorted(
            {
                key[3]
                for key in self._by_key
                if key[:3] == (measure, unit, rule)
                and key[3].startswith(f"{variable}=")
                and " & " not in key[3]
            }
        )

    def has_known(self, measure: str, unit: str, rule: str) -> bool:
        """Whether a measure has an answer, or one that is only withheld, in the whole study."""
        return any(e.denominator != 0 for e in self.levels(measure, unit, rule))

    def of_measure(self, measure: str) -> list[Estimate]:
        """Every estimate of a measure, in key order."""
        return [e for key, found in self._by_key.items() if key[0] == measure for e in found]

    def others(self, measures: Collection[str]) -> list[Estimate]:
        """Estimates of measures other than these, in key order."""
        return [e for key, found in self._by_key.items() if key[0] not in measures for e in found]
