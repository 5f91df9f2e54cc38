"""What every database adapter can do, and how tables are named."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NewType, Protocol, Self, runtime_checkable

import pyarrow as pa

from cotreat.engine.dialects import Dialect
from cotreat.errors import UsageError

TableName = NewType("TableName", str)
Tables = Mapping[str, TableName]
Scalar = int | float | str | None

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


def parse_table_name(text: str) -> TableName:
    """The text as a table name: a lower-case identifier, safe to stand in SQL.

    Raises
    ------
    UsageError
        The text has other characters than a-z, 0-9 and _, or is too long.
    """
    if not _IDENTIFIER.fullmatch(text):
        msg = f"{text!r} is not a table name: use a-z, 0-9 and _, starting with a letter."
        raise UsageError(msg)
    return TableName(text)


def parse_parameters(sql: str, params: Mapping[str, Scalar] | None, mark: str) -> tuple[str, list[str]]:
    """The text with its parameters in a database's own spelling, and their names in order.

    Parameters
    ----------
    sql
        Text with parameters as ``:name``; what has no value in `params` stays as it is.
    params
        Values by name.
    mark
        Spelling of one parameter, with ``{name}`` or, counted from 1, ``{place}``.
    """
    names: list[str] = []

    def spell(found: re.Match[str]) -> str:
        name = found[1]
        if params is None or name not in params:
            return found[0]
        if name not in names:
            names.append(name)
        return mark.format(name=name, place=names.index(name) + 1)

    return _PARAMETER.sub(spell, sql), names


def parse_keys(order_by: str) -> list[str]:
    """The columns of a key, ``a, b``, each a checked identifier."""
    return [parse_table_name(key.strip()) for key in order_by.split(",")]


@runtime_checkable
class Engine(Protocol):
    """What every database adapter can do.

    Its tables and views last as long as the connection and hide tables of the same name
    that were there before; nothing that belongs to somebody else is changed.
    """

    @property
    def dialect(self) -> Dialect:
        """What this database spells in its own way, for reading tables that are not ours."""
        ...

    def create(self, name: str, sql: str, params: Mapping[str, Scalar] | None = None) -> TableName:
        """A new table holding the rows of a query; an old one of that name is replaced."""
        ...

    def define(self, name: str, sql: str) -> TableName:
        """A new view: the rows of a query, computed each time they are read."""
        ...

    def load(self, name: str, table: pa.Table) -> TableName:
        """A new table holding the rows of an Arrow table."""
        ...

    def fetch(self, sql: str, params: Mapping[str, Scalar] | None = None) -> pa.Table:
        """The rows of a query; for counts and listings, never for whole data."""
        ...

    def export(self, name: str, path: Path, *, order_by: str, columns: Sequence[str] | None = None) -> None:
        """A table, or some of its columns, as one Parquet file, ordered by its key."""
        ...

    def restore(self, name: str, paths: Sequence[Path]) -> TableName:
        """The rows of Parquet files of one shape under a name; the files stay as long as it is used."""
        ...

    def drop(self, *names: str) -> None:
        """The tables and views are gone; one that does not exist is not missed."""
        ...

    def fork(self, *reads: str) -> Self | None:
        """An engine beside this one, with tables of its own, for another thread; None where there is none.

        There is one only if it sees the tables that it reads as this one does. It ends with this one.
        """
        ...

    def close(self) -> None:
        """The connection is closed."""
        ...

    def __enter__(self) -> Self:
        """The engine itself, closed at the end of the block."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The connection is closed."""
        ...


class Connection(ABC):
    """An engine as a block: closed at its end, whatever happens in it."""

    @abstractmethod
    def close(self) -> None:
        """The connection is closed."""

    def __enter__(self) -> Self:
        """The engine itself, closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The connection is closed."""
        self.close()


def compute_column_list(columns: Sequence[str] | None) -> str:
    """Column names as they stand in SQL, each quoted; all columns when none is named."""
    return ", ".join(f'"{parse_table_name(c)}"' for c in columns) if columns else "*"
