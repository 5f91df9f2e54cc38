"""Exposure states: what a day of follow-up counts as."""

from oracle.days import date_of
from oracle.records import Era, Pair, Parameters, StateInterval


def person_days(eras: list[Era], observed_from: int | None, observation_end: int) -> range:
    """Days of person-time: the first observed day with a role drug, to observation_end."""
    observed = [
        day
        for era in eras
        for day in range(era.start_day, era.end_day + 1)
        if observed_from is None or day >= observed_from
    ]
    return range(min(observed), observation_end + 1) if observed else range(0)


def states_of(
    eras: list[Era],
    pairs: list[Pair],
    parameters: Parameters,
    observed_from: int | None,
    observation_end: int,
) -> list[StateInterval]:
    """Runs of days in one state, cut where a calendar year begins."""
    intervals: list[StateInterval] = []
    for day in person_days(eras, observed_from, observation_end):
        state = state_on(day, eras, pairs, parameters)
        previous = intervals[-1] if intervals else None
        if previous and previous.state == state and date_of(day).year == date_of(day - 1).year:
            intervals[-1] = StateInterval(previous.start_day, day, state)
        else:
            intervals.append(StateInterval(day, day, state))
    return intervals


def state_on(day: int, eras: list[Era], pairs: list[Pair], parameters: Parameters) -> str:
    """The first that holds: combination, what is taken, what ended last, none."""
    if any(pair.start_day <= day <= pair.end_day + risk_of_pair(pair, parameters) for pair in pairs):
        return "combination"
    followed = [era for era in eras if parameters.role(era.drug) in ("anchor", "partner")]
    for era in followed:
        if era.covers(day):  # anchor and partner on one day would be a pair
            return f"{parameters.role(era.drug)}_only"
    ended = [era for era in followed if era.end_day < day]
    last_end = max((era.end_day for era in ended), default=None)
    for era in ended:
        if era.end_day == last_end and day <= era.end_day + parameters.risk(era.drug):
            return f"{parameters.role(era.drug)}_only"
    return "none"


def risk_of_pair(pair: Pair, parameters: Parameters) -> int:
    """The risk window of the drug whose stop ended the pair; the longer one if both did that day."""
    eras = (pair.anchor_era, pair.partner_era)
    return max(parameters.risk(era.drug) for era in eras if era.end_day == pair.end_day)
