"""Conversion of laboratory values: every engine gives the bytes that plain Python gives."""

import struct

import pyarrow as pa
import pytest

from cotreat.engine import connect
from cotreat.readers.lab_units import build_lab_units, compute_is_implausible, compute_lab_value
from cotreat.vocabulary import Conversion, parse_lab_unit, read_lab_tests
from servers import postgres_url, spark_url

URLS = {"duckdb": lambda: "duckdb://", "postgres": postgres_url, "spark": spark_url}
UNITS = ("cells/µL", "10*9/L", "G/L", "mmol/L", "umol/L", "mg/dL", "g/L", "µkat/L", "lb", "mg/L", "mEq/L", "")
# What a laboratory prints: few digits, near the bounds of a range, and what nobody has.
VALUES = (
    *tuple(n / 1000 for n in range(1, 3000, 7)),
    0.0,
    99.99,
    100.0,
    810.0,
    1.15,
    14.3,
    88.4,
    300000.0,
    2500000000000.0,
)


@pytest.mark.parametrize(
    "engine",
    ["duckdb", *(pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("postgres", "spark"))],
)
def test_a_converted_value_has_the_same_bytes_on_every_engine(engine: str) -> None:
    tests = read_lab_tests()
    pairs = [(test, unit) for test in tests for unit in UNITS]
    rows = [(test, unit, value) for test, unit in pairs for value in VALUES]
    columns = dict(zip(("test", "unit", "value"), map(list, zip(*rows, strict=True)), strict=True))
    with connect(URLS[engine]()) as database:
        database.load("lab_rows", pa.table({"k": list(range(len(rows))), **columns}))
        database.load("lab_units_read", build_lab_units(pairs))
        found = database.fetch(
            f"SELECT c.k, c.kept, CASE WHEN {compute_is_implausible('c.kept', 'c')} THEN 1 ELSE 0 END AS odd "
            f"FROM (SELECT r.k, u.low, u.high, u.can_be_zero, {compute_lab_value('r.value', 'u')} AS kept "
            "FROM lab_rows AS r INNER JOIN lab_units_read AS u ON u.test = r.test AND u.unit = r.unit) AS c "
            "ORDER BY c.k"
        ).to_pylist()
    ways = {pair: parse_lab_unit(tests[pair[0]], pair[1]) for pair in pairs}
    assert len(found) == len(rows)
    n_known = 0
    for row, (test, unit, value) in zip(found, rows, strict=True):
        way = ways[test, unit]
        expected = way.compute_value(value) if isinstance(way, Conversion) else None
        assert _bytes(row["kept"]) == _bytes(expected), (test, unit, value)
        assert row["odd"] == int(expected is not None and not tests[test].is_plausible(expected))
        n_known += expected is not None
    assert n_known > len(rows) // 4


def _bytes(value: float | None) -> bytes | None:
    return None if value is None else struct.pack("<d", value)
