"""Which regimens followed each other, line of therapy by line of therapy."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from cotreat.analysis.measures import Measure
from cotreat.analysis.results import Estimate, Unit
from cotreat.analysis.selection import Selection, StudyTables
from cotreat.engine import Engine

MOST_LINES = 5
# The most frequent regimens are told apart; the rest is one level.
MOST_REGIMENS = 12
OTHER = "other"
# What a line is followed by when it is by no other line.
LAST = ("ongoing", "none")


@cache
def _sql() -> str:
    return files("cotreat.analysis").joinpath("sequences.sql").read_text(encoding="utf-8")


def estimate_sequences(
    engine: Engine,
    measure: Measure,
    *,
    unit: Unit,
    rule: str,
    selection: Selection,
    label: str,
    tables: StudyTables,
) -> list[Estimate]:
    """How many patients had each regimen in each line of therapy, and what came after it.

    The patients are those of the pairs that count, and all their lines are looked at, with and
    without a combination. The group ``line=2`` has the regimens of the second line as levels and
    all patients as denominator; ``line=2 & regimen=...`` has the regimens of the third line,
    ``ongoing`` and ``none``, among those who had that regimen.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        Lines of therapy.
    unit, rule
        Patients; there is nothing to combine.
    selection
        The pairs whose patients count.
    label
        What to write before the group's level, such as ``disease=``; empty for none.
    tables
        Whether the study has dates: a case table has no lines.
    """
    if not tables.is_dated:
        return []
    by_group: dict[str, list[Mapping[str, Any]]] = {}
    params = {**selection.params, "most_lines": MOST_LINES}
    for row in engine.fetch(_sql().replace("{selected}", selection.sql), params).to_pylist():
        by_group.setdefault(row["grp"], []).append(row)
    return [
        estimate
        for name, rows in sorted(by_group.items())
        for estimate in _estimates_of(measure, unit, rule, f"{label}{name}" if label else "", rows)
    ]


def _estimates_of(
    measure: Measure, unit: Unit, rule: str, group: str, rows: Iterable[Mapping[str, Any]]
) -> Iterator[Estimate]:
    flows, patients = compute_flows((r["line"], r["regimen"], r["next_regimen"], r["patients"]) for r in rows)

    def build(parts: tuple[str, ...], level: str, n: int, of: int) -> Estimate:
        name = " & ".join(sorted(part for part in (group, *parts) if part))
        return Estimate(
            measure.name,
            unit,
            rule,
            name,
            level,
            "count",
            float(n),
            numerator=n,
            denominator=of,
            unit="patients",
            n_patients=of,
            n_missing=0,
        )

    nodes: Counter[tuple[int, str]] = Counter()
    for (line, regimen, _), n in flows.items():
        nodes[line, regimen] += n
    for (line, regimen), n in sorted(nodes.items()):
        yield build((f"line={line}",), regimen, n, patients)
    for (line, regimen, following), n in sorted(flows.items()):
        yield build((f"line={line}", f"regimen={regimen}"), following, n, nodes[line, regimen])


def compute_flows(
    rows: Iterable[tuple[int, str, str, int]],
) -> tuple[Mapping[tuple[int, str, str], int], int]:
    """Patients by line, regimen and what followed, rare regimens as one; and how many patients there are.

    Parameters
    ----------
    rows
        Line, regimen, next regimen (or ``ongoing`` or ``none``) and number of patients.
    """
    given = list(rows)
    total: Counter[str] = Counter()
    for _, regimen, _, n in given:
        total[regimen] += n
    ordered = sorted(total, key=lambda name: (-total[name], name))
    kept = {*ordered[:MOST_REGIMENS], *LAST} if len(ordered) > MOST_REGIMENS + 1 else {*ordered, *LAST}
    # A regimen that is only seen in a line beyond the last has no count of its own.
    kept |= {
        following for *_, following, _ in given if following not in total and len(ordered) <= MOST_REGIMENS
    }
    flows: Counter[tuple[int, str, str]] = Counter()
    for line, regimen, following, n in given:
        a, b = (name if name in kept else OTHER for name in (regimen, following))
        flows[line, a, b] += n
    return flows, sum(n for line, *_, n in given if line == 1)
