"""The comparison with the oracle can fail: a rule that is broken on purpose is noticed.

Each fault changes one place of one text. When a text is rewritten, its fault is named anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import pytest

from cotreat.engine import DuckDBEngine, Scalar, TableName
from cotreat.errors import CotreatError
from oracle.records import Parameters, Patient
from property.test_engines import Answers, invented_patients, invented_protocols
from spec.case import PlainStudy
from spec.dated_episodes import DatedEpisodes
from spec.doses import doses
from spec.engines import run_step_on_engine
from spec.steps import STEP_COLUMNS
from spec.table import difference

PATIENTS = 400
# Views that the broken texts make, and their reconciliation; what is built from them need not be asked.
SHOWN_IN = ("eras", "pairs", "courses", "doses", "states", "lines", "reconciliation")


@dataclass(frozen=True)
class Fault:
    """One place of one step's text, and what stands there instead."""

    step: str
    right: str
    wrong: str

    @property
    def label(self) -> str:
        return f"{self.step}: {self.wrong.strip()}"


FAULTS = (
    # Time: what counts, and until when.
    Fault("observation", "COALESCE(p.death_day, CAST(:cutoff AS BIGINT))", "CAST(:cutoff AS BIGINT)"),
    Fault("ended_exposures", "r.start_day + r.supply_days - 1", "r.start_day + r.supply_days"),
    Fault("ended_exposures", "r.next_start_day - 1", "r.next_start_day"),
    Fault("ended_exposures", "r.start_day + :fixed_days - 1", "r.start_day + :fixed_days"),
    Fault("ended_exposures", "RANGE BETWEEN 1 FOLLOWING", "RANGE BETWEEN CURRENT ROW"),
    Fault("stockpiled_exposures", "SELECT DISTINCT patient_key, drug", "SELECT patient_key, drug"),
    # Pairs: kind, order, end, and what followed.
    Fault(
        "overlapping_eras",
        "c.end_day - c.start_day + 1 >= :min_overlap",
        "c.end_day - c.start_day >= :min_overlap",
    ),
    Fault("overlapping_eras", "p.start_day <= a.end_day", "p.start_day < a.end_day"),
    Fault("overlapping_eras", "b.widest_kind = b.narrowest_kind", "1 = 1"),
    Fault("overlapping_eras", "o.first_day < :washout", "o.first_day <= :washout"),
    Fault(
        "overlapping_eras", "b.anchor_start > :simultaneous_window", "b.anchor_start >= :simultaneous_window"
    ),
    Fault("overlapping_eras", "<= :simultaneous_window THEN 'both", "< :simultaneous_window THEN 'both"),
    Fault("overlapping_eras", "a.end_day + GREATEST(a.risk", "a.end_day + LEAST(a.risk"),
    Fault("next_treatments", "- :min_overlap + 2", "- :min_overlap + 1"),
    Fault(
        "next_treatments",
        "e.start_day <= p.end_day + :switch_window\n    WHERE p.is_ongoing = 0\n),\nfirsts",
        "e.start_day < p.end_day + :switch_window\n    WHERE p.is_ongoing = 0\n),\nfirsts",
    ),
    Fault(
        "next_treatments",
        "o.last_day < p.end_day + :switch_window",
        "o.last_day <= p.end_day + :switch_window",
    ),
    # Courses.
    Fault("pair_courses", "start_day > taken_until", "start_day >= taken_until"),
    Fault("courses", "MAX(is_ongoing) AS is_ongoing", "MIN(is_ongoing) AS is_ongoing"),
    # Doses.
    Fault("dose_steps", "MAX(s.start_day) AS held_since", "MIN(s.start_day) AS held_since"),
    Fault("dose_steps", "e.end_day AS recorded_end_day,", ""),
    Fault("dose_paths", "CASE WHEN COUNT(i.dose_ng_day) = COUNT(*) THEN MAX", "CASE WHEN 1 = 1 THEN MAX"),
)


@cache
def patients_with_doses() -> tuple[Patient, ...]:
    """Those of the cases about doses: supplies that lie in one another are rare among invented patients."""
    people = [patient for case in doses.CASES for patient in case.patients]
    return tuple(replace(patient, name=f"doses {place}") for place, patient in enumerate(people))


@cache
def asked_patients() -> tuple[Patient, ...]:
    return (*patients_with_doses(), *invented_patients()[:PATIENTS])


@cache
def expected_of(protocol: Parameters) -> Answers:
    """What the oracle gives, the same for every fault."""
    study = PlainStudy("invented", asked_patients(), protocol)
    return {step: run_step_on_engine("oracle", [study], step)["invented"] for step in SHOWN_IN}


class BrokenEngine(DuckDBEngine):
    """DuckDB that runs one step with a fault in its text."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.fault = fault
        self.n_broken = 0

    def create(self, name: str, sql: str, params: Mapping[str, Scalar] | None = None) -> TableName:
        if name == self.fault.step and self.fault.right in sql:
            sql = sql.replace(self.fault.right, self.fault.wrong)
            self.n_broken += 1
        return super().create(name, sql, params)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.label)
def test_a_fault_is_noticed(fault: Fault) -> None:
    engine = BrokenEngine(fault)
    asked = DatedEpisodes(engine)
    is_noticed = any(_differs(asked, protocol) for protocol in invented_protocols())
    assert engine.n_broken, f"{fault.step} no longer reads {fault.right!r}: name another fault"
    assert is_noticed


def _differs(asked: DatedEpisodes, protocol: Parameters) -> bool:
    """Whether any step gives something else than the oracle; a refusal is something else, too."""
    expected = expected_of(protocol)
    study = PlainStudy("invented", asked_patients(), protocol)
    try:
        return any(
            difference(asked.rows([study], step)["invented"], expected[step], STEP_COLUMNS[step])
            for step in SHOWN_IN
        )
    except CotreatError:
        return True
