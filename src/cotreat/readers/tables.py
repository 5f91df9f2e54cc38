"""Long tables, one file or sheet per study table, read into study tables."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import duckdb

from cotreat.engine import Engine
from cotreat.protocol import Protocol, TableFile, TablesSource
from cotreat.readers.long_tables import LONG_TABLES
from cotreat.readers.sources import ReadStudy, parse_source_path
from cotreat.readers.table_files import read_long_table
from cotreat.readers.table_study import TableWords, read_long_study, read_on_duckdb


def read_tables(engine: Engine, protocol: Protocol) -> ReadStudy:
    """Study tables of long tables, in the engine, with the findings of every cell.

    Parameters
    ----------
    engine
        Where the study tables go.
    protocol
        Its `source` names the files, the columns and the words.

    Raises
    ------
    ProtocolError
        A heading of the protocol is not in its file, or a file is outside the study folder.
    SourceError
        A file cannot be read as a table.
    EngineError
        DuckDB ran out of memory or disk.
    """
    source = cast("TablesSource", protocol.source)

    def read(connection: duckdb.DuckDBPyConnection) -> ReadStudy:
        tables = [
            read_long_table(connection, source, name, file, _path(protocol, source, file))
            for name, file in _files(source).items()
        ]
        words = TableWords(
            source.open_end,
            is_open_without_end=source.no_end == "ongoing",
            is_lenient=source.bad_rows == "leave_out",
            units=source.laboratory.units if source.laboratory else {},
        )
        return read_long_study(connection, protocol, tables, words, is_small=True)

    return read_on_duckdb(engine, protocol, read)


def _files(source: TablesSource) -> Mapping[str, TableFile]:
    """The tables that the protocol names, patients first."""
    named = {name: getattr(source, name) for name in LONG_TABLES}
    return {name: file for name, file in named.items() if isinstance(file, TableFile)}


def _path(protocol: Protocol, source: TablesSource, file: TableFile) -> Path:
    place = Path(source.folder) / (source.workbook or file.file)
    return parse_source_path(protocol, str(place), outside_folder=source.outside_folder)
