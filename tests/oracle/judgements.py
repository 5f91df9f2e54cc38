"""Recorded judgements: the response on the anchor alone, and on the combination, visit by visit."""

from oracle.records import Assessment, Era, Pair, Parameters

# From the most to the least favourable.
_ORDER = ("complete", "partial", "none")


def judged_combined(pair: Pair, visits: tuple[Assessment, ...], parameters: Parameters) -> str | None:
    """The judgement on the combination: after its first day, or on it if the record says so."""
    found = [
        visit
        for visit in visits
        if visit.day in pair.days
        and visit.response
        and visit.context != "monotherapy"
        and (visit.day > pair.start_day or visit.context == "combination")
    ]
    return _one_of(found, parameters.judgement)


def judged_alone(
    pair: Pair, eras: list[Era], visits: tuple[Assessment, ...], parameters: Parameters
) -> str | None:
    """The judgement on the anchor alone, before the partner was added to it."""
    if pair.lead_days <= parameters.simultaneous_window:
        return None
    days_before = range(pair.anchor_era.start_day + 1, pair.start_day + 1)
    found = [
        visit
        for visit in visits
        if visit.day in days_before
        and visit.response
        and visit.context != "combination"
        and (visit.context == "monotherapy" or not _has_partner(visit.day, eras, parameters))
    ]
    return _one_of(found, parameters.judgement)


def _has_partner(day: int, eras: list[Era], parameters: Parameters) -> bool:
    """Whether a partner drug works on a day; on the day it starts it does not yet."""
    return any(
        era.covers(day) and day != era.start_day for era in eras if parameters.role(era.drug) == "partner"
    )


def _one_of(visits: list[Assessment], which: str) -> str | None:
    if not visits:
        return None
    if which == "last":
        last_day = max(visit.day for visit in visits)
        visits = [visit for visit in visits if visit.day == last_day]
    made = sorted((v.response for v in visits if v.response in _ORDER), key=_ORDER.index)
    if not made:
        return "unassessable"
    return made[0] if which == "best" else made[-1]
