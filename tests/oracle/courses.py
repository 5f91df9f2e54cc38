"""Courses: counted pairs of one anchor drug that are linked by common days."""

from oracle.records import Course, Pair, Parameters

# When several pairs start (or end) on the course's own first (or last) day and differ,
# the first of these that any of them has is the course's.
ORDERS = ("add_on", "anchor_added", "simultaneous", "unknown")
ENDS = ("ongoing", "both_stopped", "partner_stopped", "anchor_stopped")


def courses_of(pairs: list[Pair], parameters: Parameters) -> list[Course]:
    """Courses, by start and anchor."""
    counted = [pair for pair in pairs if pair.kind in parameters.counted_kinds]
    courses = []
    for anchor in sorted({pair.anchor_era.drug for pair in counted}):
        of_anchor = [pair for pair in counted if pair.anchor_era.drug == anchor]
        courses += [_course(anchor, linked) for linked in _linked(of_anchor)]
    return sorted(courses, key=lambda course: (course.start_day, course.anchor))


def _linked(pairs: list[Pair]) -> list[list[Pair]]:
    """Groups of pairs; two pairs that share a day are in the same group."""
    groups: list[list[Pair]] = []
    for pair in pairs:
        sharing = [group for group in groups if any(_share_a_day(pair, other) for other in group)]
        groups = [group for group in groups if group not in sharing]
        groups.append([pair, *(other for group in sharing for other in group)])
    return groups


def _share_a_day(one: Pair, other: Pair) -> bool:
    return any(day in other.days for day in one.days)


def _course(anchor: str, pairs: list[Pair]) -> Course:
    days = {day for pair in pairs for day in pair.days}
    first = [pair.order for pair in pairs if pair.start_day == min(days)]
    last = [pair.end for pair in pairs if pair.end_day == max(days)]
    return Course(
        anchor=anchor,
        pairs=tuple(sorted(pairs, key=lambda p: (p.start_day, p.partner_era.drug))),
        partners=frozenset(pair.partner_era.drug for pair in pairs),
        start_day=min(days),
        end_day=max(days),
        duration_days=len(days),
        is_ongoing=any(pair.is_ongoing for pair in pairs),
        order=next(order for order in ORDERS if order in first),
        end=next(end for end in ENDS if end in last),
    )
