"""How severe were the laboratory values? CTCAE grades of every result, and the value before treatment."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import pyarrow as pa

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step
from cotreat.vocabulary.ctcae import DECIMALS, GRADES, MULTIPLES, Bounds, LabCriterion, read_ctcae

CRITERIA = "laboratory_criteria"


def build_laboratory_grades(
    engine: Engine, laboratory: TableName, states: TableName, *, version: str, lookback: int
) -> TableName:
    """Every laboratory result of person-time, and before it, with its grade.

    Grain: one row per result and criterion of its test (hemoglobin has two, weight has two). Beside it
    ``laboratory_criteria``, and ``laboratory_baselines``: one row per patient and criterion with a value
    before treatment.

    Parameters
    ----------
    engine
        Where the tables live.
    laboratory
        One row per result, in the unit of its test.
    states
        One row per patient and interval of one exposure state: the person-time. Results after it do not
        count.
    version
        Of CTCAE, ``5.0`` or ``6.0``.
    lookback
        Days before the first day of person-time in which the value before treatment is looked for; the
        first day itself counts.

    Raises
    ------
    ProtocolError
        `lookback` is negative.

    Notes
    -----
    The value before treatment is the last one up to the first day of person-time. It is compared with
    itself like every other value, so that in 5.0 a value that was high before treatment has
    grade 0: it did not rise.
    """
    criteria = build_laboratory_criteria(engine, version)
    given = {"laboratory": laboratory, "criteria": criteria, "states": states}
    values = build_step(
        engine, "laboratory_values", sql="laboratory_values", tables=given, view=True, room="outcomes"
    )
    tables = {"laboratory_values": values, "criteria": criteria}
    baselines = build_step(
        engine,
        "laboratory_baselines",
        sql="laboratory_baselines",
        tables=tables,
        days={"lookback": lookback},
        room="outcomes",
    )
    tables = {**tables, "laboratory_baselines": baselines}
    grades = build_step(engine, "laboratory_grades", sql="laboratory_grades", tables=tables, room="outcomes")
    engine.drop(values)
    return grades


def build_laboratory_criteria(engine: Engine, version: str) -> TableName:
    """The table ``laboratory_criteria``: the bounds of a version of CTCAE in whole numbers, for comparing.

    Grain: one row per criterion, and per way in which its values are recorded: in moles or not.
    """
    rows = [
        row
        for key, criterion in enumerate(read_ctcae(version).values(), start=1)
        for row in _criterion_rows(key, criterion)
    ]
    texts = ("term", "test", "baseline_rule")
    schema = pa.schema([(name, pa.string() if name in texts else pa.int64()) for name in rows[0]])
    return engine.load(CRITERIA, pa.Table.from_pylist(rows, schema=schema))


def _criterion_rows(key: int, criterion: LabCriterion) -> Iterator[Mapping[str, Any]]:
    side = 1 if criterion.is_above else -1
    for is_molar in (False, True):
        by_grade: dict[str, int | None] = {}
        for grade in GRADES:
            by_grade |= _bounds(criterion.bounds.get(grade, Bounds()), grade, side, is_molar=is_molar)
        yield {
            "criterion_key": key,
            "is_molar": int(is_molar),
            "term": criterion.term,
            "test": criterion.test,
            "side": side,
            "baseline_rule": criterion.baseline_rule,
            "has_bounds": int(bool(criterion.bounds)),
            "needs_limit": int(criterion.needs_limit),
            "highest_by_limit": criterion.highest_by_limit,
            "highest_by_baseline": criterion.highest_by_baseline,
            **by_grade,
        }


def _bounds(bounds: Bounds, grade: int, side: int, *, is_molar: bool) -> Mapping[str, int | None]:
    value = bounds.molar_value if is_molar and bounds.molar_value is not None else bounds.value
    return {
        f"value_{grade}": None if value is None else side * round(value * DECIMALS),
        f"limit_{grade}": _twentieths(bounds.limit_multiple, side),
        f"plus_{grade}": side * MULTIPLES * round(bounds.limit_plus * DECIMALS),
        f"baseline_{grade}": _twentieths(bounds.baseline_multiple, side),
        f"equal_{grade}": int(bounds.baseline_includes),
    }


def _twentieths(multiple: Fraction | None, side: int) -> int | None:
    return None if multiple is None else side * int(multiple * MULTIPLES)
