"""FHIR resources in the form of long tables: who, what, when, and why a resource is not used."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

import duckdb
import pyarrow as pa

from cotreat.protocol import FhirSource, Protocol
from cotreat.readers.fhir.concepts import (
    Concept,
    Word,
    build_concept_words,
    parse_concept_word,
    parse_drug_word,
    parse_route_word,
    parse_test_word,
)
from cotreat.readers.fhir.doses import build_dose_texts
from cotreat.readers.fhir.structure import STRUCTURES, compute_table
from cotreat.readers.table_files import SCRATCH
from cotreat.readers.table_words import WordLists
from cotreat.vocabulary import TermIndex, read_conditions

LEFT = f"{SCRATCH}.fhir_left"
"""One row per resource that is not used: ``n, reason``."""

PARTS = 4096
"""A row of a long table is numbered by its resource and its part in it: n x 4096 + part."""


def build_index(connection: duckdb.DuckDBPyConnection) -> None:
    """Resources by what refers to them; of several versions of one the newest, the others left out."""
    _run(connection, "macros")
    hashed = " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, n, id, meta.lastUpdated AS updated, "
        f"hash({_quoted(STRUCTURES[kind])}) AS content FROM {SCRATCH}.{compute_table(kind)}"
        for kind in STRUCTURES
    )
    connection.execute(f"CREATE OR REPLACE TABLE {SCRATCH}.fhir_ids AS {hashed}")
    _build(connection, "fhir_left", "versions")
    _run(connection, "index")


def build_long_rows(
    connection: duckdb.DuckDBPyConnection, protocol: Protocol, source: FhirSource, lists: WordLists
) -> Sequence[str]:
    """The rows of each long table (``raw_...``); the names of the tables that have any, patients first."""
    _build_exposures(connection, protocol, source, lists)
    _build_conditions(connection, source, lists)
    _build_patients(connection)
    _build_observations(connection, lists)
    _build_events(connection, lists)
    names = ("patients", "exposures", "assessments", "laboratory", "adverse_events", "conditions")
    return [name for name in names if _has_rows(connection, f"{SCRATCH}.raw_{name}") or name == "exposures"]


def _build_exposures(
    connection: duckdb.DuckDBPyConnection, protocol: Protocol, source: FhirSource, lists: WordLists
) -> None:
    _build(connection, "fhir_taken", "exposures")
    _build_exposure_words(connection, lists)
    lengths = {_words(drug): days for drug, days in source.administration_days.items()}
    _load(connection, "fhir_order", _ORDER, _order(source))
    _load(connection, "fhir_lengths", _LENGTHS, lengths.items())
    _build(connection, "fhir_exposures", "rows", is_open="TRUE" if source.no_end == "ongoing" else "FALSE")
    reasons, joins = _build_reason_words(connection, protocol, lists)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {SCRATCH}.raw_exposures AS
        SELECT {_row("e.part")}, e.patient, e.drug, e.start_date, e.end_date,
            CASE WHEN e.is_open AND e.end_date IS NULL AND e.days_supply IS NULL THEN 'yes' END AS ongoing,
            e.days_supply, CASE WHEN e.n_parts = 1 THEN d.text END AS dose_text, r.word AS route {reasons}
        FROM {SCRATCH}.fhir_exposures AS e
        LEFT JOIN {SCRATCH}.fhir_doses AS d ON d.dose = CAST(e.dose AS VARCHAR)
        LEFT JOIN {SCRATCH}.fhir_words_route AS r ON r.concept = e.route
        {joins}
        WHERE e.reason IS NULL
        """
    )
    _leave(connection, "fhir_exposures")


def _build_exposure_words(connection: duckdb.DuckDBPyConnection, lists: WordLists) -> None:
    """What drugs, suspects, routes and doses mean."""
    taken, said = f"{SCRATCH}.fhir_taken", f"{SCRATCH}.fhir_said(said)"
    build_concept_words(
        connection,
        "drug",
        f"SELECT concept FROM {taken} UNION ALL SELECT unnest(ingredients) FROM {taken} "
        f"UNION ALL SELECT {said} FROM {taken} "
        f"UNION ALL SELECT unnest([concept, {said}]) FROM ({_read('suspects')})",
        lambda concept: _drug_or_combination(concept, lists),
    )
    build_concept_words(
        connection,
        "route",
        f"SELECT route AS concept FROM {taken}",
        lambda concept: parse_route_word(concept, lists.indexes["route"]),
    )
    build_dose_texts(connection, f"SELECT dose FROM {taken}")


def _build_reason_words(
    connection: duckdb.DuckDBPyConnection, protocol: Protocol, lists: WordLists
) -> tuple[str, str]:
    """What reasons mean, as far as the protocol says it: SQL for their columns, and for the joins.

    An indication is no reason of the study by itself.
    """
    columns = {"reason_started": "started_for", "end_reason": "stopped_for"}
    used = {name: column for name, column in columns.items() if protocol.levels(name)}
    for name, column in used.items():
        concepts = f"SELECT {column} AS concept FROM {SCRATCH}.fhir_taken"
        _build_words(connection, name, concepts, lists.indexes[name])
    return "".join(f", w_{name}.word AS {name}" for name in used), " ".join(
        f"LEFT JOIN {SCRATCH}.fhir_words_{name} AS w_{name} ON w_{name}.concept = e.{column}"
        for name, column in used.items()
    )


def _drug_or_combination(concept: Concept, lists: WordLists) -> Word:
    word, is_known = parse_concept_word(concept, lists.indexes["attribution"])
    return (word, True) if is_known else parse_drug_word(concept, lists.indexes["drug"])


def _order(source: FhirSource) -> list[tuple[str, str, int]]:
    """By drug ('' for all others) and type of resource, which type goes first."""
    orders = {"": source.exposures, **{_words(d): order for d, order in source.exposures_by_drug.items()}}
    return [(drug, kind, place) for drug, order in orders.items() for place, kind in enumerate(order)]


def _build_conditions(connection: duckdb.DuckDBPyConnection, source: FhirSource, lists: WordLists) -> None:
    _build(connection, "fhir_conditions", "conditions")
    table = f"{SCRATCH}.fhir_conditions"
    indexes = [lists.indexes[name] for name in ("comorbidity", "disease")]
    _build_words(connection, "condition", f"SELECT concept FROM {table}", *indexes)
    kinds = {_words(level): condition.kind for level, condition in read_conditions().items()}
    named = {_words(disease): "disease" for disease in source.diseases}
    _load(connection, "fhir_kinds", _KINDS, {**kinds, **named}.items())
    listed = ", ".join(f"'{word}'" for word in named)
    is_disease = f"w.word IN ({listed})" if listed else "k.kind = 'disease'"
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {SCRATCH}.fhir_terms AS
        SELECT c.*, w.word AS term, COALESCE(k.kind, 'comorbidity') AS kind,
            COALESCE({is_disease}, FALSE) AS is_disease
        FROM {table} AS c
        LEFT JOIN {SCRATCH}.fhir_words_condition AS w ON w.concept = c.concept
        LEFT JOIN {SCRATCH}.fhir_kinds AS k ON k.word = w.word
        """
    )
    # The one disease of a patient is what the study treats; of several nobody says which.
    connection.execute(
        f"CREATE OR REPLACE TABLE {SCRATCH}.fhir_diseases AS SELECT patient, MIN(term) AS term "
        f"FROM {SCRATCH}.fhir_terms WHERE is_disease AND reason IS NULL AND patient IS NOT NULL "
        "GROUP BY patient HAVING COUNT(DISTINCT term) = 1"
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {SCRATCH}.raw_conditions AS
        SELECT {_row("0")}, e.patient, e.term, e.start_date, e.kind
        FROM {SCRATCH}.fhir_terms AS e
        LEFT JOIN {SCRATCH}.fhir_diseases AS d ON d.patient = e.patient AND d.term = e.term
        WHERE e.reason IS NULL AND d.patient IS NULL
        """
    )
    _leave(connection, "fhir_terms")


def _build_patients(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"CREATE OR REPLACE TABLE {SCRATCH}.raw_patients AS SELECT {_row('0')}, e.* EXCLUDE (n) "
        f"FROM ({_read('patients')}) AS e"
    )


def _build_observations(connection: duckdb.DuckDBPyConnection, lists: WordLists) -> None:
    _build(connection, "fhir_results", "observations")
    results = f"{SCRATCH}.fhir_results"
    concepts = f"SELECT concept FROM {results}"
    build_concept_words(
        connection, "test", concepts, lambda concept: parse_test_word(concept, lists.indexes["test"])
    )
    _build_words(connection, "instrument", concepts, lists.indexes["instrument"])
    _build_words(
        connection, "response", f"SELECT response AS concept FROM {results}", lists.indexes["response"]
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {SCRATCH}.fhir_observed AS
        SELECT r.* EXCLUDE (response, reason), t.word AS test, i.word AS instrument, a.word AS response,
            CASE WHEN t.is_known THEN 'laboratory' WHEN i.is_known THEN 'assessments'
                WHEN r.is_laboratory THEN 'laboratory' END AS target,
            COALESCE(r.reason, CASE
                WHEN NOT (t.is_known OR i.is_known OR COALESCE(r.is_laboratory, FALSE))
                    THEN 'no_test_or_score'
                WHEN r.value IS NULL AND NOT i.is_known THEN 'no_value' END) AS reason
        FROM {results} AS r
        LEFT JOIN {SCRATCH}.fhir_words_test AS t ON t.concept = r.concept
        LEFT JOIN {SCRATCH}.fhir_words_instrument AS i ON i.concept = r.concept
        LEFT JOIN {SCRATCH}.fhir_words_response AS a ON a.concept = r.response
        """
    )
    for name, columns in (
        ("laboratory", "e.test, e.value, e.unit, e.lln, e.uln"),
        ("assessments", "e.instrument, e.value, e.response"),
    ):
        connection.execute(
            f"CREATE OR REPLACE TABLE {SCRATCH}.raw_{name} AS "
            f"SELECT {_row('e.part')}, e.patient, e.date, {columns} "
            f"FROM {SCRATCH}.fhir_observed AS e WHERE e.reason IS NULL AND e.target = '{name}'"
        )
    _leave(connection, "fhir_observed")


def _build_events(connection: duckdb.DuckDBPyConnection, lists: WordLists) -> None:
    _build(connection, "fhir_events", "events")
    events = f"{SCRATCH}.fhir_events"
    _build_words(connection, "event", f"SELECT concept FROM {events}", lists.indexes["adverse_event"])
    severity = f"SELECT severity AS concept FROM {events}"
    _build_words(connection, "severity", severity, lists.indexes["severity"])
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {SCRATCH}.fhir_suspected AS
        SELECT s.n, s.place, COALESCE(w.word, t.word, s.said) AS drug, s.assessment, s.method
        FROM ({_read("suspects")}) AS s
        LEFT JOIN {SCRATCH}.fhir_words_drug AS w ON w.concept = s.concept
        LEFT JOIN {SCRATCH}.fhir_words_drug AS t ON t.concept = {SCRATCH}.fhir_said(s.said)
        """
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {SCRATCH}.raw_adverse_events AS
        SELECT {_row("0")}, e.patient, w.word AS term, e.onset_date, g.word AS severity, e.serious, e.outcome,
            s.suspects
        FROM {events} AS e
        LEFT JOIN {SCRATCH}.fhir_words_event AS w ON w.concept = e.concept
        LEFT JOIN {SCRATCH}.fhir_words_severity AS g ON g.concept = e.severity
        LEFT JOIN (SELECT n, string_agg(drug, ' + ' ORDER BY place) AS suspects
            FROM {SCRATCH}.fhir_suspected WHERE drug IS NOT NULL GROUP BY n) AS s ON s.n = e.n
        WHERE e.reason IS NULL
        """
    )
    _leave(connection, "fhir_events")


_ORDER = pa.schema([("drug", pa.string()), ("kind", pa.string()), ("place", pa.int64())])
_LENGTHS = pa.schema([("drug", pa.string()), ("days", pa.float64())])
_KINDS = pa.schema([("word", pa.string()), ("kind", pa.string())])


def _row(part: str) -> str:
    return f"e.n * {PARTS} + {part} AS source_row"


def _words(level: str) -> str:
    return level.replace("_", " ")


def _quoted(names: Mapping[str, object]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _leave(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Resources of which no row is used are left out, for the first of their reasons."""
    connection.execute(
        f"INSERT INTO {LEFT} SELECT n, MIN(reason) FROM {SCRATCH}.{table} "
        "GROUP BY n HAVING COUNT(*) = COUNT(reason)"
    )


def _build_words(
    connection: duckdb.DuckDBPyConnection, name: str, concepts: str, *indexes: TermIndex
) -> None:
    build_concept_words(connection, name, concepts, lambda concept: parse_concept_word(concept, *indexes))


def _has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall())


def _load(
    connection: duckdb.DuckDBPyConnection, table: str, schema: pa.Schema, rows: Iterable[tuple[object, ...]]
) -> None:
    listed = [dict(zip(schema.names, row, strict=True)) for row in rows]
    connection.register("loaded_rows", pa.Table.from_pylist(listed, schema=schema))
    connection.execute(f"CREATE OR REPLACE TABLE {SCRATCH}.{table} AS SELECT * FROM loaded_rows")
    connection.unregister("loaded_rows")


def _build(connection: duckdb.DuckDBPyConnection, table: str, sql: str, **words: str) -> None:
    connection.execute(f"CREATE OR REPLACE TABLE {SCRATCH}.{table} AS {_read(sql, **words)}")


def _run(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    for statement in _read(sql).split(";\n"):
        if statement.strip():
            connection.execute(statement)


def _read(sql: str, **words: str) -> str:
    text = files("cotreat.readers.fhir").joinpath(f"{sql}.sql").read_text(encoding="utf-8")
    return text.format(db=SCRATCH, **words)
