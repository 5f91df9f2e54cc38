"""After a pair ended: day by day until something followed, and visit by visit on the anchor alone."""

from dataclasses import dataclass

from oracle.judgements import judged_combined
from oracle.records import Episodes, Pair, Parameters, Patient


@dataclass(frozen=True)
class FollowUp:
    """How long nothing followed a pair, what then did, and whether its response held."""

    pair: Pair
    days: int
    kind: int
    held: str | None


def followups_of(patient: Patient, episodes: Episodes, parameters: Parameters) -> list[FollowUp]:
    """Of each counted pair that ended."""
    return [
        FollowUp(
            pair, *_following(pair, patient, episodes, parameters), _held(pair, patient, episodes, parameters)
        )
        for pair in episodes.pairs
        if pair.kind in parameters.counted_kinds and pair.end != "ongoing"
    ]


def _following(pair: Pair, patient: Patient, episodes: Episodes, parameters: Parameters) -> tuple[int, int]:
    own = (pair.anchor_era.drug, pair.partner_era.drug)
    eras = [era for era in episodes.eras if era.end_day > pair.end_day]
    bridges = [
        era
        for era in eras
        if era.drug not in own and pair.end_day - parameters.min_overlap + 2 <= era.start_day <= pair.end_day
    ]
    if bridges:
        return 0, 1
    for day in range(pair.end_day + 1, episodes.observation_end + 1):
        started = {era.drug for era in eras if era.start_day == day}
        if started - set(own):
            return day - pair.end_day, 1
        if started:
            return day - pair.end_day, 2
    died = patient.death_day == episodes.observation_end
    return episodes.observation_end - pair.end_day, 3 if died else 0


def _held(pair: Pair, patient: Patient, episodes: Episodes, parameters: Parameters) -> str | None:
    if pair.end != "partner_stopped":
        return None
    if judged_combined(pair, patient.assessments, parameters) != "complete":
        return None
    answers = [
        visit.response == "complete"
        for visit in patient.assessments
        if pair.end_day < visit.day <= pair.anchor_era.end_day
        and visit.response in ("complete", "partial", "none")
        and visit.context != "combination"
        and not any(
            parameters.role(era.drug) == "partner" and era.start_day < visit.day <= era.end_day
            for era in episodes.eras
        )
    ]
    if not answers:
        return None
    return "yes" if all(answers) else "no"
