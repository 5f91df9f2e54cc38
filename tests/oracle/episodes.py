"""Everything for one patient, in the order in which one thing is built from another."""

from functools import lru_cache

from oracle.courses import courses_of
from oracle.eras import eras_of
from oracle.exposures import attrition_of, first_observed_day_of, observation_end_of, supplies_of
from oracle.lines import lines_of
from oracle.pairs import pairs_of
from oracle.records import Episodes, Parameters, Patient
from oracle.segments import segments_of
from oracle.states import states_of


@lru_cache(maxsize=3_000)  # kept for the other steps and for the rates
def episodes_of_patient(patient: Patient, parameters: Parameters) -> Episodes:
    """Eras, segments, pairs, courses, states and lines of one patient."""
    observation_end = observation_end_of(patient, parameters.cutoff)
    followed = [e for e in patient.exposures if parameters.role(e.drug) is not None]
    supplies = supplies_of(
        followed, observation_end, no_end=parameters.no_end, stockpiling=parameters.stockpiling
    )
    eras = eras_of(supplies, parameters, observation_end)
    pairs = pairs_of(eras, parameters, first_observed_day_of(patient), observation_end)
    return Episodes(
        observation_end=observation_end,
        attrition=attrition_of(patient, parameters, observation_end),
        eras=eras,
        segments=segments_of(eras),
        pairs=pairs,
        courses=courses_of(pairs, parameters),
        states=states_of(eras, pairs, parameters, patient.observed_from, observation_end),
        lines=lines_of(eras, parameters),
        supplies=supplies,
    )
