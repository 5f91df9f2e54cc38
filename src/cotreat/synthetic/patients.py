"""Invented patients, from one number to another: what happened to them and what was written down."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from cotreat.engine import DuckDBEngine, Scalar
from cotreat.errors import UsageError
from cotreat.readers.cells import compute_day
from cotreat.synthetic.plan import compute_seed, read_clinic
from cotreat.synthetic.scenarios import read_scenarios

# In this order: each reads some of those before it.
WORKING_TABLES = (
    "patients",
    "eras",
    "exposures",
    "pairs",
    "courses",
    "assessments",
    "laboratory",
    "adverse_events",
    "conditions",
    "prior_therapies",
)
_READ_BY_OTHERS = ("patients", "eras", "pairs")
_FEWEST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class StudySize:
    """How many patients an invented study has, and the seed that says which.

    Raises
    ------
    UsageError
        There is no patient, or the seed is negative.
    """

    n_patients: int
    seed: int

    def __post_init__(self) -> None:
        """Refuse what cannot be invented."""
        if self.n_patients < 1:
            msg = f"`n_patients` is {self.n_patients}; a study has at least 1 patient."
            raise UsageError(msg)
        if self.seed < 0:
            msg = f"`seed` is {self.seed}; it must not be negative."
            raise UsageError(msg)


def compute_first_identifier(size: StudySize) -> int:
    """A number to which those of the patients are added, so that all have as many digits."""
    return 10 ** max(_FEWEST_DIGITS, len(str(size.n_patients)))


def read_synthetic_cutoff() -> date:
    """The last day on which anything was recorded of an invented patient."""
    cutoff: date = read_clinic()["cutoff"]
    return cutoff


def read_synthetic_reasons() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """By level, how invented records write why a drug was started, and why it was stopped."""
    reasons = read_clinic()["reasons"]
    return reasons["started"], reasons["ended"]


def build_invented_patients(
    engine: DuckDBEngine,
    size: StudySize,
    *,
    first: int,
    last: int,
    wanted: Collection[str] = WORKING_TABLES,
) -> tuple[str, ...]:
    """The patients with the numbers `first` to `last` of a study, as working tables; their names.

    Parameters
    ----------
    engine
        Where the plan (:func:`~cotreat.synthetic.plan.build_plan`) is.
    size
        The whole study; identifiers have digits for all its patients.
    first, last
        Numbers of patients, counted from 1.
    wanted
        Which of the working tables are asked for; those that others read are always made.
    """
    clinic = read_clinic()
    values: dict[str, Scalar] = {
        "first_patient": first,
        "last_patient": last,
        "first_id": compute_first_identifier(size),
        "seed": compute_seed(size.seed),
        "cutoff": compute_day(read_synthetic_cutoff()),
        "scenario_slots": sum(scenario.weight for scenario in read_scenarios()),
        "diseases": len(clinic["disease"]),
        "reasons_started": len(clinic["reasons"]["started"]),
        "reasons_ended": len(clinic["reasons"]["ended"]),
    }
    made = [name for name in WORKING_TABLES if name in wanted or name in _READ_BY_OTHERS]
    for name in made:
        sql = files("cotreat.synthetic").joinpath(f"{name}.sql").read_text(encoding="utf-8")
        engine.create(f"synthetic_{name}", sql, values)
    return tuple(f"synthetic_{name}" for name in made)
