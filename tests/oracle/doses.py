"""The dose of one drug over the supplied days of an interval, in ng per day."""

from fractions import Fraction

from oracle.records import DosePath, Supply


def dose_path(supplies: list[Supply], drug: str, days: range) -> DosePath:
    """The dose over the supplied days of an interval; bridged days are not supplied."""
    of_drug = [supply for supply in supplies if supply.drug == drug]
    supplied = [day for day in days if any(supply.covers(day) for supply in of_drug)]
    doses = [dose_on(day, of_drug) for day in supplied]
    if not doses:
        return DosePath(0, None, None, None, None, None)
    known = [dose for dose in doses if dose is not None]
    if len(known) < len(doses):  # one unknown day leaves the whole unknown
        return DosePath(len(doses), doses[0], doses[-1], None, None, None)
    mean = Fraction(sum(known), len(known))
    return DosePath(len(known), known[0], known[-1], max(known), mean, sum(known))


def dose_on(day: int, supplies: list[Supply]) -> int | None:
    """The dose of a supplied day: of what started latest; what started together adds up."""
    covering = [supply for supply in supplies if supply.covers(day)]
    latest = max(supply.start_day for supply in covering)
    # Exact duplicates, as recorded, count once.
    together = {
        (supply.recorded_end_day, supply.end_rule, supply.dose_ng_day)
        for supply in covering
        if supply.start_day == latest
    }
    known = [dose for _, _, dose in together if dose is not None]
    return sum(known) if len(known) == len(together) else None
