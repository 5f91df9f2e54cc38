"""What the words of long tables mean: each distinct text is read once, then joined.

A dictionary is a table ``words_TABLE_FIELD`` in DuckDB with one row per distinct text:
the text, its level, and why it has none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from cotreat.findings import Unparsed
from cotreat.protocol import Protocol
from cotreat.readers.dose import parse_dose
from cotreat.readers.level_names import compute_level_name
from cotreat.readers.long_tables import LongField
from cotreat.readers.table_files import LongTable
from cotreat.vocabulary import (
    TermIndex,
    build_term_index,
    build_word_index,
    parse_term,
    read_ae_terms,
    read_conditions,
    read_drugs,
)

NG_PER_MG = 1_000_000
_GRADES = {"mild": 1, "moderate": 2, "severe": 3, "life_threatening": 4, "fatal": 5}
_OPEN = ("drug", "disease", "adverse_event", "comorbidity")


@dataclass(frozen=True)
class WordLists:
    """By name of a word list, the index that reads its texts."""

    indexes: Mapping[str, TermIndex]

    def parse(self, words: str, text: str) -> tuple[str | None, str, str]:
        """Level, why there is none (or it is the text itself), and the nearest level."""
        found = parse_term(text, self.indexes[words])
        if not isinstance(found, Unparsed):
            return found, "", ""
        level = compute_level_name(text) if words in _OPEN else None
        return level, found.why, found.proposal


def build_word_lists(protocol: Protocol) -> WordLists:
    """The vocabulary with the protocol's own spellings, which win."""
    roles = protocol.roles
    named = {d: (d,) for role in (roles.anchor, roles.partner, roles.concomitant) for d in role.drugs}
    own = protocol.levels("drug")
    drugs = {level: (*named.get(level, ()), *own.get(level, ())) for level in (*named, *own)}
    conditions = {
        name: build_term_index(read_conditions(), extra=protocol.levels(name))
        for name in ("disease", "comorbidity")
    }
    reasons = {
        name: build_term_index(extra={k: (*v, k) for k, v in protocol.levels(name).items()})
        for name in ("reason_started", "end_reason")
    }
    return WordLists(
        {
            "drug": build_term_index(read_drugs(), extra=drugs),
            "adverse_event": build_term_index(read_ae_terms(), extra=protocol.levels("adverse_event")),
            "sex": build_word_index("sex", extra=protocol.levels("sex")),
            "response": build_word_index("response", extra=protocol.levels("response")),
            "route": build_word_index("route", extra=protocol.levels("route")),
            "severity": build_word_index("severity"),
            "yes_no": build_word_index("yes_no"),
            "attribution": build_word_index("attribution"),
            **conditions,
            **reasons,
        }
    )


def build_dictionary(
    connection: duckdb.DuckDBPyConnection,
    table: LongTable,
    field: LongField,
    parse: Callable[[str], Mapping[str, Any]],
    schema: pa.Schema,
) -> str:
    """The dictionary of one column, from its distinct texts; its name."""
    texts = connection.execute(
        f"SELECT DISTINCT {field.name} AS text FROM {table.raw} WHERE {field.name} IS NOT NULL ORDER BY text"
    ).fetchall()
    rows = [{"text": text, **parse(text)} for (text,) in texts]
    name = f"words_{table.name}_{field.name}"
    connection.register("dictionary", pa.Table.from_pylist(rows, schema=schema))
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM dictionary")
    connection.unregister("dictionary")
    return name


_TERM = pa.schema([(n, pa.string()) for n in ("text", "level", "why", "proposal")])
_DOSE = pa.schema(
    [
        ("text", pa.string()),
        ("why", pa.string()),
        ("proposal", pa.string()),
        ("dose_mg", pa.float64()),
        ("dose_interval_days", pa.float64()),
        ("dose_ng_day", pa.int64()),
        ("route", pa.string()),
        ("dose_flag", pa.string()),
    ]
)


def build_term_dictionary(
    connection: duckdb.DuckDBPyConnection, table: LongTable, field: LongField, lists: WordLists
) -> str:
    """The dictionary of a column of terms or flags; its name."""
    words = "yes_no" if field.kind == "flag" else field.words

    def parse(text: str) -> Mapping[str, Any]:
        level, why, proposal = lists.parse(words, text)
        if words == "severity":
            level = text if text in "12345" else level
            level, why = (str(_GRADES.get(level or "", level or "")) or None, "" if level else why)
        return {"level": level, "why": why, "proposal": proposal}

    return build_dictionary(connection, table, field, parse, _TERM)


def build_dose_dictionary(
    connection: duckdb.DuckDBPyConnection, table: LongTable, field: LongField, protocol_decimal: str
) -> str:
    """The dictionary of a column of doses; its name."""
    decimal = "," if protocol_decimal == "," else "."

    def parse(text: str) -> Mapping[str, Any]:
        dose = parse_dose(text, decimal=decimal)
        if isinstance(dose, Unparsed):
            return {"why": dose.why, "proposal": dose.proposal}
        per_day = dose.mg_per_day
        return {
            "why": "",
            "dose_mg": None
            if per_day is None or dose.interval_days is None
            else per_day * dose.interval_days,
            "dose_interval_days": dose.interval_days,
            "dose_ng_day": None if per_day is None else round(per_day * NG_PER_MG),
            "route": dose.route,
            "dose_flag": ", ".join(dose.flags) or None,
        }

    return build_dictionary(connection, table, field, parse, _DOSE)
