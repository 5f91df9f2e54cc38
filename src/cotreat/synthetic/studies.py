"""A whole invented study in an engine: every study table, and beside them what is true."""

from collections.abc import Mapping

from cotreat.engine import DuckDBEngine, Engine, TableName
from cotreat.study_tables.schema import SCHEMAS, STUDY_TABLES, ColumnType
from cotreat.synthetic.columns import LONG, TRUTH, InventedTable
from cotreat.synthetic.patients import StudySize, build_invented_patients
from cotreat.synthetic.plan import build_plan

_SQL_TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.TERM: "VARCHAR",
    ColumnType.NUM: "DOUBLE",
}


def build_synthetic_study(engine: Engine, *, n_patients: int, seed: int) -> Mapping[str, TableName]:
    """An invented study: every study table of a dated source, and what is true of its patients.

    Parameters
    ----------
    engine
        Where the tables go; study tables of an earlier study are replaced. Studies of many
        millions of patients are made as files, by ``write_synthetic_tables``.
    n_patients
        How many patients, at least 1.
    seed
        The study: the same number gives the same rows, and a patient does not depend on
        how many there are.

    Returns
    -------
    Mapping
        By name, every study table, and ``truth_patients`` (scenario of each patient),
        ``truth_eras``, ``truth_pairs`` and ``truth_courses``. ``declared_pairs`` is empty:
        only a case table has them.

    Raises
    ------
    UsageError
        `n_patients` is below 1, or `seed` is negative.

    Notes
    -----
    The truth holds for the default parameters of a case series (washout 0). It comes from
    the scenarios (``scenarios.toml``), not from running the episode engine.
    """
    size = StudySize(n_patients, seed)
    if isinstance(engine, DuckDBEngine):
        return _build(engine, size)
    with DuckDBEngine() as scratch:
        built = _build(scratch, size)
        return {name: engine.load(name, scratch.fetch(f"SELECT * FROM {name}")) for name in built}


def _build(engine: DuckDBEngine, size: StudySize) -> Mapping[str, TableName]:
    plan = build_plan(engine)
    working = build_invented_patients(engine, size, first=1, last=size.n_patients)
    built = {declared.name: _build_study_table(engine, declared.name) for declared in STUDY_TABLES}
    built["attributions"] = _build_attributions(engine)
    built |= {"sources": _build_sources(engine, size.seed), "attrition": _build_attrition(engine)}
    built |= {name: _build_truth(engine, name, table) for name, table in TRUTH.items()}
    engine.drop(*working, *plan)
    return built


def _numbered(table: InventedTable) -> str:
    """SQL for the rows of a table, each with the line that it has in a file with one line of headings."""
    line = f"1 + ROW_NUMBER() OVER (ORDER BY {table.order_by}) AS source_row"
    return f"SELECT *, {line} FROM synthetic_{table.rows} WHERE {table.where}"


def _build_study_table(engine: DuckDBEngine, name: str) -> TableName:
    """One study table; a column that nothing is invented for is unknown."""
    if name not in LONG:
        return engine.load(name, SCHEMAS[name].arrow.empty_table())
    rows = _numbered(LONG[name])
    values = {column: column for column in engine.fetch(f"SELECT * FROM ({rows}) WHERE FALSE").column_names}
    values |= {"source_id": str(_source_id(name)), "exposure_key": "source_row", "event_key": "source_row"}
    # A study table has the unit in which values are kept, a file that in which they were recorded.
    # None of its units counts moles.
    values |= {"unit": "kept_unit", "is_molar": "0"} if name == "laboratory" else {}
    if name == "adverse_events":
        # Every invented onset is known to the day.
        values |= {"earliest_onset_day": "onset_day", "latest_onset_day": "onset_day"}
    selected = ", ".join(
        f"CAST({values.get(column.name, 'NULL')} AS {_SQL_TYPES.get(column.type, 'BIGINT')}) AS {column.name}"
        for column in SCHEMAS[name].columns
    )
    return engine.create(name, f"SELECT {selected} FROM ({rows})")


def _source_id(name: str) -> int:
    return [*LONG].index(name) + 1


def _build_attributions(engine: DuckDBEngine) -> TableName:
    """The drugs that are blamed; how likely, and by whom, is not recorded."""
    rows, known = _numbered(LONG["adverse_events"]), {"drug": "drug", "event_key": "source_row"}
    known |= {"source_id": str(_source_id("adverse_events")), "source_row": "source_row"}
    selected = ", ".join(
        f"CAST({known.get(column.name, 'NULL')} AS {_SQL_TYPES.get(column.type, 'BIGINT')}) AS {column.name}"
        for column in SCHEMAS["attributions"].columns
    )
    suspects = " UNION ALL ".join(
        f"SELECT source_row, suspect_{n} AS drug FROM ({rows}) WHERE suspect_{n} IS NOT NULL" for n in (1, 2)
    )
    return engine.create("attributions", f"SELECT {selected} FROM ({suspects})")


def _build_sources(engine: DuckDBEngine, seed: int) -> TableName:
    counted = " UNION ALL ".join(
        f"SELECT CAST({_source_id(name)} AS BIGINT) AS source_id, '{name}' AS file, '' AS sheet, "
        "'' AS sha256, "
        f"'invented, seed {seed}' AS about, COUNT(*) AS rows_read, COUNT(*) AS rows_used, "
        f"CAST(0 AS BIGINT) AS rows_left_out FROM {name}"
        for name in LONG
    )
    return engine.create("sources", counted)


def _build_attrition(engine: DuckDBEngine) -> TableName:
    """Every row was used."""
    counted = " UNION ALL ".join(
        f"SELECT CAST({2 * place + step} AS BIGINT) AS step, '{name}' AS \"table\", '{reason}' AS reason, "
        f"COUNT(*) AS rows, COUNT(DISTINCT patient_key) AS patients FROM {name}"
        for place, name in enumerate(LONG)
        for step, reason in enumerate(("read", "used"), start=1)
    )
    return engine.create("attrition", counted)


def _build_truth(engine: DuckDBEngine, name: str, table: InventedTable) -> TableName:
    columns = ", ".join(f'"{column}"' for column in ("patient_key", *table.headings.values()))
    return engine.create(name, f"SELECT {columns} FROM synthetic_{table.rows} WHERE {table.where}")
