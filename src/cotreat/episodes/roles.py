"""Who is who: the drugs that a study follows, each with its role, its number and its windows."""

from collections.abc import Mapping

import pyarrow as pa

from cotreat.engine import Engine, TableName
from cotreat.errors import ProtocolError

MOST_DRUGS = 52  # a sum of so many bits is exact in a double
LONGEST_DAYS = 16_383  # what the sweep of eras has room for, almost 45 years

ROLES = ("anchor", "partner", "concomitant")


def build_roles(
    engine: Engine,
    roles: Mapping[str, str],
    *,
    grace_period: int,
    risk_window: int,
    grace_period_by_drug: Mapping[str, int] | None = None,
    risk_window_by_drug: Mapping[str, int] | None = None,
) -> TableName:
    """The drugs in roles, numbered in the order of their names.

    Grain: one row per drug, with ``drug``, ``drug_key`` (1 to 52), ``bit`` (two to the
    power of ``drug_key - 1``, its place in a regimen), ``role``, ``grace_period`` and
    ``risk_window`` in days.

    Parameters
    ----------
    engine
        Where the tables live.
    roles
        Role of each drug: ``anchor``, ``partner`` or ``concomitant``.
    grace_period, risk_window
        Days, for the drugs that are not named below.
    grace_period_by_drug, risk_window_by_drug
        Days, for single drugs; a drug without a role is passed over.

    Raises
    ------
    ProtocolError
        More than 52 drugs have a role, a role is not one of the three, or a number of
        days is negative or above 16,383.
    """
    if len(roles) > MOST_DRUGS:
        msg = f"{len(roles)} drugs have a role; at most {MOST_DRUGS} can be followed. Name fewer in [roles]."
        raise ProtocolError(msg)
    wrong = next((r for r in roles.values() if r not in ROLES), None)
    if wrong is not None:
        msg = f"`{wrong}` is not a role; known: {', '.join(ROLES)}."
        raise ProtocolError(msg)
    drugs = sorted(roles)
    keys = range(1, len(drugs) + 1)
    columns = {
        "drug": pa.array(drugs, pa.string()),
        "drug_key": pa.array(keys, pa.int64()),
        "bit": pa.array([1 << (key - 1) for key in keys], pa.int64()),
        "role": pa.array([roles[drug] for drug in drugs], pa.string()),
        "grace_period": pa.array(
            _days("grace_period", drugs, grace_period, grace_period_by_drug or {}), pa.int64()
        ),
        "risk_window": pa.array(
            _days("risk_window", drugs, risk_window, risk_window_by_drug or {}), pa.int64()
        ),
    }
    return engine.load("roles", pa.table(columns))


def _days(name: str, drugs: list[str], days: int, by_drug: Mapping[str, int]) -> list[int]:
    for where, value in [(name, days), *((f"{name}_by_drug.{drug}", v) for drug, v in by_drug.items())]:
        if not 0 <= value <= LONGEST_DAYS:
            msg = f"`{where}` is {value}; it must be 0 to {LONGEST_DAYS} days."
            raise ProtocolError(msg)
    return [by_drug.get(drug, days) for drug in drugs]
