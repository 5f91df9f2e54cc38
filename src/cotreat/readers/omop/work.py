"""The reader's own tables in a database: made step by step, gone when the study tables are there."""

import re
from collections.abc import Mapping
from importlib.resources import files

import pyarrow as pa

from cotreat.engine import Dialect, Engine, Scalar, TableName

_PREFIX = "omop_"
_WORD = re.compile(r"\{([a-z_]+)\}")


class Work:
    """A database and the reader's tables in it.

    Attributes
    ----------
    engine
        The database.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._made: dict[TableName, None] = {}

    @property
    def dialect(self) -> Dialect:
        """What the database spells in its own way."""
        return self.engine.dialect

    def build(
        self, name: str, words: Mapping[str, str], values: Mapping[str, Scalar] | None = None
    ) -> TableName:
        """The table that one SQL text of this folder makes; it is called as the text.

        Parameters
        ----------
        name
            File name of the text, without ``.sql``.
        words
            What stands in the text as ``{name}``: tables, conditions, types.
        values
            Parameters that stand in the text as ``:name``.
        """
        return self.create(name, self.text(name, words), values)

    def text(self, name: str, words: Mapping[str, str]) -> str:
        """One SQL text of this folder with its words; ``{characters}`` is the database's type for texts."""
        sql = files("cotreat.readers.omop").joinpath(f"{name}.sql").read_text(encoding="utf-8")
        known = {"characters": self.dialect.text, **words}
        return _WORD.sub(lambda found: known[found[1]], sql)

    def create(self, name: str, sql: str, values: Mapping[str, Scalar] | None = None) -> TableName:
        """A table with the rows of a query."""
        return self._keep(self.engine.create(f"{_PREFIX}{name}", sql, values))

    def define(self, name: str, sql: str) -> TableName:
        """A view with the rows of a query."""
        return self._keep(self.engine.define(f"{_PREFIX}{name}", sql))

    def load(self, name: str, table: pa.Table) -> TableName:
        """A table with the rows of an Arrow table."""
        return self._keep(self.engine.load(f"{_PREFIX}{name}", table))

    def fetch(self, sql: str, values: Mapping[str, Scalar] | None = None) -> pa.Table:
        """The rows of a query."""
        return self.engine.fetch(sql, values)

    def count(self, sql: str, values: Mapping[str, Scalar] | None = None) -> int:
        """The one number of a query."""
        found: object = self.engine.fetch(sql, values).column(0)[0].as_py()
        return int(str(found))

    def drop(self) -> None:
        """Every table of the reader is gone, those that were made last first."""
        self.engine.drop(*reversed(self._made))
        self._made.clear()

    def _keep(self, name: TableName) -> TableName:
        self._made[name] = None
        return name
