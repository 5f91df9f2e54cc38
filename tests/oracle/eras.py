"""Eras: exposures to one drug, joined while few enough days between them are uncovered."""

from collections.abc import Iterable

from oracle.records import Era, Parameters, Supply


def eras_of(supplies: Iterable[Supply], parameters: Parameters, observation_end: int) -> list[Era]:
    """Eras of every drug, by drug and start."""
    supplies = list(supplies)
    eras = []
    for drug in sorted({supply.drug for supply in supplies}):
        of_drug = [supply for supply in supplies if supply.drug == drug]
        eras += _eras_of_drug(of_drug, parameters.grace(drug), observation_end)
    return eras


def days_taken(supplies: list[Supply], grace_period: int) -> set[int]:
    """Days on which the drug is taken: covered, or in a gap of at most grace_period uncovered days."""
    covered = {day for supply in supplies for day in range(supply.start_day, supply.end_day + 1)}
    taken = set(covered)
    gap: list[int] = []
    for day in range(min(covered), max(covered) + 1):
        if day not in covered:
            gap.append(day)
            continue
        if len(gap) <= grace_period:
            taken.update(gap)
        gap = []
    return taken


def runs_of(days: set[int]) -> list[tuple[int, int]]:
    """Maximal runs of consecutive days, as first and last day."""
    runs: list[tuple[int, int]] = []
    for day in sorted(days):
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _eras_of_drug(supplies: list[Supply], grace_period: int, observation_end: int) -> list[Era]:
    eras = []
    for first, last in runs_of(days_taken(supplies, grace_period)):
        members = [supply for supply in supplies if first <= supply.start_day <= last]
        last_to_end = [supply for supply in members if supply.end_day == last]
        is_ongoing = any(supply.is_ongoing for supply in members)
        earliest_end = max(supply.earliest_end_day for supply in members)
        # A stop recorded on the same day is known; an end inferred from supply is only supposed.
        inferred = all(supply.end_rule == "supply" for supply in last_to_end)
        if not is_ongoing and inferred and observation_end - last <= grace_period:
            is_ongoing = True
            earliest_end = observation_end
        eras.append(
            Era(
                drug=members[0].drug,
                start_day=first,
                end_day=observation_end if is_ongoing else last,
                is_ongoing=is_ongoing,
                latest_start_day=min(supply.latest_start_day for supply in members),
                earliest_end_day=earliest_end,
            )
        )
    return eras
