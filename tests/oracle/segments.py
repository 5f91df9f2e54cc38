"""Segments: maximal runs of days on which the same role drugs are taken."""

from oracle.records import Era, Segment


def drugs_taken(eras: list[Era], day: int) -> frozenset[str]:
    """The drugs that are being taken on a day."""
    return frozenset(era.drug for era in eras if era.covers(day))


def segments_of(eras: list[Era]) -> list[Segment]:
    """Segments of role-drug eras; a day without any is in none."""
    if not eras:
        return []
    segments: list[Segment] = []
    for day in range(min(era.start_day for era in eras), max(era.end_day for era in eras) + 1):
        drugs = drugs_taken(eras, day)
        if not drugs:
            continue
        previous = segments[-1] if segments else None
        if previous and previous.end_day == day - 1 and previous.drugs == drugs:
            segments[-1] = Segment(previous.start_day, day, drugs)
        else:
            segments.append(Segment(day, day, drugs))
    return segments
