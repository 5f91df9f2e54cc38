"""Which category did each judge come to? From the answers in the study tables, without a loop over events."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import pyarrow as pa

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step
from cotreat.outcomes.causality import compute_causality
from cotreat.vocabulary.causality import CATEGORIES, Answer, Method, read_causality_items

JUDGED = TableName("causality_judged")
_BASE = 3
_OF_DIGIT: tuple[Answer, ...] = ("unknown", "yes", "no")
_ITEMS = pa.schema([("method", pa.string()), ("item", pa.string()), ("weight", pa.int64())])
_CATEGORIES = pa.schema([("method", pa.string()), ("pattern", pa.int64()), ("category", pa.string())])
_JUDGED = pa.schema(
    [
        ("event_key", pa.int64()),
        *((name, pa.string()) for name in ("drug", "method", "judge", "category")),
    ]
)


def build_judged_causality(engine: Engine, answers: TableName | None) -> TableName:
    """The table ``causality_judged``: one row per recorded event, drug, judge and method.

    Every way in which a method was answered is judged once (`compute_causality`), however many events
    were answered so. A category that was judged as such counts where the judge gave no answers.

    Parameters
    ----------
    engine
        Where the tables live.
    answers
        One row per answer or judged category; None: the source has no place for them.
    """
    if answers is None:
        return engine.load(JUDGED, _JUDGED.empty_table())
    items = engine.load("causality_items", pa.Table.from_pylist(list(_item_rows()), schema=_ITEMS))
    given = {"causality_answers": answers, "causality_items": items}
    patterns = build_step(
        engine, "causality_patterns", sql="causality_patterns", tables=given, room="outcomes"
    )
    found = engine.fetch(f"SELECT DISTINCT method, pattern FROM {patterns}").to_pylist()
    rows = [{**row, "category": _category(row)} for row in found]
    categories = engine.load("causality_categories", pa.Table.from_pylist(rows, schema=_CATEGORIES))
    tables = {
        "causality_answers": answers,
        "causality_patterns": patterns,
        "causality_categories": categories,
    }
    judged = build_step(engine, JUDGED, sql="causality_judged", tables=tables, room="outcomes")
    engine.drop(items, patterns, categories)
    return judged


def _item_rows() -> Iterator[Mapping[str, object]]:
    for method in CATEGORIES:
        for place, item in enumerate(read_causality_items(method)):
            yield {"method": method, "item": item, "weight": _BASE**place}


def _category(row: Mapping[str, Any]) -> str:
    """The category of one way of answering, its answers read from the digits of the pattern."""
    method = cast("Method", row["method"])
    answers: dict[str, Answer] = {
        item: _OF_DIGIT[row["pattern"] // _BASE**place % _BASE]
        for place, item in enumerate(read_causality_items(method))
    }
    return compute_causality(method, answers).category
