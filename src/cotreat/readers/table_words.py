"""What the words of long tables mean: each distinct text is read once, then joined.

A dictionary is a table in DuckDB with one row per distinct text of a column: its ``code``, the
text, what it means, and ``problem, why, proposal``, which say why it has no reading.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import duckdb
import pyarrow as pa

from cotreat.engine.literals import compute_literal
from cotreat.findings import Unparsed
from cotreat.protocol import Protocol
from cotreat.readers.dose import Dose, parse_dose
from cotreat.readers.dose_steps import MG_PER_UNIT
from cotreat.readers.grids import DecimalSign
from cotreat.readers.level_names import compute_level_name
from cotreat.readers.long_tables import LongField
from cotreat.readers.table_files import SCRATCH, LongTable
from cotreat.readers.table_sql import NOT_READ
from cotreat.vocabulary import (
    TermIndex,
    build_term_index,
    build_word_index,
    parse_drug_phrase,
    parse_term,
    read_ae_terms,
    read_conditions,
    read_drugs,
    read_instruments,
    read_lab_tests,
    read_therapies,
)
from cotreat.vocabulary.causality import (
    CATEGORIES,
    CATEGORY_SPELLINGS,
    METHOD_SPELLINGS,
    read_causality_items,
)

NG_PER_MG = 1_000_000
OPEN_WORDS = frozenset({"drug", "therapy", "disease", "adverse_event", "comorbidity", "instrument", "test"})
"""Vocabularies that nobody can complete: an unknown word of theirs is kept as written."""
WORDS_OR_NONE = frozenset({"adverse_event", "comorbidity", "therapy"})
"""Lists of which a row may say that nothing is to be listed."""
NONE = "none"

DOSE_COLUMNS = ("dose_mg", "dose_interval_days", "dose_ng_day", "route", "dose_flag")
RANGE_COLUMNS = ("low", "high")
CODE = "CAST(ROW_NUMBER() OVER () AS INTEGER) AS code"
"""SQL for the number of a text in its dictionary."""

_GRADES = ("mild", "moderate", "severe", "life_threatening", "fatal")
_WHY = [("problem", pa.int64()), ("why", pa.string()), ("proposal", pa.string())]
_LEVEL = [("text", pa.string()), ("level", pa.string()), *_WHY]
_TERM = pa.schema(_LEVEL)
_RANGED = pa.schema([*_LEVEL, ("low", pa.float64()), ("high", pa.float64())])
_DOSE = pa.schema(
    [
        ("text", pa.string()),
        ("dose_mg", pa.float64()),
        ("dose_interval_days", pa.float64()),
        ("dose_ng_day", pa.int64()),
        ("route", pa.string()),
        ("dose_flag", pa.string()),
        *_WHY,
    ]
)


@dataclass(frozen=True)
class WordLists:
    """By name of a word list, the index that reads its texts."""

    indexes: Mapping[str, TermIndex]

    def parse(self, words: str, text: str) -> str | Unparsed:
        """The level that a text means, or why not and what may be meant."""
        if words == "suspect":
            is_both = parse_term(text, self.indexes["attribution"]) == "combination"
            return "combination" if is_both else self.parse("drug", text)
        found = parse_term(text, self.indexes[words])
        if not isinstance(found, Unparsed):
            return found
        if words in WORDS_OR_NONE and parse_term(text, self.indexes["absence"]) == NONE:
            return NONE
        if words in ("drug", "therapy") and not found.proposal:
            head = parse_drug_phrase(text, self.indexes[words])
            proposal = head.proposal if isinstance(head, Unparsed) else head[0]
            return Unparsed(text, found.why, proposal)
        return found


def build_word_lists(protocol: Protocol) -> WordLists:
    """The vocabulary with the protocol's own spellings, which win."""
    roles = protocol.roles
    named = {d: (d,) for role in (roles.anchor, roles.partner, roles.concomitant) for d in role.drugs}
    own = protocol.levels("drug")
    drugs = {level: (*named.get(level, ()), *own.get(level, ())) for level in (*named, *own)}
    words = {
        name: build_word_index(name, extra=protocol.levels(name))
        for name in ("sex", "response", "route", "severity")
    }
    conditions = {
        name: build_term_index(read_conditions(), extra=protocol.levels(name))
        for name in ("disease", "comorbidity")
    }
    reasons = {
        name: build_term_index(extra={k: (*v, k) for k, v in protocol.levels(name).items()})
        for name in ("reason_started", "end_reason")
    }
    kinds = {kind: (kind,) for kind in ("comorbidity", "disease", "risk_factor")}
    return WordLists(
        {
            "drug": build_term_index(read_drugs(), extra=drugs),
            "therapy": build_term_index(
                read_drugs(), read_therapies(), extra={**drugs, **protocol.levels("prior_therapy")}
            ),
            "absence": build_word_index("absence"),
            "adverse_event": build_term_index(read_ae_terms(), extra=protocol.levels("adverse_event")),
            "instrument": build_term_index(read_instruments(), extra=protocol.levels("instrument")),
            "test": build_term_index(read_lab_tests(), extra=protocol.levels("test")),
            "yes_no": build_word_index("yes_no"),
            "attribution": build_word_index("attribution"),
            "condition_kind": build_term_index(extra=kinds),
            "context": build_term_index(extra={word: (word,) for word in ("monotherapy", "combination")}),
            **words,
            **conditions,
            **reasons,
            **_causality_indexes(),
        }
    )


def _causality_indexes() -> Mapping[str, TermIndex]:
    """The words of judgements: methods, items, answers and categories."""
    items = {item for method in CATEGORIES for item in read_causality_items(method)}
    categories = {category for own in CATEGORIES.values() for category in own}
    unknown = ("unknown", "not known", "not applicable", "not done", "n/a", "?")
    return {
        "causality_method": build_term_index(extra=METHOD_SPELLINGS),
        "causality_item": build_term_index(extra={item: (item,) for item in sorted(items)}),
        "causality_answer": build_word_index("yes_no", extra={"unknown": unknown}),
        "causality_category": build_term_index(
            extra={c: (c, *CATEGORY_SPELLINGS.get(c, ())) for c in sorted(categories)}
        ),
    }


def compute_dictionary_name(table: LongTable, field: LongField) -> str:
    """Name of the dictionary of one column."""
    return f"{SCRATCH}.words_{table.name}_{field.name}"


def build_term_dictionary(
    connection: duckdb.DuckDBPyConnection, table: LongTable, field: LongField, lists: WordLists
) -> Sequence[str]:
    """The dictionary of a column of terms or flags; the further columns that it has."""
    words = "yes_no" if field.kind == "flag" else field.words
    ranges = {level: (found.low, found.high) for level, found in read_instruments().items()}

    def parse(text: str) -> Mapping[str, Any]:
        found = lists.parse(words, text)
        if words == "severity":
            found = _parse_grade(text, found)
        if isinstance(found, Unparsed):
            level = compute_level_name(text) if words in OPEN_WORDS else None
            return {"level": level, **_unread(found)}
        low, high = ranges.get(found, (None, None))
        return {"level": found, "problem": 0, "low": low, "high": high}

    is_ranged = words == "instrument"
    _build_dictionary(connection, table, field, parse, _RANGED if is_ranged else _TERM)
    if table.name == "exposures":
        _add_small_levels(connection, table, field)
        return ("small",)
    return RANGE_COLUMNS if is_ranged else ()


def _add_small_levels(connection: duckdb.DuckDBPyConnection, table: LongTable, field: LongField) -> None:
    """The levels of a dictionary once more, as `small`: one or two bytes each, for tables of many rows."""
    name = compute_dictionary_name(table, field)
    connection.execute(
        f"ALTER TABLE {name} ADD COLUMN small {build_small_type(read_levels(connection, table, field))}"
    )
    connection.execute(f"UPDATE {name} SET small = level")


def read_levels(connection: duckdb.DuckDBPyConnection, table: LongTable, field: LongField) -> list[str]:
    """The levels that the texts of a column have, in their order."""
    words = compute_dictionary_name(table, field)
    found = connection.execute(f"SELECT DISTINCT level FROM {words} WHERE level IS NOT NULL ORDER BY 1")
    return [str(level) for (level,) in found.fetchall()]


def build_small_type(levels: Sequence[str]) -> str:
    """DuckDB's type for one of a few texts; where there are none, for a text."""
    return f"ENUM({', '.join(map(compute_literal, levels))})" if levels else "VARCHAR"


def build_dose_dictionary(
    connection: duckdb.DuckDBPyConnection, table: LongTable, field: LongField, decimal: DecimalSign
) -> None:
    """The dictionary of a column of doses."""

    def parse(text: str) -> Mapping[str, Any]:
        dose = parse_dose(text, decimal=decimal)
        return _unread(dose) if isinstance(dose, Unparsed) else _dose_columns(dose)

    _build_dictionary(connection, table, field, parse, _DOSE)


def _build_dictionary(
    connection: duckdb.DuckDBPyConnection,
    table: LongTable,
    field: LongField,
    parse: Callable[[str], Mapping[str, Any]],
    schema: pa.Schema,
) -> None:
    texts = connection.execute(
        f"SELECT DISTINCT {field.name} AS text FROM {table.raw} WHERE {field.name} IS NOT NULL ORDER BY text"
    ).fetchall()
    rows = [{"text": str(text), **parse(str(text))} for (text,) in texts]
    connection.register("dictionary_rows", pa.Table.from_pylist(rows, schema=schema))
    name = compute_dictionary_name(table, field)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {CODE}, * FROM dictionary_rows")
    connection.unregister("dictionary_rows")


def _unread(found: Unparsed) -> Mapping[str, Any]:
    return {"problem": NOT_READ, "why": found.why, "proposal": found.proposal}


def _parse_grade(text: str, found: str | Unparsed) -> str | Unparsed:
    """The CTCAE grade, 1 to 5, of a grade or a word."""
    if text in ("1", "2", "3", "4", "5"):
        return text
    return str(_GRADES.index(found) + 1) if isinstance(found, str) and found in _GRADES else found


def _dose_columns(dose: Dose) -> Mapping[str, Any]:
    is_mass = dose.unit in MG_PER_UNIT and not {"per_kg", "per_m2"}.intersection(dose.flags)
    mg = Fraction(dose.amount) * MG_PER_UNIT[dose.unit] if is_mass and dose.amount is not None else None
    per_day = dose.mg_per_day
    return {
        "problem": 0,
        "dose_mg": None if mg is None else float(mg),
        "dose_interval_days": dose.interval_days,
        "dose_ng_day": None if per_day is None else round(per_day * NG_PER_MG),
        "route": dose.route,
        "dose_flag": ", ".join(dose.flags) or None,
    }
