"""Pairs: an anchor era and a partner era with at least one common day."""

from oracle.records import Era, Pair, Parameters


def pairs_of(
    eras: list[Era], parameters: Parameters, first_observed_day: int | None, observation_end: int
) -> list[Pair]:
    """Pairs of every kind, by start and drugs."""
    pairs = []
    for anchor in eras:
        for partner in eras:
            if parameters.role(anchor.drug) != "anchor" or parameters.role(partner.drug) != "partner":
                continue
            common = common_days(_widest(anchor), _widest(partner))
            if not common:
                continue
            pairs.append(
                Pair(
                    anchor_era=anchor,
                    partner_era=partner,
                    start_day=common[0],
                    end_day=common[-1],
                    is_ongoing=anchor.is_ongoing and partner.is_ongoing,
                    kind=_kind(anchor, partner, parameters),
                    is_short_course=len(common) < parameters.min_overlap,
                    order=_order(anchor, partner, parameters, first_observed_day),
                    lead_days=partner.start_day - anchor.start_day,
                    end=_end(anchor, partner, parameters),
                    next_treatment=_next_treatment(
                        anchor, partner, common[-1], eras, parameters, observation_end
                    ),
                )
            )
    return sorted(pairs, key=lambda p: (p.start_day, p.anchor_era.drug, p.partner_era.drug))


def common_days(one: range, other: range) -> list[int]:
    """The days that two intervals share."""
    return [day for day in one if day in other]


def _widest(era: Era) -> range:
    return range(era.start_day, era.end_day + 1)


def _narrowest(era: Era) -> range:
    """The days that are certain; none when the latest start is after the earliest end."""
    return range(era.latest_start_day, era.earliest_end_day + 1)


def _kind(anchor: Era, partner: Era, parameters: Parameters) -> str:
    both_ongoing = anchor.is_ongoing and partner.is_ongoing
    readings = [
        _kind_of_reading(anchor_days, partner_days, both_ongoing, parameters.min_overlap)
        for anchor_days, partner_days in (
            (_widest(anchor), _widest(partner)),
            (_narrowest(anchor), _narrowest(partner)),
        )
    ]
    return readings[0] if readings[0] == readings[1] else "undetermined"


def _kind_of_reading(anchor: range, partner: range, both_ongoing: bool, min_overlap: int) -> str:
    common = common_days(anchor, partner)
    if not common:
        return "no overlap"
    if len(common) >= min_overlap:
        return "combination"
    if both_ongoing:
        return "undetermined"
    if len(common) == len(anchor) or len(common) == len(partner):  # every day of one is in the other
        return "short_course"
    return "crossover"


def _order(anchor: Era, partner: Era, parameters: Parameters, first_observed_day: int | None) -> str:
    for era in (anchor, partner):
        # Fewer than `washout` days were watched before it: it may have been going on already.
        if first_observed_day is not None and era.start_day - first_observed_day < parameters.washout:
            return "unknown"
    lead_days = partner.start_day - anchor.start_day
    if lead_days > parameters.simultaneous_window:
        return "add_on"
    if lead_days < -parameters.simultaneous_window:
        return "anchor_added"
    return "simultaneous"


def _end(anchor: Era, partner: Era, parameters: Parameters) -> str:
    if anchor.is_ongoing and partner.is_ongoing:
        return "ongoing"
    if anchor.is_ongoing:
        return "partner_stopped"
    if partner.is_ongoing:
        return "anchor_stopped"
    if abs(anchor.end_day - partner.end_day) <= parameters.simultaneous_window:
        return "both_stopped"
    return "partner_stopped" if partner.end_day < anchor.end_day else "anchor_stopped"


def _next_treatment(
    anchor: Era, partner: Era, end_day: int, eras: list[Era], parameters: Parameters, observation_end: int
) -> str:
    own = (anchor.drug, partner.drug)
    earliest, latest = end_day - parameters.min_overlap + 2, end_day + parameters.switch_window
    followers = [
        era
        for era in eras
        if era.drug not in own
        and parameters.role(era.drug) is not None
        and era.end_day > end_day
        and earliest <= era.start_day <= latest
    ]
    if followers:
        first = min(era.start_day for era in followers)
        near = {era.drug for era in followers if era.start_day - first <= parameters.simultaneous_window}
        return " + ".join(sorted(near))
    if any(era.drug in own and end_day < era.start_day <= latest for era in eras):
        return "restart"
    return "none" if observation_end >= latest else "not_observed"
