"""Judgements of cause in a long table: to which event each belongs, and what can be wrong with it."""

from collections.abc import Mapping, Sequence

import duckdb

from cotreat.engine.literals import compute_literal
from cotreat.readers.table_files import SCRATCH, LongTable
from cotreat.readers.table_flags import build_reason
from cotreat.readers.table_rules import RowRule
from cotreat.vocabulary.causality import CATEGORIES, read_causality_items

NAME = "causality_answers"
_IDS = f"{SCRATCH}.event_ids"
_OF_ROW = "e.patient_key = s.patient_key AND e.event = CAST(s.event_id_text AS VARCHAR)"
_TAKE_OUT = "Correct the cell, or take the row out."


def build_event_ids(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[LongTable], rules: Mapping[str, Sequence[RowRule]]
) -> None:
    """By patient and number of an event, its key: that of the first usable row with the number."""
    events = next((t for t in tables if t.name == "adverse_events" and t.has("event_id")), None)
    if events is None:
        empty = "SELECT CAST(0 AS BIGINT) AS patient_key, '' AS event, CAST(0 AS BIGINT) AS event_key"
        connection.execute(f"CREATE OR REPLACE TABLE {_IDS} AS {empty} WHERE FALSE")
        return
    left_out = (
        f"SELECT source_row FROM {events.flagged} WHERE {build_reason(rules['adverse_events'])} IS NOT NULL"
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {_IDS} AS
        SELECT patient_key, CAST(event_id_text AS VARCHAR) AS event, MIN(source_row) AS event_key
        FROM {events.staged}
        WHERE event_id_text IS NOT NULL AND source_row NOT IN ({left_out})
        GROUP BY patient_key, event_id_text
        """
    )


def compute_causality_values() -> Mapping[str, str]:
    """By column of the study table, SQL over a staged row where it is not the field itself."""
    return {"event_key": f"(SELECT MIN(e.event_key) FROM {_IDS} AS e WHERE {_OF_ROW})"}


def build_causality_rules(table: LongTable) -> tuple[RowRule, ...]:
    """What can be wrong with the number of an event, or with a judgement of its cause."""
    if table.name == "adverse_events":
        return _number_rules() if table.has("event_id") else ()
    if table.name != NAME:
        return ()
    return (_event_rule(), *_word_rules(table), _twice_rule(table), *_category_rules(table))


def _number_rules() -> tuple[RowRule, ...]:
    place = "ROW_NUMBER() OVER (PARTITION BY s.patient_key, event_id_text, is_copy ORDER BY s.source_row)"
    return (
        RowRule(
            "warning",
            "duplicate_event_id",
            "event_id",
            f"event_id_text IS NOT NULL AND NOT is_copy AND {place} > 1",
            "An earlier event of the patient has this number; judgements belong to the earlier one.",
            "Give every event of a patient a number of its own.",
        ),
    )


def _event_rule() -> RowRule:
    return RowRule(
        "error",
        "unknown_event",
        "event_id",
        f"s.event_id_text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {_IDS} AS e WHERE {_OF_ROW})",
        "No adverse event of this patient has this number.",
        "Correct the number, or enter the event in the table of adverse events.",
    )


def _word_rules(table: LongTable) -> list[RowRule]:
    """Words without which a row says nothing, and items of another method."""
    said = {
        "drug": "The judged drug is not known.",
        "method": "The method is not known.",
        "item": "The item is none of any method.",
    }
    rules = [
        RowRule(
            "error",
            f"{name}_not_read",
            name,
            f"{name}_text IS NOT NULL AND {name}_level IS NULL",
            why,
            _TAKE_OUT,
        )
        for name, why in said.items()
        if table.has(name)
    ]
    of_method = [f"{method}.{item}" for method in CATEGORIES for item in read_causality_items(method)]
    if table.has("item"):
        rules.append(_foreign_rule("item", of_method, "The item is one of another method."))
    return rules


def _foreign_rule(name: str, known: Sequence[str], why: str) -> RowRule:
    listed = ", ".join(map(compute_literal, known))
    condition = f"COALESCE(method_level || '.' || {name}_level NOT IN ({listed}), FALSE)"
    return RowRule("error", f"{name}_of_other_method", name, condition, why, _TAKE_OUT)


def _category_rules(table: LongTable) -> list[RowRule]:
    if not table.has("category"):
        return []
    of_method = [f"{method}.{category}" for method, own in CATEGORIES.items() for category in own]
    has_item = "item_text IS NOT NULL" if table.has("item") else "FALSE"
    return [
        _foreign_rule("category", of_method, "The category is one of another method."),
        RowRule(
            "error",
            "category_not_read",
            "category",
            f"category_text IS NOT NULL AND category_level IS NULL AND NOT ({has_item})",
            "The category is none of any method, and the row has no item.",
            _TAKE_OUT,
        ),
        RowRule(
            "warning",
            "category_beside_item",
            "category",
            f"category_text IS NOT NULL AND {has_item}",
            "A category stands beside an answer: it is derived from the answers, and this one is not used.",
            "Put a category that was judged as such into a row without an item.",
            unknown=("category",),
        ),
    ]


def _twice_rule(table: LongTable) -> RowRule:
    of = [f"{name}_level" for name in ("drug", "method", "item") if table.has(name)]
    by = ", ".join(["s.patient_key", "event_id_text", *of, *(["judge_text"] if table.has("judge") else [])])
    place = f"ROW_NUMBER() OVER (PARTITION BY {by}, is_copy ORDER BY s.source_row)"
    return RowRule(
        "error",
        "answered_twice",
        "event_id",
        f"event_id_text IS NOT NULL AND NOT is_copy AND {place} > 1",
        "An earlier row answers the same item (or has a category) of this event, drug, judge and method.",
        "Keep one of them, or name the judges.",
    )
