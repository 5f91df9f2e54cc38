"""Which headline numbers depend on a choice? The same numbers under every combination of declared choices.

A universe is one combination: of parameters of the episodes, of whether short courses count and
parallel partners are merged, and of the unit of analysis. Its estimates are those of the registry; the
choices stand in their group.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from cotreat.analysis.estimates import estimate_level
from cotreat.analysis.measures import MEASURES
from cotreat.analysis.results import Estimate, Result, Unit
from cotreat.analysis.selection import Reading, StudyTables
from cotreat.engine import Engine

# Choices that stand in the group of an estimate; the unit of analysis and its rule have columns of their own.
CHOICES = ("grace_period", "min_overlap", "short_courses", "parallel_partners")
UNITS: Mapping[str, tuple[Unit, str]] = MappingProxyType(
    {
        "pair": ("pair", ""),
        "course": ("course", "best"),
        "patient_best": ("patient", "best"),
        "patient_first": ("patient", "first"),
    }
)


@dataclass(frozen=True, slots=True)
class Headline:
    """One number that a reader will remember: in which units it exists, and by which rule."""

    measure: str
    statistic: str
    level: str
    units: Mapping[str, tuple[Unit, str]]


def build_headlines(tables: StudyTables, *, is_dated: bool, merges: bool = False) -> tuple[Headline, ...]:
    """The headline numbers of a study.

    Parameters
    ----------
    tables
        How its numbers are computed.
    is_dated
        Whether its pairs were made from dated exposures.
    merges
        Whether parallel partners are one combination: then there are courses, and no pairs.
    """
    month = str(tables.months[len(tables.months) // 2]) if tables.months else ""
    survival = "from_min_overlap" if is_dated else "longest"
    units = {name: unit for name, unit in UNITS.items() if not merges or name != "pair"}
    lasting: Mapping[str, tuple[Unit, str]] = {"pair": UNITS["pair"], "course": ("course", "longest")}
    found = (
        Headline("courses", "count", "", {"course": ("course", "")})
        if merges
        else Headline("pairs", "count", "", {"pair": UNITS["pair"]}),
        Headline("response", "proportion", "complete", units),
        Headline(
            "combination_duration_months",
            "median",
            "",
            {name: unit for name, unit in lasting.items() if name in units},
        ),
        Headline("drug_survival", "survival_at", month, {"course": ("course", survival)}),
        Headline("patients_with_adverse_event", "proportion", "", {"patient_best": ("patient", "any")}),
    )
    return tuple(headline for headline in found if headline.statistic != "survival_at" or month)


def estimate_universe(
    engine: Engine,
    tables: StudyTables,
    *,
    choices: Mapping[str, str],
    units: Collection[str],
    is_dated: bool,
    leave_out: Collection[str] = (),
) -> Result:
    """The headline numbers under one combination of choices.

    Parameters
    ----------
    engine
        Holds the study's tables, its episodes built under these choices.
    tables
        How numbers are computed.
    choices
        Of :data:`CHOICES`, each as a word; ``short_courses`` is ``counted`` or ``left_out``,
        ``parallel_partners`` ``apart`` or ``merged``: then a pair is a course.
    units
        Of :data:`UNITS`; a number that does not exist in any of them is shown in its own.
    is_dated
        Whether the pairs were made from dated exposures.
    leave_out
        Measures that the study's source cannot give.
    """
    merges = choices.get("parallel_partners") == "merged"
    reading = Reading(
        short_courses=choices.get("short_courses", "counted") == "counted", merges_partners=merges
    )
    group = " & ".join(sorted(f"{name}={choice}" for name, choice in choices.items()))
    found: list[Estimate] = []
    for headline in build_headlines(tables, is_dated=is_dated, merges=merges):
        asked = {"course" if merges and name == "pair" else name for name in units}
        own = [name for name in headline.units if name in asked] or list(headline.units)[:1]
        for unit, rule in (headline.units[name] for name in own):
            if headline.measure in leave_out or unit not in MEASURES[headline.measure].rules:
                continue
            estimates = estimate_level(
                engine,
                tables,
                measure=headline.measure,
                unit=unit,
                rule=rule,
                statistic=headline.statistic,
                level=headline.level,
                reading=reading,
            )
            found += [replace(e, group=group) for e in estimates]
    return Result.of(found)
