"""Long tables out of the entries of a REDCap export: which variables fill which fields.

A row of a long table is one entry, one score of an entry, or one ticked choice. Rows are
numbered anew, because several may come of one line; ``places_...`` keeps where each stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from cotreat.engine.literals import compute_literal
from cotreat.errors import ProtocolError
from cotreat.protocol import RedcapVariables
from cotreat.protocol.parts import compute_nearest
from cotreat.readers.long_tables import DATE_KINDS, LONG_TABLES, LongField
from cotreat.readers.redcap_dictionary import Variable
from cotreat.readers.redcap_export import ENTRIES, KEYS, WantedColumn
from cotreat.readers.table_files import SCRATCH

LABELLED = f"{SCRATCH}.redcap_labelled"
_LISTS = frozenset({"suspects"})
_ANSWERS = "causality_answers"
_SAID = frozenset({"answer", "category"})
_ENTRY = "CAST(source_row AS VARCHAR) AS event_id"
"""The number of an event where no variable has one: that of its entry, which answers share."""

_CHOICES = pa.schema([("variable", pa.string()), ("code", pa.string()), ("label", pa.string())])


@dataclass(frozen=True)
class TablePart:
    """Variables of one entry that make rows of one table.

    Attributes
    ----------
    variables
        By field, the variables that may fill it.
    constants
        By field, the text that fills it in every row.
    events
        Only entries of these events count; empty: of all.
    """

    variables: Mapping[str, Sequence[str]]
    constants: Mapping[str, str]
    events: Sequence[str]

    @property
    def named(self) -> frozenset[str]:
        """All its variables."""
        return frozenset(name for names in self.variables.values() for name in names)


Parts = Mapping[str, Sequence[TablePart]]
"""By name of a study table, the parts that make its rows."""


def build_table_parts(declared: Mapping[str, Sequence[RedcapVariables]]) -> Parts:
    """The parts of each table as the protocol declares them.

    Raises
    ------
    ProtocolError
        A key is no field of its table, or no part names a field that the table needs.
    """
    parts = {name: [_part(one) for one in declared.get(name, ())] for name in LONG_TABLES}
    lines = [line for name, own in parts.items() for line in _wrong_fields(name, own)]
    if lines:
        raise ProtocolError("\n".join(lines))
    return parts


def _part(declared: RedcapVariables) -> TablePart:
    columns = {
        field: tuple(name.lower() for name in ((names,) if isinstance(names, str) else names))
        for field, names in declared.columns.items()
    }
    return TablePart(columns, declared.constants, declared.events)


def _wrong_fields(name: str, parts: Sequence[TablePart]) -> Iterator[str]:
    known = tuple(field.name for field in LONG_TABLES[name] if field.kind != "patient")
    for part in parts:
        for field in (*part.variables, *part.constants):
            if field == "patient":
                yield f"`source.{name}`: the patient is the record; `patient` needs no variable."
            elif field not in known:
                yield f"`source.{name}`: `{field}` is no field of {name}{compute_nearest(field, known)}."
        for field in LONG_TABLES[name]:
            named = {*part.variables, *part.constants, "patient"}
            if field.is_required and field.name != "event_id" and not named & {field.name, field.alternative}:
                yield f"`source.{name}`: no variable is named for `{field.name}`."


def build_labelled_entries(
    connection: duckdb.DuckDBPyConnection,
    wanted: Sequence[WantedColumn],
    dictionary: Mapping[str, Variable],
    *,
    has_labels: bool,
) -> None:
    """The entries with what their codes mean; a ticked choice holds its own label."""
    rows = [
        {"variable": name, "code": code, "label": label}
        for name in dict.fromkeys(column.variable for column in wanted if column.code is None)
        for code, label in (dictionary[name].choices if name in dictionary else {}).items()
        # Where values are labels, a label that is another's code is still a label.
        if not (has_labels and code in dictionary[name].choices.values())
    ]
    choices = f"{SCRATCH}.redcap_choices"
    connection.register("choice_rows", pa.Table.from_pylist(rows, schema=_CHOICES))
    connection.execute(f"CREATE OR REPLACE TABLE {choices} AS SELECT * FROM choice_rows")
    connection.unregister("choice_rows")
    columns, joins = [*("source_row", *KEYS, "n_rows")], list[str]()
    coded = {row["variable"] for row in rows}
    for column in wanted:
        if column.code is not None:
            label = (
                dictionary[column.variable].choices.get(column.code)
                if column.variable in dictionary
                else None
            )
            columns.append(
                f"CASE WHEN {column.name} IS NOT NULL THEN {compute_literal(label or column.code)} END "
                f"AS {column.name}"
            )
        elif column.variable in coded:
            columns.append(f"COALESCE(m_{column.name}.label, e.{column.name}) AS {column.name}")
            joins.append(
                f"LEFT JOIN {choices} AS m_{column.name} "
                f"ON m_{column.name}.variable = {compute_literal(column.variable)} "
                f"AND m_{column.name}.code = e.{column.name}"
            )
        else:
            columns.append(f"e.{column.name}")
    connection.execute(
        f"CREATE OR REPLACE TABLE {LABELLED} AS SELECT {', '.join(columns)} "
        f"FROM {ENTRIES} AS e {' '.join(joins)}"
    )


def build_raw_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    parts: Sequence[TablePart],
    wanted: Sequence[WantedColumn],
    *,
    is_judged: bool = False,
) -> tuple[LongField, ...]:
    """The rows of one long table, ``raw_...``, with their places, ``places_...``; its fields.

    Parameters
    ----------
    name
        Name of the study table.
    parts
        At least one.
    wanted
        The columns of the entries.
    is_judged
        Whether there are judgements of cause, so that events need their numbers.
    """
    filled = {"event_id"} if is_judged and name in ("adverse_events", _ANSWERS) else set[str]()
    filled |= {field for part in parts for field in (*part.variables, *part.constants)}
    fields = tuple(f for f in LONG_TABLES[name] if f.kind == "patient" or f.name in filled)
    selected = [
        _part_rows(number, part, _driving(part, parts, name), fields, wanted)
        for number, part in enumerate(parts)
    ]
    names = [field.name for field in fields if field.kind != "patient"]
    _number_rows(connection, name, " UNION ALL ".join(selected), names)
    return fields


def _driving(part: TablePart, parts: Sequence[TablePart], table: str) -> frozenset[str]:
    """Variables of which one must be filled for a row: not what parts share, as the day of a visit."""
    shared = frozenset[str]().union(*(other.named for other in parts if other is not part))
    dates = (
        {field.name for field in LONG_TABLES[table] if field.kind in DATE_KINDS} if part.constants else set()
    )
    if table == _ANSWERS:
        # A judge who says nothing of a drug has not judged it.
        dates = set(part.variables) - _SAID
    own = {name for field, names in part.variables.items() if field not in dates for name in names} - shared
    return frozenset(own) or part.named


def _part_rows(
    number: int,
    part: TablePart,
    driving: frozenset[str],
    fields: Sequence[LongField],
    wanted: Sequence[WantedColumn],
) -> str:
    """SQL for the rows of one part, a ticked choice each where a checkbox is no list."""
    by_variable: dict[str, list[WantedColumn]] = {}
    for column in wanted:
        by_variable.setdefault(column.variable, []).append(column)
    filled = " OR ".join(
        f"{c.name} IS NOT NULL" for name in sorted(driving) for c in by_variable.get(name, ())
    )
    where = f"({filled or 'FALSE'})"
    if part.events:
        where += f" AND event IN ({', '.join(map(compute_literal, part.events))})"
    cells = [_cell(field, part, by_variable) for field in fields if field.kind != "patient"]
    keys = ", ".join(("source_row AS file_row", *KEYS, f"{number} AS part"))
    return f"SELECT {keys}, record AS patient, {', '.join(cells)} FROM {LABELLED} WHERE {where}"


def _cell(field: LongField, part: TablePart, by_variable: Mapping[str, Sequence[WantedColumn]]) -> str:
    """SQL for one field of a part."""
    if field.name in part.constants:
        return f"{compute_literal(part.constants[field.name])} AS {field.name}"
    columns = [c for name in part.variables.get(field.name, ()) for c in by_variable.get(name, ())]
    if not columns and field.name == "event_id":
        return _ENTRY
    if not columns:
        return f"CAST(NULL AS VARCHAR) AS {field.name}"
    names = ", ".join(column.name for column in columns)
    ticked = f"list_filter([{names}], lambda choice: choice IS NOT NULL)"
    if field.name in _LISTS:
        return f"NULLIF(array_to_string({ticked}, ', '), '') AS {field.name}"
    if any(column.code is not None for column in columns):
        # An entry without a tick still has one row: what else it says is not lost.
        return f"UNNEST(CASE WHEN len({ticked}) = 0 THEN [NULL] ELSE {ticked} END) AS {field.name}"
    return f"COALESCE({names}, NULL) AS {field.name}"


def _number_rows(connection: duckdb.DuckDBPyConnection, name: str, rows: str, fields: Sequence[str]) -> None:
    """The rows in the order of the file, numbered from 1, and apart from them where each stands."""
    listed = ", ".join(fields)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {SCRATCH}.redcap_numbered AS
        SELECT ROW_NUMBER() OVER (ORDER BY file_row, part, place) AS source_row, *
        FROM (
            SELECT *, ROW_NUMBER() OVER (PARTITION BY file_row, part ORDER BY {listed}) AS place FROM ({rows})
        )
        """
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE {SCRATCH}.raw_{name} AS SELECT source_row, patient, {listed} "
        f"FROM {SCRATCH}.redcap_numbered"
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE {SCRATCH}.places_{name} AS "
        f"SELECT source_row, file_row, part, {', '.join(KEYS)} FROM {SCRATCH}.redcap_numbered"
    )
    connection.execute(f"DROP TABLE {SCRATCH}.redcap_numbered")
