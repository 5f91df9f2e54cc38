"""Rows of invented patients, as they are written into files."""

import pyarrow as pa

from cotreat.engine import DuckDBEngine
from cotreat.synthetic.columns import InventedTable

PATIENTS_AT_ONCE = 50_000
"""So many are made and written at a time: memory does not grow with their number."""

_DAYS = ("day", "observed_from", "observed_to", "observation_end")


def read_rows(engine: DuckDBEngine, table: InventedTable) -> pa.Table:
    """The rows of one table in their order, under its headings; days are dates."""
    selected = ", ".join(f'"{column}" AS "{heading}"' for heading, column in table.headings.items())
    rows = engine.fetch(
        f"SELECT {selected} FROM synthetic_{table.rows} WHERE {table.where} ORDER BY {table.order_by}"
    )
    for place, (heading, column) in enumerate(table.headings.items()):
        if column in _DAYS or column.endswith("_day"):
            dates = rows.column(place).cast(pa.int32()).cast(pa.date32())
            rows = rows.set_column(place, heading, dates)
    return rows
