"""One number of a study, from any measure, under any filter: the only way to get one.

A filter selects pairs, and every unit is made from its selected pairs alone: the
patients of ``partner_drug = methotrexate`` are those with such a pair, judged by it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import cast

from cotreat.analysis.attributions import estimate_agreements, estimate_attributions
from cotreat.analysis.between import estimate_between_regimens
from cotreat.analysis.comparisons import estimate_hazard_ratios
from cotreat.analysis.contrasts import estimate_response_contrast, estimate_score_contrast
from cotreat.analysis.declared_rates import estimate_declared_rates
from cotreat.analysis.drug_survival import (
    About,
    estimate_drug_survival,
    estimate_end_reasons,
    estimate_survival_curve,
)
from cotreat.analysis.event_rates import estimate_event_rates
from cotreat.analysis.followups import estimate_time_to_next
from cotreat.analysis.laboratory import estimate_laboratory, estimate_laboratory_values
from cotreat.analysis.lifetimes import DATED_RULES, build_lifetimes
from cotreat.analysis.measure import Measure
from cotreat.analysis.measures import (
    CAUSALITY_KINDS,
    KNOWN_AT_START,
    LABORATORY_KINDS,
    MEASURES,
    RATE_KINDS,
    compute_picking_rule,
)
from cotreat.analysis.proportions import estimate_category
from cotreat.analysis.quantities import estimate_events, estimate_number, estimate_units
from cotreat.analysis.rate_ratios import estimate_rate_ratios
from cotreat.analysis.responses import estimate_responses
from cotreat.analysis.results import Estimate, Result, Unit
from cotreat.analysis.selection import Reading, Selection, StudyTables, build_selection
from cotreat.analysis.sequences import estimate_sequences
from cotreat.analysis.time_groups import EVENT_CLASSES
from cotreat.analysis.variables import VARIABLES
from cotreat.engine import Engine
from cotreat.errors import UsageError
from cotreat.progress import SILENT, Progress

_EVERY_PAIR = Reading()
_NO_FILTER: Mapping[str, str] = MappingProxyType({})


def estimate(
    engine: Engine,
    tables: StudyTables,
    *,
    measure: str,
    unit: Unit,
    statistic: str = "",
    rule: str | None = None,
    where: Mapping[str, str] = _NO_FILTER,
    by: str = "",
    reading: Reading = _EVERY_PAIR,
) -> Result:
    """The estimates of one measure in one unit of analysis.

    Parameters
    ----------
    engine
        Holds the study's tables.
    tables
        How numbers are computed, and what was counted before.
    measure
        A name of the registry.
    unit
        Unit of analysis that the measure has.
    statistic
        Only this statistic; empty for all that the measure has.
    rule
        How several pairs of one unit become one answer; None for the measure's own first.
    where
        Variables and the level that each must have.
    by
        Variable that makes groups; empty for none.
    reading
        Pairs that are left out.

    Raises
    ------
    UsageError
        The measure does not exist, or not in this unit or with this rule, or a variable does not exist.
    """
    found = _find(engine, tables, measure=measure, unit=unit, rule=rule, where=where, by=by, reading=reading)
    return Result.of(e for e in found if statistic in ("", e.statistic))


def estimate_level(
    engine: Engine,
    tables: StudyTables,
    *,
    measure: str,
    unit: Unit,
    statistic: str,
    level: str,
    rule: str | None = None,
    by: str = "",
    reading: Reading = _EVERY_PAIR,
) -> Result:
    """One statistic at one level of a measure: of a category counted faster than all its levels.

    Parameters
    ----------
    engine, tables, measure, unit, rule, by, reading
        As for :func:`estimate`.
    statistic
        Only this statistic.
    level
        Only this level; empty where the measure has none.

    Raises
    ------
    UsageError
        The measure does not exist, or not in this unit or with this rule, or a variable does not exist.
    """
    found = _find(engine, tables, measure=measure, unit=unit, rule=rule, by=by, reading=reading, level=level)
    return Result.of(e for e in found if (e.statistic, e.level) == (statistic, level))


# Kinds whose own queries say which pair speaks for a unit.
_PICK_THEMSELVES = frozenset(
    {"response_contrast", "score_contrast", "between_regimens", "time_to_next", "sequences"}
)


def _find(
    engine: Engine,
    tables: StudyTables,
    *,
    measure: str,
    unit: Unit,
    rule: str | None,
    where: Mapping[str, str] = _NO_FILTER,
    by: str = "",
    reading: Reading = _EVERY_PAIR,
    level: str | None = None,
) -> list[Estimate]:
    definition, rule = _look_up(measure, unit, rule)
    if definition.kind == "survival":
        _require_known_at_start(measure, (*where, *([by] if by else [])))
    # Levels of a category can be counted one at a time; those of other measures come together.
    level = level if definition.kind == "category" else None
    key = (measure, unit, rule, tuple(sorted(where.items())), by, reading, level)
    if key not in tables.memo and definition.kind in LABORATORY_KINDS:
        tables.memo[key] = _estimate_laboratory(engine, tables, definition, where, by)
    if key not in tables.memo and definition.kind in CAUSALITY_KINDS:
        tables.memo[key] = _estimate_causality(engine, tables, definition, where, by)
    if key not in tables.memo and definition.kind in RATE_KINDS:
        tables.memo[key] = _estimate_rates(engine, tables, definition, rule, where, by, reading)
    if key not in tables.memo:
        column = definition.variable
        # The longest of several values is taken of the values, which may be unknown, not of one pair.
        is_any = (
            definition.kind == "survival"
            or (definition.kind == "number" and rule == "longest")
            # The best of several answers is yes when any of them is.
            or (definition.kind == "response" and compute_picking_rule(rule) == "best")
        )
        picked = "any" if is_any or definition.kind in _PICK_THEMSELVES else rule
        selection = build_selection(
            unit=unit,
            rule=picked,
            column=column,
            where=where,
            by=by,
            reading=reading,
            every_kind=rule.startswith(DATED_RULES),
        )
        tables.memo[key] = _estimate(engine, tables, definition, unit, rule, selection, by, level)
    found = cast("list[Estimate]", tables.memo[key])
    group = " & ".join(f"{name}={level}" for name, level in sorted(where.items()))
    return [_in_group(e, group) if group else e for e in found]


def _look_up(measure: str, unit: Unit, rule: str | None) -> tuple[Measure, str]:
    if measure not in MEASURES:
        msg = f"`{measure}` is not a measure; known: {', '.join(sorted(MEASURES))}."
        raise UsageError(msg)
    definition = MEASURES[measure]
    if unit not in definition.rules:
        msg = f"`{measure}` has no unit of analysis `{unit}`; it has: {', '.join(definition.rules)}."
        raise UsageError(msg)
    rules = (*definition.rules[unit], *definition.dated_rules.get(unit, ()))
    if rule is not None and rule not in rules:
        msg = (
            f"`{measure}` has no rule `{rule}` for the unit `{unit}`; it has: {', '.join(map(repr, rules))}."
        )
        raise UsageError(msg)
    return definition, rules[0] if rule is None else rule


def _require_known_at_start(measure: str, variables: Collection[str]) -> None:
    for name in variables:
        if name in VARIABLES and name not in KNOWN_AT_START:
            msg = (
                f"`{measure}` has no groups by `{name}`, which is known only once the combination has begun: "
                "who is in a group must be known on the first day. Known then: "
                f"{', '.join(sorted(KNOWN_AT_START))}."
            )
            raise UsageError(msg)


def _in_group(one: Estimate, filters: str) -> Estimate:
    parts = sorted(part for part in (*filters.split(" & "), one.group) if part)
    return replace(one, group=" & ".join(parts))


def _estimate(
    engine: Engine,
    tables: StudyTables,
    measure: Measure,
    unit: Unit,
    rule: str,
    selection: Selection,
    by: str,
    level: str | None,
) -> list[Estimate]:
    label = f"{by}=" if by else ""
    if measure.kind == "units":
        return estimate_units(engine, measure, unit=unit, selection=selection, label=label)
    if measure.kind == "events":
        return estimate_events(engine, measure, selection=selection, label=label)
    if measure.kind == "number":
        return estimate_number(
            engine, measure, unit=unit, rule=rule, selection=selection, label=label, seed=tables.seed
        )
    if measure.needs_dates and not tables.is_dated:
        return []
    if measure.kind == "survival":
        return _estimate_survival(engine, tables, measure, unit, rule, selection, label)
    estimate_kind = _BY_KIND.get(measure.kind, partial(estimate_category, level=level))
    return estimate_kind(
        engine, measure, unit=unit, rule=rule, selection=selection, label=label, tables=tables
    )


_BY_KIND = {
    "response": estimate_responses,
    "response_contrast": estimate_response_contrast,
    "score_contrast": estimate_score_contrast,
    "between_regimens": estimate_between_regimens,
    "time_to_next": estimate_time_to_next,
    "sequences": estimate_sequences,
}


def _estimate_rates(
    engine: Engine,
    tables: StudyTables,
    measure: Measure,
    rule: str,
    where: Mapping[str, str],
    by: str,
    reading: Reading,
) -> list[Estimate]:
    """Time at risk and rates: by what was taken where days are known, else over the courses."""
    if tables.is_dated and measure.kind == "rate_ratio":
        _require_no_filter(measure, where, by)
        return estimate_rate_ratios(engine, measure, rule=rule, event_variable=by, tables=tables)
    if tables.is_dated:
        return estimate_event_rates(engine, measure, tables=tables, where=where, by=by)
    names = by.split(" & ") if by else []
    of_events = next((name for name in names if name in EVENT_CLASSES), "")
    of_pairs = " & ".join(name for name in names if name != of_events)
    selection = build_selection(
        unit="course", rule="any", column="", where=where, by=of_pairs, reading=reading
    )
    if measure.kind == "event_proportion":
        flag = replace(measure, kind="flag", variable="has_adverse_event")
        return estimate_category(
            engine, flag, unit="patient", rule=rule, selection=selection, label="", tables=tables
        )
    return estimate_declared_rates(
        engine,
        measure,
        rule=rule,
        selection=selection,
        by=of_pairs,
        event_variable=of_events,
        tables=tables,
    )


def _estimate_causality(
    engine: Engine, tables: StudyTables, measure: Measure, where: Mapping[str, str], by: str
) -> list[Estimate]:
    """Which drug was blamed, and what is said of it; what dates say needs them."""
    if measure.needs_dates and not tables.is_dated:
        return []
    if measure.kind == "agreement":
        return estimate_agreements(engine, measure)
    return estimate_attributions(engine, measure, tables=tables, where=where, by=by)


def _estimate_laboratory(
    engine: Engine, tables: StudyTables, measure: Measure, where: Mapping[str, str], by: str
) -> list[Estimate]:
    """Laboratory values and their grades; a case table has no values with dates."""
    if not tables.is_dated:
        return []
    if measure.kind == "laboratory_value":
        if where or by != "month & test":
            msg = f"`{measure.name}` is computed by `month & test` only."
            raise UsageError(msg)
        return estimate_laboratory_values(engine, measure, tables)
    return estimate_laboratory(engine, measure, tables=tables, where=where, by=by)


def _require_no_filter(measure: Measure, where: Mapping[str, str], by: str) -> None:
    if where or by not in ("", *measure.dated_groups):
        known = ", ".join(measure.dated_groups)
        msg = (
            f"`{measure.name}` compares the whole study's exposure states; it has no filter, "
            f"and groups by {known}."
        )
        raise UsageError(msg)


def _estimate_survival(
    engine: Engine,
    tables: StudyTables,
    measure: Measure,
    unit: Unit,
    rule: str,
    selection: Selection,
    label: str,
) -> list[Estimate]:
    with build_lifetimes(
        engine,
        selection,
        unit=unit,
        rule=rule,
        is_dated=rule.startswith(DATED_RULES),
        min_overlap=tables.min_overlap,
    ) as lifetimes:
        about = About(measure.name, unit, rule, label)
        if measure.name == "drug_survival":
            return estimate_drug_survival(lifetimes, about, tables.months)
        if measure.name == "drug_survival_curve":
            return estimate_survival_curve(lifetimes, about)
        if measure.name == "hazard_ratio":
            return estimate_hazard_ratios(lifetimes, about, p_values=tables.p_values)
        months = tables.months if measure.name == "end_reason_incidence" else None
        return estimate_end_reasons(lifetimes, about, months)


def estimate_study(
    engine: Engine, tables: StudyTables, *, leave_out: Collection[str] = (), progress: Progress = SILENT
) -> Result:
    """Every measure of the registry, in each of its units and rules, whole and by group.

    Parameters
    ----------
    engine
        Holds the study's tables.
    tables
        How numbers are computed.
    leave_out
        Measures that the study's source cannot give.
    progress
        Called before each measure in one unit, rule and grouping.
    """
    asked: list[tuple[str, Unit, str, str]] = [
        (measure.name, unit, rule, by)
        for measure in MEASURES.values()
        if measure.name not in leave_out
        for unit, rules in measure.rules_of(is_dated=tables.is_dated).items()
        for rule in rules
        for by in (*([""] if measure.is_pooled else []), *measure.groups_of(is_dated=tables.is_dated))
    ]

    def find() -> Iterator[list[Estimate]]:
        for done, (name, unit, rule, by) in enumerate(asked):
            progress("Computing the results", done, len(asked))
            yield _find(engine, tables, measure=name, unit=unit, rule=rule, by=by)

    return Result.of(chain.from_iterable(find()))
