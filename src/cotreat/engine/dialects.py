"""What databases spell differently, at the one place where records of theirs come in.

Everything from the study tables on is portable. A source's own tables hold dates, and
values that are not what their column says: these words are for reading them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database spells what the portable texts do without.

    Attributes
    ----------
    days
        Days since 1970-01-01 of the date ``{x}``.
    attempt
        ``{x}`` as ``{type}``, unknown where it is none; where a database knows no such
        cast the statement fails.
    text
        Its type for texts.
    by_code_point
        The text ``{x}`` for sorting: by code point, whatever the database's collation.
    """

    days: str
    attempt: str
    text: str
    by_code_point: str

    def build_days(self, expression: str) -> str:
        """SQL for a date as days since 1970-01-01."""
        return self.days.format(x=self.build_cast(expression, "DATE"))

    def build_cast(self, expression: str, type_name: str) -> str:
        """SQL for a value as another type; unknown, where the database can say so, if it is none."""
        return self.attempt.format(x=expression, type=type_name)


DUCKDB = Dialect(
    days="CAST({x} - DATE '1970-01-01' AS BIGINT)",
    attempt="TRY_CAST({x} AS {type})",
    text="VARCHAR",
    by_code_point="{x}",
)
POSTGRES = Dialect(
    days="CAST({x} - DATE '1970-01-01' AS BIGINT)",
    attempt="CAST({x} AS {type})",
    text="TEXT",
    by_code_point='{x} COLLATE "C"',
)
SPARK = Dialect(
    days="CAST(UNIX_DATE({x}) AS BIGINT)",
    attempt="TRY_CAST({x} AS {type})",
    text="STRING",
    by_code_point="{x}",
)
