"""Which column of a long table is which field."""

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence

from cotreat.errors import ProtocolError
from cotreat.findings import Findings
from cotreat.readers.long_tables import LONG_TABLES
from cotreat.readers.places import ColumnLetter, Excerpt
from cotreat.readers.sheets import parse_heading
from cotreat.readers.table_loading import LongFile

_MOST_NAMED = 40


def parse_positions(name: str, columns: Mapping[str, str], file: LongFile) -> dict[str, int]:
    """By field that the file has, the position of its column.

    Parameters
    ----------
    name
        Name of the study table.
    columns
        The protocol's headings by field; empty: the standard headings are looked for, in
        any case.

    Raises
    ------
    ProtocolError
        A key is no field, a heading is not in the file, or a field is missing that the
        table cannot do without. One message for all of them.
    """
    first: dict[str, int] = {}
    for position, heading in enumerate(file.headings):
        first.setdefault(heading, position)
    if columns:
        wanted = {field: parse_heading(heading) for field, heading in columns.items()}
        found = {field: first[heading] for field, heading in wanted.items() if heading in first}
    else:
        by_key = {heading.casefold(): first[heading] for heading in reversed(first)}
        standard = {f.name: f.heading for f in LONG_TABLES[name]}
        found = {field: by_key[heading] for field, heading in standard.items() if heading in by_key}
    lines = [*_wrong(name, columns, file, found), *_missing(name, columns, file, found)]
    if lines:
        raise ProtocolError("\n".join([*lines, _present(file)]))
    return found


def validate_headings(file: LongFile, used: Collection[int]) -> Findings:
    """Findings about columns that are not read, and about headings that stand twice."""
    unused = [
        heading or f"column {ColumnLetter(position)}"
        for position, heading in enumerate(file.headings)
        if position not in used
    ]
    twice = sorted(
        {file.headings[position] for position in used if file.headings.count(file.headings[position]) > 1}
    )
    findings = [
        file.place.finding(
            "error",
            "duplicate_heading",
            "Several columns have this heading: which one is meant is not clear.",
            "Give every column a heading of its own.",
            column=heading,
            value=heading,
        )
        for heading in twice
    ]
    if unused:
        findings.append(
            file.place.finding(
                "info",
                "unused_columns",
                f"{_counted(len(unused), 'column is', 'columns are')} not read: {_listed(unused)}.",
                "Name under `columns` what should be read.",
            )
        )
    return Findings.concat(findings)


def _wrong(name: str, columns: Mapping[str, str], file: LongFile, found: Mapping[str, int]) -> Iterator[str]:
    declared = [f.name for f in LONG_TABLES[name]]
    for field, heading in columns.items():
        key = f"`source.{name}.columns.{field}`"
        if field not in declared:
            yield f"{key}: `{field}` is no field of {name}{_near(field, declared)}."
        elif field not in found:
            near = _near(heading, file.headings)
            yield f'{key}: {file.place.file} has no column "{Excerpt(heading)}"{near}.'


def _missing(
    name: str, columns: Mapping[str, str], file: LongFile, found: Mapping[str, int]
) -> Iterator[str]:
    for f in LONG_TABLES[name]:
        if f.is_required and not {f.name, f.alternative} & {*found, *columns}:
            how = f"name it under `source.{name}.columns`" + (
                "" if columns else f', or call it "{f.heading}"'
            )
            yield f"`source.{name}`: {file.place.file} has no column for `{f.name}`; {how}."


def _near(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, [k for k in known if k], n=1)
    return f'; perhaps "{Excerpt(near[0])}" is meant' if near else ""


def _present(file: LongFile) -> str:
    """What the headings are, and what has probably happened when they are one cell."""
    sole = file.headings[0] if len(file.headings) == 1 else ""
    signs = [shown for sign, shown in ((";", "';'"), (",", "','"), ("|", "'|'")) if sign in sole]
    hint = f" They are one cell: is the delimiter {signs[0]}?" if signs else ""
    return f"The headings of {file.place.file} are {_listed([h for h in file.headings if h])}.{hint}"


def _listed(headings: Sequence[str]) -> str:
    shown = ", ".join(f'"{Excerpt(heading)}"' for heading in headings[:_MOST_NAMED])
    more = len(headings) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _counted(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"
