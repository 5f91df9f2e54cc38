"""Study tables in the engine: each there, with its declared columns, even when empty."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from cotreat.engine import Engine
from cotreat.study_tables.schema import SCHEMAS, STUDY_TABLES


def build_study_table(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """A study table from rows that name some of its columns; the others are unknown.

    Raises
    ------
    ValueError
        A row names a column that the table does not have.
    """
    schema = SCHEMAS[name].arrow
    for row in rows[:1]:
        unknown = set(row) - set(schema.names)
        if unknown:
            msg = f"{name} has no column {', '.join(sorted(unknown))}"
            raise ValueError(msg)
    columns = [pa.array([row.get(field.name) for row in rows], type=field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def build_study_tables(engine: Engine, tables: Mapping[str, pa.Table]) -> None:
    """All study tables in the engine; one that a source does not have is empty."""
    for declared in STUDY_TABLES:
        found = tables.get(declared.name)
        engine.load(declared.name, declared.arrow.empty_table() if found is None else found)
