"""FHIR R4 resources of a bulk export (NDJSON) or of Bundles, read into study tables.

Resources are read on DuckDB, whatever engine the study runs on, and brought into the form of long
tables; from there on they share the rules and findings of all readers.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import duckdb

from cotreat.engine import Engine
from cotreat.findings import Findings
from cotreat.protocol import FhirSource, Protocol
from cotreat.readers.fhir.accounts import (
    build_placed_findings,
    build_resource_accounts,
    validate_resources,
)
from cotreat.readers.fhir.causality import add_causality
from cotreat.readers.fhir.files import ENDINGS, build_resource_tables, read_fhir_file
from cotreat.readers.fhir.study import build_index, build_long_rows
from cotreat.readers.fhir.tables import build_fhir_table
from cotreat.readers.places import Place
from cotreat.readers.sources import ReadStudy, parse_source_path
from cotreat.readers.table_study import TableWords, read_long_study, read_on_duckdb
from cotreat.readers.table_words import build_word_lists


def read_fhir(engine: Engine, protocol: Protocol) -> ReadStudy:
    """Study tables of FHIR R4 resources, in the engine, with the findings of every resource.

    Parameters
    ----------
    engine
        Where the study tables go.
    protocol
        Its `source` names the folder, the files and which types of resource count.

    Raises
    ------
    ProtocolError
        A file is outside the study folder.
    SourceError
        A file cannot be read, is no JSON, or none of them holds FHIR.
    EngineError
        DuckDB ran out of memory or disk.
    """
    source = cast("FhirSource", protocol.source)

    def read(connection: duckdb.DuckDBPyConnection) -> ReadStudy:
        return _read(connection, protocol, source)

    return read_on_duckdb(engine, protocol, read)


def _read(connection: duckdb.DuckDBPyConnection, protocol: Protocol, source: FhirSource) -> ReadStudy:
    folder = parse_source_path(protocol, source.folder, outside_folder=source.outside_folder)
    place = Place(folder.name)
    build_resource_tables(connection)
    paths = list(_paths(protocol, source, folder, place))
    files = [read_fhir_file(connection, path, file_id) for file_id, path in enumerate(paths, start=1)]
    build_index(connection)
    names = build_long_rows(connection, protocol, source, build_word_lists(protocol))
    is_lenient = source.bad_rows == "leave_out"
    found = validate_resources(connection, files, place, is_lenient=is_lenient)
    study = read_long_study(
        connection,
        protocol,
        [build_fhir_table(connection, name, place) for name in names],
        TableWords(
            open_end=(),
            is_open_without_end=source.no_end == "ongoing",
            is_lenient=is_lenient,
            units=source.units,
        ),
    )
    if "adverse_events" in names:
        add_causality(connection)
    findings = build_placed_findings(connection, files, Findings.concat([found, study.findings]))
    build_resource_accounts(connection, files)
    return replace(study, findings=findings)


def _paths(protocol: Protocol, source: FhirSource, folder: Path, place: Place) -> Iterator[Path]:
    """The files that the protocol names, else every file of the folder with the name of one."""
    if not folder.is_dir():
        place.refuse("there is no such folder.", "Correct `folder` under [source] of the protocol.")
    for name in source.files:
        path = parse_source_path(protocol, f"{source.folder}/{name}", outside_folder=source.outside_folder)
        if not path.is_file():
            Place(name).refuse("there is no such file.", "Correct `files` under [source] of the protocol.")
        yield path
    if not source.files:
        found = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in ENDINGS)
        if not found:
            place.refuse(
                f"there is no file in it whose name ends in {', '.join(ENDINGS)}.",
                "Put the export there, or correct `folder` under [source]; unpack files that are compressed.",
            )
        yield from found
