"""Doses of FHIR as the texts that the dose grammar reads: each distinct one is read once, then joined."""

import json
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa

from cotreat.findings import Unparsed
from cotreat.readers.dose import Dose, parse_dose
from cotreat.readers.table_files import SCRATCH
from cotreat.vocabulary import parse_unit

_UNITS: Mapping[str, str] = MappingProxyType(
    {"s": "", "min": "", "h": "h", "d": "days", "wk": "weeks", "mo": "months", "a": "years"}
)
# Codes of HL7's GTSAbbreviation: how often, in how many of what.
_TIMES: Mapping[str, tuple[int, int, str]] = MappingProxyType(
    {
        "QD": (1, 1, "d"),
        "AM": (1, 1, "d"),
        "PM": (1, 1, "d"),
        "BED": (1, 1, "d"),
        "BID": (2, 1, "d"),
        "TID": (3, 1, "d"),
        "QID": (4, 1, "d"),
        "QOD": (1, 2, "d"),
        "WK": (1, 1, "wk"),
        "MO": (1, 1, "mo"),
        **{f"Q{n}H": (1, n, "h") for n in (1, 2, 3, 4, 6, 8)},
    }
)


def build_dose_texts(connection: duckdb.DuckDBPyConnection, doses: str) -> str:
    """The table ``dose, text`` of the distinct doses of a query; its name."""
    found = connection.execute(
        f"SELECT DISTINCT CAST(dose AS VARCHAR) FROM ({doses}) WHERE dose IS NOT NULL ORDER BY 1"
    ).fetchall()
    rows = {"dose": [d for (d,) in found], "text": [parse_dose_text(json.loads(d)) for (d,) in found]}
    table = f"{SCRATCH}.fhir_doses"
    connection.register("dose_rows", pa.table(rows, schema=pa.schema(dict.fromkeys(rows, pa.string()))))
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM dose_rows")
    connection.unregister("dose_rows")
    return table


def parse_dose_text(dose: Mapping[str, Any]) -> str | None:
    """What is written of a dose, or what its parts say where the text says it not or otherwise.

    Parameters
    ----------
    dose
        ``text, value, unit, frequency, period, periodUnit, code, asNeeded``, each may be None.

    Examples
    --------
    >>> parse_dose_text({"value": "40", "unit": "mg", "frequency": "1", "period": "2", "periodUnit": "wk"})
    '40 mg/2 weeks'
    """
    text, parts = dose.get("text"), _parts(dose)
    if parts is None or text is None:
        return parts or text
    read, made = parse_dose(text, decimal="."), parse_dose(parts, decimal=".")
    # The parts were entered as numbers; a text that agrees with them says it in its own words.
    return parts if isinstance(made, Dose) and not _is_same(read, made) else text


def _is_same(one: Dose | Unparsed, other: Dose) -> bool:
    return isinstance(one, Dose) and (one.amount, one.unit, one.interval_days) == (
        other.amount,
        other.unit,
        other.interval_days,
    )


def _parts(dose: Mapping[str, Any]) -> str | None:
    """Amount, unit and interval as a text."""
    if not dose.get("value"):
        return None
    amount = f"{_plain(dose['value'])} {_mass(dose.get('unit') or '')}".strip()
    times = _times(dose)
    as_needed = " as needed" if dose.get("asNeeded") == "true" else ""
    if times is None:
        return amount + as_needed
    frequency, period, unit = times
    every = unit if period == "1" and unit == "h" else f"{period} {unit}"
    if period == "1" and unit != "h":
        every = unit.removesuffix("s")
    return f"{f'{frequency} x ' if frequency != '1' else ''}{amount}/{every}{as_needed}"


def _times(dose: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """How often, in how many of what; None where it is not said."""
    if dose.get("period") and (unit := _UNITS.get(str(dose.get("periodUnit")))):
        return _plain(dose.get("frequency") or "1"), _plain(dose["period"]), unit
    known = _TIMES.get(str(dose.get("code") or "").upper())
    return (str(known[0]), str(known[1]), _UNITS[known[2]]) if known else None


def _mass(unit: str) -> str:
    """The unit as the dose grammar writes it: milligrams of whatever mass; others as they stand."""
    units = parse_unit(unit)
    if isinstance(units, tuple) and units[0].dimension == (("g", 1),):
        return {Fraction(1, 1000): "mg", Fraction(1): "g", Fraction(1, 10**6): "mcg"}.get(
            units[0].factor, unit
        )
    return unit.strip("{}[]")


def _plain(number: object) -> str:
    """A whole number without its decimals: 40.0 is 40."""
    text = str(number)
    try:
        value = float(text)
    except ValueError:
        return text
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else text
