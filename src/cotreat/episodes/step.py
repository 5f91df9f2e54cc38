"""One step of what is built from study tables: one SQL text, the tables it reads, the days it is given."""

import re
from collections.abc import Mapping
from importlib.resources import files

from cotreat.engine import Engine, TableName
from cotreat.errors import ProtocolError

_TABLE = re.compile(r"\{([a-z_]+)\}")


def build_step(
    engine: Engine,
    name: str,
    *,
    sql: str,
    tables: Mapping[str, TableName],
    days: Mapping[str, int] | None = None,
    view: bool = False,
    room: str = "episodes",
) -> TableName:
    """The table that one SQL text of a room makes.

    Parameters
    ----------
    engine
        Where the tables live.
    name
        Name of the new table; an old one of that name is replaced.
    sql
        File name of the text, without ``.sql``.
    tables
        The tables that stand in the text as ``{name}``.
    days
        The parameters that stand in the text as ``:name``, whole days or counts.
    view
        Whether the rows are computed each time they are read instead of being stored.
    room
        The package of cotreat beside whose modules the text lies.

    Raises
    ------
    ProtocolError
        A parameter is negative or not a whole number.
    """
    for parameter, value in (days or {}).items():
        _check(parameter, value)
    text = files(f"cotreat.{room}").joinpath(f"{sql}.sql").read_text(encoding="utf-8")
    filled = _TABLE.sub(lambda found: tables[found[1]], text)
    return engine.define(name, filled) if view else engine.create(name, filled, days)


def _check(parameter: str, value: object) -> None:
    # A bool is an int to Python; as a number of days it is a mistake.
    if not isinstance(value, int) or isinstance(value, bool):
        msg = f"`{parameter}` is {value!r}; it must be a whole number of days."
        raise ProtocolError(msg)
    if value < 0 and parameter != "cutoff":
        msg = f"`{parameter}` is {value}; it must not be negative."
        raise ProtocolError(msg)
