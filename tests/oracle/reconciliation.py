"""How many days each view holds, and where the difference goes, counted day by day."""

from collections.abc import Iterator

from oracle.eras import days_taken
from oracle.records import Episodes, Parameters
from oracle.segments import drugs_taken
from oracle.states import person_days

Items = dict[tuple[str, str, str], int]


def reconciliation_of(episodes: Episodes, parameters: Parameters, observed_from: int | None) -> Items:
    """Days of one patient by step (from view, to view) and item; an item without days is 0."""
    return dict(_items(episodes, parameters, observed_from))


def _items(
    episodes: Episodes, parameters: Parameters, observed_from: int | None
) -> Iterator[tuple[tuple[str, str, str], int]]:
    supplied, covered, taken = _supplies(episodes, parameters)
    era_days = sum(era.days for era in episodes.eras)
    yield ("exposures", "eras", "from"), supplied
    yield ("exposures", "eras", "supplied_twice"), covered - supplied
    yield ("exposures", "eras", "bridged"), taken - covered
    yield ("exposures", "eras", "taken_as_ongoing"), era_days - taken
    yield ("exposures", "eras", "to"), era_days

    drugs = _drugs_by_day(episodes)
    treated = len(drugs)
    yield ("eras", "segments", "from"), era_days
    yield ("eras", "segments", "beside_another_drug"), -sum(len(on_day) - 1 for on_day in drugs.values())
    yield ("eras", "segments", "to"), treated

    pairs_on = {day: _pairs_among(on_day, parameters) for day, on_day in drugs.items()}
    pair_days = sum(len(pair.days) for pair in episodes.pairs)
    yield ("segments", "pairs", "from"), treated
    yield ("segments", "pairs", "not_combined"), -sum(n == 0 for n in pairs_on.values())
    yield ("segments", "pairs", "in_parallel_pairs"), sum(n - 1 for n in pairs_on.values() if n)
    yield ("segments", "pairs", "to"), pair_days

    counted = [pair for pair in episodes.pairs if pair.kind in parameters.counted_kinds]
    counted_days = sum(len(pair.days) for pair in counted)
    course_days = len({(pair.anchor_era.drug, day) for pair in counted for day in pair.days})
    yield ("pairs", "courses", "from"), pair_days
    yield ("pairs", "courses", "kind_not_counted"), counted_days - pair_days
    yield ("pairs", "courses", "in_parallel_pairs"), course_days - counted_days
    yield ("pairs", "courses", "to"), course_days

    in_lines = [day for line in episodes.lines for day in range(line.start_day, line.end_day + 1)]
    yield ("segments", "lines", "from"), treated
    yield ("segments", "lines", "short_untreated_gaps"), sum(day not in drugs for day in in_lines)
    yield ("segments", "lines", "to"), len(in_lines)

    observed = person_days(episodes.eras, observed_from, episodes.observation_end)
    last_treated = max(drugs, default=0)
    untreated = [day for day in observed if day not in drugs]
    yield ("segments", "states", "from"), treated
    yield ("segments", "states", "not_observed"), -sum(day not in observed for day in drugs)
    yield ("segments", "states", "untreated_between"), sum(day < last_treated for day in untreated)
    yield ("segments", "states", "untreated_after"), sum(day > last_treated for day in untreated)
    yield ("segments", "states", "to"), len(observed)

    combined = [day for day, n in pairs_on.items() if n]
    at_risk = [
        day
        for state in episodes.states
        if state.state == "combination"
        for day in range(state.start_day, state.end_day + 1)
    ]
    yield ("combined", "combination", "from"), len(combined)
    yield ("combined", "combination", "not_observed"), -sum(day not in observed for day in combined)
    yield ("combined", "combination", "risk_window"), sum(not pairs_on.get(day) for day in at_risk)
    yield ("combined", "combination", "to"), len(at_risk)


def _supplies(episodes: Episodes, parameters: Parameters) -> tuple[int, int, int]:
    """Days supplied, counted for each supply; once for each drug; and with bridged gaps."""
    supplied = covered = taken = 0
    for drug in {supply.drug for supply in episodes.supplies}:
        of_drug = [supply for supply in episodes.supplies if supply.drug == drug]
        spans = {(supply.start_day, supply.end_day) for supply in of_drug}
        supplied += sum(end - start + 1 for start, end in spans)
        covered += len({day for start, end in spans for day in range(start, end + 1)})
        taken += len(days_taken(of_drug, parameters.grace(drug)))
    return supplied, covered, taken


def _drugs_by_day(episodes: Episodes) -> dict[int, frozenset[str]]:
    days = {day for era in episodes.eras for day in range(era.start_day, era.end_day + 1)}
    return {day: drugs_taken(episodes.eras, day) for day in days}


def _pairs_among(drugs: frozenset[str], parameters: Parameters) -> int:
    """How many pairs of an anchor and a partner there are."""
    roles = [parameters.role(drug) for drug in drugs]
    return roles.count("anchor") * roles.count("partner")
