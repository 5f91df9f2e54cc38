"""Which decimal sign the numbers of a long table have, where nobody says so."""

import duckdb

from cotreat.findings import Findings
from cotreat.readers.decimals import parse_decimal_sign
from cotreat.readers.grids import DecimalSign
from cotreat.readers.places import Excerpt
from cotreat.readers.table_files import LongTable

_LONGEST = 500


def build_decimal_sign(
    connection: duckdb.DuckDBPyConnection, table: LongTable
) -> tuple[DecimalSign, Findings]:
    """The decimal sign of a table's numbers and doses, and a finding where it is not clear."""
    if table.decimal is not None:
        return table.decimal, Findings.of()
    columns = [
        f.name for f, kept in table.types.items() if f.kind in ("number", "dose") and kept == "VARCHAR"
    ]
    texts: set[str] = set()
    for name in columns:
        rows = connection.execute(
            f"SELECT DISTINCT {name} FROM {table.raw} WHERE (contains({name}, ',') OR contains({name}, '.')) "
            f"AND length({name}) <= {_LONGEST}"
        ).fetchall()
        texts.update(str(text) for (text,) in rows)
    evidence = parse_decimal_sign(texts)
    if not evidence.against:
        return evidence.sign, Findings.of()
    against = f'"{Excerpt(evidence.against)}"'
    why = (
        f'"{Excerpt(evidence.shown_by)}" and {against} have different decimal signs'
        if evidence.shown_by
        else f"{against} can be a decimal number or have a sign for thousands"
    )
    return evidence.sign, table.place.finding(
        "warning",
        "decimal_sign_unclear",
        f'{why}; numbers are read with "{evidence.sign}" as decimal sign.',
        f"Give `decimal` under [source] or [source.{table.name}] of the protocol.",
        value=evidence.against,
    )
