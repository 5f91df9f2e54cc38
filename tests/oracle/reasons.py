"""Recorded reasons: why a pair began and why it ended."""

from collections.abc import Iterable

from oracle.records import Era, Pair, Parameters, Supply

_END_ORDER = ("adverse_event", "ineffectiveness", "remission", "any other", "death")


def reason_started_of(pair: Pair, supplies: list[Supply], parameters: Parameters) -> str | None:
    """The reason recorded where the drug that came last was started."""
    anchor, partner = pair.anchor_era, pair.partner_era
    later = max(anchor.start_day, partner.start_day)
    # Two starts within the window are one event.
    last = [era for era in (anchor, partner) if later - era.start_day <= parameters.simultaneous_window]
    found = {
        supply.reason_started
        for era in last
        for supply in supplies
        if supply.drug == era.drug and supply.start_day == era.start_day and supply.reason_started
    }
    return min(found, key=lambda reason: _place(reason, parameters.reasons_started), default=None)


def end_reasons_of(
    pair: Pair, supplies: list[Supply], death_day: int | None, parameters: Parameters
) -> tuple[str | None, str | None]:
    """The first and the second of the reasons recorded where the drug that went first was stopped."""
    if pair.end == "ongoing":
        return ("death" if death_day == pair.end_day else None), None
    stopped = {
        "partner_stopped": (pair.partner_era,),
        "anchor_stopped": (pair.anchor_era,),
        "both_stopped": (pair.anchor_era, pair.partner_era),
    }[pair.end]
    reasons = sorted(
        _recorded_at_end(stopped, supplies),
        key=lambda reason: (_end_place(reason), _place(reason, parameters.end_reasons)),
    )
    return (*reasons, None, None)[0], (*reasons, None, None)[1]


def _recorded_at_end(eras: Iterable[Era], supplies: list[Supply]) -> set[str]:
    return {
        supply.end_reason
        for era in eras
        for supply in supplies
        if supply.drug == era.drug and supply.end_day == era.end_day and supply.end_reason
    }


def _end_place(reason: str) -> int:
    return _END_ORDER.index(reason if reason in _END_ORDER else "any other")


def _place(reason: str, order: tuple[str, ...]) -> tuple[int, str]:
    return (order.index(reason) if reason in order else len(order)), reason
