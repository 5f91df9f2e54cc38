"""Records and findings as lines for a screen: what `cotreat check` says."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cotreat.findings import Finding, Findings
from cotreat.readers.cells import compute_date
from cotreat.report.inert import compute_legible_text
from cotreat.validation.record_summary import NOT_FOLLOWED, RecordSummary

_MOST_LINES = 40
_MOST_LEVELS = 12

ENDS = "ends"
_END_WORDS = {
    "recorded": "recorded",
    "supply": "from supply",
    "fixed": "a fixed length",
    "until_next": "until the next record",
    "ongoing": "ongoing",
    "carried_over": "and carried over to when the supply before ran out",
}

_Row = Mapping[str, Any]


def table_records(summary: RecordSummary) -> tuple[str, ...]:
    """Where the rows went, drugs and other levels, days, and what is missing; one line each."""
    return (
        *table_counts(summary.attrition),
        *_section("Drugs, instruments, tests", _count_lines(summary.counts.to_pylist())),
        *_section("Days", _day_lines(summary.columns.to_pylist())),
        *_section("Missing, of the rows used", _missing_lines(summary.columns.to_pylist())),
    )


def table_counts(attrition: pa.Table) -> tuple[str, ...]:
    """Where the rows went, and where the ends of exposures come from; one line for each table.

    Parameters
    ----------
    attrition
        ``table, reason, rows, patients`` in the order of the steps.
    """
    return tuple(_section("Rows", _attrition_lines(attrition.to_pylist())))


def table_rows(rows: Mapping[str, int]) -> tuple[str, ...]:
    """How many rows each file of episodes has; one line for each.

    Parameters
    ----------
    rows
        Rows by the name of the table.
    """
    return tuple(f"  {name}.parquet: {_counted(n, 'row')}" for name, n in rows.items())


def table_findings(findings: Findings, *, with_information: bool = False) -> tuple[str, ...]:
    """Findings as at most about 40 lines: one by one if they are few, else by kind.

    Parameters
    ----------
    findings
        Ordered.
    with_information
        Whether what is only worth knowing is listed too, by kind.
    """
    if not len(findings):
        return ("No findings: every cell was read.",)
    counts = f"{_counted(findings.count('error'), 'error')}, {_counted(findings.count('warning'), 'warning')}"
    head = f"Findings: {counts}, {findings.count('info'):,} for information."
    is_info = pc.is_in(findings.table["severity"], value_set=pa.array(["info"]))
    grave = Findings(findings.table.filter(pc.invert(is_info)))
    lines = (
        [f"{one.severity}: {_sentence(one)}" for one in grave] if len(grave) <= _MOST_LINES else _kinds(grave)
    )
    if with_information:
        lines += _kinds(Findings(findings.table.filter(is_info)))
    # A cell may hold what a terminal would obey.
    shown = [f"  {compute_legible_text(line)}" for line in lines[:_MOST_LINES]]
    more = len(lines) - len(shown)
    return (
        head,
        *shown,
        *(
            [f"  and {more} further kinds; `cotreat run` writes all findings to findings.csv."]
            if more
            else []
        ),
    )


def _section(heading: str, lines: Iterator[str]) -> Iterator[str]:
    shown = [f"  {line}" for line in lines]
    if shown:
        yield from (heading, *shown)


def _attrition_lines(rows: Sequence[_Row]) -> Iterator[str]:
    for name in dict.fromkeys(row["table"] for row in rows):
        own = [row for row in rows if row["table"] == name]
        if name == ENDS:
            ends = [f"{_END_WORDS[row['reason']]} {_rows(row)}" for row in own]
            yield f"{name}: {'; '.join(ends)}"
            continue
        by_reason = {row["reason"]: row for row in own if row["reason"] in ("read", "used")}
        left_out = [row for row in own if row["reason"] not in by_reason and row["rows"]]
        parts = [f"{_rows(by_reason['read'])} read"] if "read" in by_reason else []
        parts += [f"{row['rows']:,} left out ({row['reason']})" for row in left_out]
        parts += [f"{_rows(by_reason['used'])} used"] if "used" in by_reason else []
        yield f"{name}: {'; '.join(parts)}"


def _rows(row: _Row) -> str:
    patients = "" if row["patients"] is None else f" ({_counted(row['patients'], 'patient')})"
    return f"{_counted(row['rows'], 'row')}{patients}"


def _count_lines(rows: Sequence[_Row]) -> Iterator[str]:
    for table, group in dict.fromkeys((row["table"], row["group"]) for row in rows):
        own = [row for row in rows if (row["table"], row["group"]) == (table, group)]
        shown = [f"{row['level']} {_rows(row)}" for row in own[:_MOST_LEVELS]]
        more = len(own) - len(shown)
        rest = f", and {more:,} more" if more > 0 else ""
        n = sum(row["rows"] for row in own)
        total = f"{_counted(len(own), 'drug')}, {_counted(n, 'row')}: " if group == NOT_FOLLOWED else ""
        yield f"{table}, {group}: {total}{', '.join(shown)}{rest}"


def _day_lines(rows: Sequence[_Row]) -> Iterator[str]:
    for row in rows:
        if row["first_day"] is not None:
            first, last = compute_date(row["first_day"]), compute_date(row["last_day"])
            yield f"{row['table']}, {row['column']}: {first} to {last}"


def _missing_lines(rows: Sequence[_Row]) -> Iterator[str]:
    for table in dict.fromkeys(row["table"] for row in rows):
        own = [row for row in rows if row["table"] == table]
        some = [
            f"{row['column']} {row['missing']:,} ({row['missing'] / row['rows']:.1%})"
            for row in own
            if 0 < row["missing"] < row["rows"]
        ]
        never = [row["column"] for row in own if row["missing"] == row["rows"]]
        parts = [", ".join(some)] if some else []
        parts += [f"never recorded: {', '.join(never)}"] if never else []
        yield f"{table} ({_counted(own[0]['rows'], 'row')}): {'; '.join(parts) or 'nothing'}"


def _kinds(findings: Findings) -> list[str]:
    """One line for each kind of finding in one column: how often, and the first of them."""
    return [_kind(first, n) for first, n in findings.kinds()]


def _kind(first: Finding, n: int) -> str:
    severity = "information" if first.severity == "info" else first.severity
    if n == 1:
        return f"{severity}: {_sentence(first)}"
    where = ", ".join(part for part in (first.file, first.sheet, first.column) if part)
    place = f"first in row {first.row}" if first.row else "first"
    value = f' "{first.value}"' if first.value else ""
    return f"{severity}: {where}: {n:,} times, {place}{value}: {first.why} {first.what_to_do}"


def _sentence(finding: Finding) -> str:
    value = f'"{finding.value}"' if finding.value and finding.value not in finding.why else ""
    place = ", ".join(part for part in (finding.place, value) if part)
    return f"{place}{': ' if place else ''}{finding.why} {finding.what_to_do}"


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
