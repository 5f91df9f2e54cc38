"""CDM tables as views with plain names and types: days are whole days since 1970-01-01."""

from collections.abc import Sequence
from dataclasses import dataclass

from cotreat.engine import Dialect, TableName
from cotreat.errors import EngineError
from cotreat.findings import Findings
from cotreat.readers.omop.layout import CDM_TABLES, CdmColumn, CdmTable
from cotreat.readers.omop.locations import CdmLocation
from cotreat.readers.omop.work import Work
from cotreat.readers.places import Place

_REACH = "1e300"  # no recorded number lies beyond; what does is no number


@dataclass(frozen=True)
class CdmView:
    """A table of the CDM that can be read.

    Attributes
    ----------
    table
        What the CDM says of it.
    name
        Its view in the engine, with the columns of `table` under their plain names.
    place
        Where it is.
    absent
        Columns that it does not have; they are unknown.
    """

    table: CdmTable
    name: TableName
    place: Place
    absent: tuple[str, ...]

    def heading(self, as_name: str) -> str:
        """What the CDM calls a column."""
        return self.table.heading(as_name)


@dataclass(frozen=True)
class NoView:
    """A table that cannot be read, and why."""

    place: Place
    why: str


def build_view(work: Work, location: CdmLocation, name: str) -> CdmView | NoView:
    """One table of the CDM as a view, or why not.

    Parameters
    ----------
    work
        The database in which the location is read.
    location
        Where the CDM is.
    name
        A table of the CDM.
    """
    table, place = CDM_TABLES[name], location.place(name)
    relation = location.relation(name)
    if not relation:
        return NoView(place, f"there is no file for the table {name}")
    try:
        found = work.fetch(f"SELECT * FROM {relation} WHERE 1 = 0").schema.names
    except EngineError as error:
        return NoView(place, _reason(error))
    headings = {heading.casefold(): heading for heading in found}
    absent = tuple(column.name for column in table.columns if column.name not in headings)
    if lacking := [heading for heading in table.required if heading in absent]:
        return NoView(place, f"it has no column {', '.join(lacking)}")
    is_text = location.has_texts(name)
    columns = ", ".join(
        f"{_value(column, headings.get(column.name), work.dialect, is_text=is_text)} AS {column.as_name}"
        for column in table.columns
    )
    sql = f"SELECT {columns} FROM {relation}"
    # A CSV file would be read again by every query.
    make = work.create if is_text else work.define
    try:
        made = make(name, sql)
    except EngineError as error:
        return NoView(place, _reason(error))
    return CdmView(table, made, place, absent)


def validate_columns(views: Sequence[CdmView]) -> Findings:
    """What is unknown because a table lacks a column."""
    return Findings.concat(
        view.place.finding(
            "info",
            "column_missing",
            f"There is no column {', '.join(view.absent)}; what would stand there is unknown.",
            "Nothing, if the database does not have it.",
        )
        for view in views
        if view.absent
    )


def _value(column: CdmColumn, heading: str | None, dialect: Dialect, *, is_text: bool) -> str:
    if heading is None:
        return _unknown(column, dialect)
    quoted = '"' + heading.replace('"', '""') + '"'
    if column.kind == "day":
        return _days(quoted, dialect, is_text=is_text)
    if column.kind == "text":
        return f"NULLIF(TRIM(CAST({quoted} AS {dialect.text})), '')"
    if column.kind == "number":
        number = dialect.build_cast(quoted, "DOUBLE")
        return f"CASE WHEN {number} > -{_REACH} AND {number} < {_REACH} THEN {number} END"
    if column.kind == "count":
        # Rounding differs between databases: what is no whole number is cut.
        number = dialect.build_cast(quoted, "DOUBLE")
        return f"CASE WHEN {number} > -1e9 AND {number} < 1e9 THEN CAST(FLOOR({number}) AS BIGINT) END"
    return dialect.build_cast(quoted, "BIGINT")


def _days(quoted: str, dialect: Dialect, *, is_text: bool) -> str:
    if not is_text:
        return dialect.build_days(quoted)
    # CSV files of vocabularies and of some databases write 20240131.
    compact = f"CAST(TRY_STRPTIME({quoted}, '%Y%m%d') AS DATE)"
    return dialect.days.format(x=f"COALESCE({dialect.build_cast(quoted, 'DATE')}, {compact})")


def _unknown(column: CdmColumn, dialect: Dialect) -> str:
    types = {"text": dialect.text, "number": "DOUBLE"}
    return f"CAST(NULL AS {types.get(column.kind, 'BIGINT')})"


def _reason(error: EngineError) -> str:
    """What the database said, without our own words before it."""
    said = str(error)
    return (said.partition("statement: ")[2] or said).strip().rstrip(".")
