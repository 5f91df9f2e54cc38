"""Laboratory values in the unit of their test: each distinct unit is read once, then joined.

The same SQL on every engine gives the same bytes: a product and a quotient of two doubles,
rounded to nine decimals.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from cotreat.vocabulary import (
    DECIMALS,
    LARGEST_ROUNDED,
    LabTest,
    NoConversion,
    parse_lab_unit,
    read_lab_tests,
)

LAB_UNITS = pa.schema(
    [
        ("test", pa.string()),
        ("unit", pa.string()),
        ("kept_unit", pa.string()),
        ("multiplier", pa.float64()),
        ("divisor", pa.float64()),
        ("is_molar", pa.int64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("can_be_zero", pa.int64()),
        ("problem", pa.string()),
        ("why", pa.string()),
    ]
)


def build_lab_units(recorded: Iterable[tuple[str | None, str | None]]) -> pa.Table:
    """How values become values in the unit of their test.

    Parameters
    ----------
    recorded
        Tests (levels) with the units in which they were recorded; None: none was.

    Returns
    -------
    pa.Table
        Schema `LAB_UNITS`, one row per distinct test and unit (``''``: none). ``kept_unit`` is
        the unit of the test, or of an unknown test the unit as recorded; ``multiplier`` and
        ``divisor`` are NULL where there is a ``problem``, and then ``why`` says what it is.
    """
    tests = read_lab_tests()
    pairs = sorted({(test, unit or "") for test, unit in recorded if test is not None})
    rows = [
        {"test": test, "unit": unit, **(_unit_columns(tests[test], unit) if test in tests else _as_is(unit))}
        for test, unit in pairs
    ]
    return pa.Table.from_pylist(rows, schema=LAB_UNITS)


def compute_lab_value(value: str, units: str) -> str:
    """SQL for a value in the unit of its test; NULL where its unit has a problem.

    Parameters
    ----------
    value
        SQL for the value as recorded.
    units
        Alias of the joined row of `build_lab_units`.
    """
    raw = f"({value} * {units}.multiplier / {units}.divisor)"
    # FLOOR of a double is a whole number in Spark and a double elsewhere.
    rounded = f"CAST(FLOOR({raw} * {DECIMALS!r} + 0.5) AS DOUBLE) / {DECIMALS!r}"
    return (
        f"CASE WHEN {units}.multiplier = {units}.divisor THEN {value} "
        f"WHEN ABS({raw}) >= {LARGEST_ROUNDED!r} THEN {raw} ELSE {rounded} END"
    )


def compute_is_implausible(value: str, units: str) -> str:
    """SQL, never NULL: a value in the unit of its test is rather in another unit than a patient's."""
    outside = f"({value} < {units}.low OR {value} >= {units}.high)"
    return f"COALESCE({outside} AND NOT ({units}.can_be_zero = 1 AND {value} = 0), FALSE)"


def _unit_columns(test: LabTest, unit: str) -> Mapping[str, Any]:
    way = parse_lab_unit(test, unit)
    known = {
        "kept_unit": test.unit,
        "low": test.low,
        "high": test.high,
        "can_be_zero": int(test.can_be_zero),
    }
    if isinstance(way, NoConversion):
        return {**known, "problem": way.problem, "why": way.why}
    return {**known, "multiplier": way.multiplier, "divisor": way.divisor, "is_molar": int(way.is_molar)}


def _as_is(unit: str) -> Mapping[str, Any]:
    """Nobody knows the test: its values and their unit are kept."""
    return {"kept_unit": unit or None, "multiplier": 1.0, "divisor": 1.0, "is_molar": 0}
