"""A CSV export of a REDCap project, flat or EAV, read into study tables.

An export becomes long tables of the fields of :mod:`cotreat.readers.long_tables`, which then
go through the same code as tables that were written by hand: the same rules, the same findings.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import duckdb

from cotreat.engine import Engine
from cotreat.errors import ProtocolError
from cotreat.findings import Findings
from cotreat.protocol import Protocol, RedcapSource, RedcapVariables
from cotreat.readers.long_tables import LONG_TABLES, LongField
from cotreat.readers.places import Place
from cotreat.readers.redcap_accounts import build_export_accounts, validate_codes
from cotreat.readers.redcap_dictionary import Variable, read_dictionary
from cotreat.readers.redcap_export import build_wanted_columns, read_entries
from cotreat.readers.redcap_headings import ExportLayout, parse_layout
from cotreat.readers.redcap_instrument import (
    read_instrument_tables,
    read_instrument_variables,
    read_instrument_words,
)
from cotreat.readers.redcap_patients import build_raw_patients
from cotreat.readers.redcap_places import (
    build_form_name,
    build_heading,
    build_placed_findings,
    build_placed_rows,
)
from cotreat.readers.redcap_tables import Parts, build_labelled_entries, build_raw_table, build_table_parts
from cotreat.readers.sources import ReadStudy, parse_source_path
from cotreat.readers.table_files import LongTable
from cotreat.readers.table_loading import read_counts
from cotreat.readers.table_study import (
    TableWords,
    build_lenient_findings,
    read_long_study,
    read_on_duckdb,
)
from cotreat.readers.table_texts import LongText, read_long_text

_ALWAYS = ("patients", "exposures")


@dataclass(frozen=True)
class _Export:
    """An export that is open for reading, and what its project says of its variables."""

    file: LongText
    layout: ExportLayout
    dictionary: Mapping[str, Variable]
    is_ours: bool


def read_redcap(engine: Engine, protocol: Protocol) -> ReadStudy:
    """Study tables of a REDCap export, in the engine, with the findings of every entry.

    Parameters
    ----------
    engine
        Where the study tables go.
    protocol
        Its `source` names the export, its data dictionary, and which variables hold what.

    Raises
    ------
    ProtocolError
        A variable of the protocol is not in the export, or a file is outside the study folder.
    SourceError
        A file cannot be read as what it is said to be.
    EngineError
        DuckDB ran out of memory or disk.
    """
    return read_on_duckdb(engine, protocol, lambda connection: _read(connection, protocol))


def _read(connection: duckdb.DuckDBPyConnection, protocol: Protocol) -> ReadStudy:
    source = cast("RedcapSource", protocol.source)
    export = _open(protocol, source)
    parts = _parts(source, export)
    names = sorted({name for own in parts.values() for part in own for name in part.named})
    wanted = build_wanted_columns(names, export.layout, export.dictionary)
    loaded = read_entries(connection, export.file, export.layout, wanted, source.missing_codes)
    unknown = validate_codes(connection, export.file.place, wanted, export.dictionary)
    build_labelled_entries(connection, wanted, export.dictionary, has_labels=export.layout.has_labels)
    patients, several = build_raw_patients(
        connection, parts["patients"], wanted, export.file.place, is_iso=source.date_format is None
    )
    fields = {"patients": patients}
    for name, own in parts.items():
        if own and name != "patients":
            is_judged = bool(parts["causality_answers"])
            fields[name] = build_raw_table(connection, name, own, wanted, is_judged=is_judged)
    tables = [_table(source, export, name, fields[name]) for name in LONG_TABLES if name in fields]
    tables = [table for table in tables if table.name in _ALWAYS or _has_rows(connection, table)]
    words = TableWords(
        source.open_end,
        is_open_without_end=source.no_end == "ongoing",
        is_lenient=source.bad_rows == "leave_out",
        units=source.laboratory_units,
    )
    study = read_long_study(connection, _with_words(protocol, export), tables, words)
    forms = {name: build_form_name(parts[name], export.dictionary) for name in fields}
    placed = build_placed_findings(connection, study.findings, tables, parts, forms)
    build_placed_rows(connection, tables, forms)
    of_patients = {name for part in parts["patients"] for name in part.named}
    counted = build_export_accounts(
        connection, export.file.place, loaded, tables, [c.name for c in wanted if c.variable in of_patients]
    )
    of_rows = (
        build_lenient_findings(loaded.findings, loaded.left_out) if words.is_lenient else loaded.findings
    )
    found = [export.file.findings, of_rows, unknown, several, counted, placed]
    headings = {
        field.name: build_heading(parts[name], field.name)
        for name in reversed(fields)
        for field in fields[name]
    }
    return replace(study, findings=Findings.concat(found), headings=headings)


def _table(source: RedcapSource, export: _Export, name: str, fields: Sequence[LongField]) -> LongTable:
    """A long table of the export, in a place of its own until its findings are placed."""
    return LongTable(
        name=name,
        file=replace(export.file, place=Place(export.file.place.file, name)),
        types=dict.fromkeys(fields, "VARCHAR"),
        headings={field.name: field.name for field in fields},
        decimal=source.decimal,
        date_format=source.date_format or "",
        left_out={},
        findings=Findings.of(),
    )


def _has_rows(connection: duckdb.DuckDBPyConnection, table: LongTable) -> bool:
    return bool(read_counts(connection, f"SELECT COUNT(*) FROM {table.raw}")[0])


def _open(protocol: Protocol, source: RedcapSource) -> _Export:
    path = parse_source_path(protocol, source.file, outside_folder=source.outside_folder)
    place = Place(path.name)
    if not path.is_file():
        place.refuse("there is no such file.", "Correct `source.file` of the protocol.")
    is_ours = not source.exposures
    dictionary: Mapping[str, Variable] = {}
    if source.dictionary is not None:
        dictionary = read_dictionary(
            parse_source_path(protocol, source.dictionary, outside_folder=source.outside_folder)
        )
    elif is_ours:
        dictionary = read_instrument_variables()
    file = read_long_text(
        path, place, encoding=source.encoding, delimiter=source.delimiter, decimal=source.decimal
    )
    layout = parse_layout(file.headings, place, dictionary, next(iter(dictionary), None))
    return _Export(file, layout, dictionary, is_ours)


def _parts(source: RedcapSource, export: _Export) -> Parts:
    """The parts of every table; of cotreat's own instruments those whose variables are there."""
    known = {column.variable for column in export.layout.columns} - export.layout.unclear
    if export.layout.is_eav:
        known = set(export.dictionary)
    if export.is_ours:
        tables = {name: _kept(own, known) for name, own in read_instrument_tables().items()}
        if not tables["exposures"]:
            export.file.place.refuse(
                "it has not the variables `drug` and `treatment_start` of cotreat's instruments.",
                "Name under `[[source.exposures]]` which variables hold what.",
            )
        return build_table_parts(tables)
    parts = build_table_parts({name: getattr(source, name) for name in LONG_TABLES})
    lines = list(_absent(parts, known, export))
    if lines:
        raise ProtocolError("\n".join(lines))
    return parts


def _kept(declared: Sequence[RedcapVariables], known: set[str]) -> list[RedcapVariables]:
    """Parts without the variables that an export does not have; those that lose a required field are gone."""
    kept: list[RedcapVariables] = []
    for part in declared:
        columns = {
            field: tuple(name for name in names if name in known) for field, names in part.columns.items()
        }
        left = {field: names for field, names in columns.items() if names}
        needed = {"drug", "start_date", "date", "test", "term"} & set(part.columns)
        has_value = not part.constants or not {"value", "category"}.isdisjoint(left)
        if left and needed <= set(left) and has_value:
            kept.append(RedcapVariables(columns=left, constants=part.constants))
    return kept


def _absent(parts: Parts, known: set[str], export: _Export) -> Iterator[str]:
    if export.layout.is_eav and not export.dictionary:
        return
    for name, own in parts.items():
        for variable in sorted({variable for part in own for variable in part.named} - known):
            if variable in export.layout.unclear:
                why = "has a label that other variables have too, and not all of them are in the export"
                yield f'`source.{name}`: "{variable}" {why}; export raw headings.'
                continue
            near = difflib.get_close_matches(variable, sorted(known), n=1)
            hint = f'; perhaps "{near[0]}" is meant' if near else ""
            yield f'`source.{name}`: {export.file.place.file} has no variable "{variable}"{hint}.'


def _with_words(protocol: Protocol, export: _Export) -> Protocol:
    """The protocol with what the choices of cotreat's own instruments mean, where it does not say so."""
    if not export.is_ours:
        return protocol
    values = {field: dict(levels) for field, levels in protocol.values.items()}
    for field, levels in read_instrument_words().items():
        own = values.setdefault(field, {})
        said = {word.casefold() for words in own.values() for word in words}
        for level, labels in levels.items():
            new = tuple(label for label in labels if label.casefold() not in said)
            own[level] = (*own.get(level, ()), *new)
    return protocol.model_copy(update={"values": values})
