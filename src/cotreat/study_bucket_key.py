"""What finished buckets depend on: with another protocol, source or plan they are of no use."""

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version

from cotreat.engine import Engine
from cotreat.protocol import Protocol
from cotreat.readers.sources import ReadStudy
from cotreat.study_tables.schema import SCHEMAS, ColumnType

_READ = ("patients", "exposures", "assessments")
_WHOLE = (ColumnType.KEY, ColumnType.DAY, ColumnType.COUNT, ColumnType.FLAG)
# The order in which a database gives its rows is nobody's, and does not matter.
_OF_THE_ORDER = frozenset({"exposure_key", "source_row"})


def read_bucket_key(
    engine: Engine, protocol: Protocol, read: ReadStudy, last_keys: Sequence[int]
) -> Mapping[str, object]:
    """What the buckets of a study depend on; where the SQL runs is not among it.

    Parameters
    ----------
    engine
        Holds the study tables.
    protocol
        The study's definitions.
    read
        What its reader found.
    last_keys
        The last patient of each bucket.
    """
    definitions = protocol.model_dump_json(exclude={"folder", "sha256", "drug_classes", "engine"})
    sources = engine.fetch("SELECT * FROM sources ORDER BY source_id").to_pylist()
    key: dict[str, object] = {
        "version": version("cotreat"),
        "protocol": json.loads(definitions),
        "drug_classes": dict(read.drug_classes),
        "sources": sources,
        "latest_day": read.latest_day,
        "last_keys": list(last_keys),
    }
    if not all(source["sha256"] for source in sources):
        # A database has no bytes to look at, and its rows may be others at the same number.
        key["contents"] = {table: _read_contents(engine, table) for table in _READ}
    return key


def _read_contents(engine: Engine, table: str) -> list[dict[str, object]]:
    """Rows and sums of a table by its words: another value of any patient gives other sums.

    Each sum is of remainders, so that it stays far below what a whole number can hold.
    """
    columns = [c for c in SCHEMAS[table].columns if c.name not in _OF_THE_ORDER]
    words = [f'"{c.name}"' for c in columns if c.type is ColumnType.TERM]
    numbers = {c.name: f'"{c.name}"' for c in columns if c.type in _WHOLE}
    if table == "patients":
        numbers["age_years"] = "CAST(age_years * 1000 AS BIGINT)"
    sums = ", ".join(
        f"CAST(SUM((COALESCE({value}, -1) % 1000003 + 1000003) * (patient_key % 9973 + 1) % 1000003) "
        f"AS BIGINT) AS sum_{place}"
        for place, value in enumerate(numbers.values())
    )
    by = ", ".join(words)
    found = engine.fetch(f"SELECT {by}, COUNT(*) AS n, {sums} FROM {table} GROUP BY {by}").to_pylist()
    return sorted(found, key=str)
