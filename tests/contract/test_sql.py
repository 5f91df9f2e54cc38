"""SQL that runs on every engine: no dialect, no sum of real numbers, no order that depends on a collation."""

import re

import pytest
from surface import ROOT, SOURCE

from cotreat.study_tables.schema import SCHEMAS, ColumnType

# Readers of files run on DuckDB in its own dialect, and so do listings: for display only, at most 200 rows.
# Everything from the study tables to counting is portable, and so is reading an OMOP CDM where it is.
FILES = sorted(
    str(p.relative_to(ROOT))
    for p in SOURCE.rglob("*.sql")
    if (p.relative_to(SOURCE).parts[0] != "readers" or p.parent.name == "omop")
    and not p.name.startswith("listing_")
)

DIALECT = {
    "`::` (write CAST)": r"::",
    "QUALIFY": r"\bQUALIFY\b",
    "GROUP BY or ORDER BY ALL": r"\bBY\s+ALL\b",
    "LIMIT": r"\bLIMIT\b",
    "EXCLUDE or REPLACE after *": r"\*\s*(?:EXCLUDE|REPLACE)\b",
    "ILIKE": r"\bILIKE\b",
    "text made from rows": r"\b(?:STRING_AGG|LISTAGG|GROUP_CONCAT|ARRAY_AGG|LIST)\s*\(",
    "integer division": r"//",
    "dates (days are integers)": r"\b(?:INTERVAL|DATE_?DIFF|DATE_TRUNC|CURRENT_DATE|NOW\s*\(|DATE\s+')",
    "types of one engine": r"\b(?:HUGEINT|UBIGINT|VARCHAR|STRING|TEXT|NUMERIC|DECIMAL|INT8|FLOAT8)\b",
    "IF (write CASE)": r"\bIF\s*\(",
    "identifiers in backticks": r"`",
}


def statements(name: str) -> str:
    """The text without comments and without literals."""
    text = re.sub(r"--[^\n]*", "", (ROOT / name).read_text(encoding="utf-8"))
    return re.sub(r"'[^']*'", "''", text)


def test_there_is_sql_to_look_at() -> None:
    assert FILES


@pytest.mark.parametrize("name", FILES)
def test_uses_no_dialect(name: str) -> None:
    sql = statements(name)
    found = [what for what, pattern in DIALECT.items() if re.search(pattern, sql, re.IGNORECASE)]
    assert found == [], f"{name}: {', '.join(found)}"


@pytest.mark.parametrize("name", FILES)
def test_sums_only_integers_and_averages_nothing(name: str) -> None:
    sql = statements(name)
    assert not re.search(
        r"\b(?:AVG|MEAN|STDDEV\w*|VAR\w*_\w+|MEDIAN|QUANTILE\w*|PERCENTILE\w*)\s*\(", sql, re.IGNORECASE
    )
    bare = [m[0] for m in re.finditer(r"(?<!CAST\()\bSUM\s*\(", sql, re.IGNORECASE)]
    assert bare == [], f"{name}: write CAST(SUM(...) AS BIGINT)"
    numbers = {c.name for table in SCHEMAS.values() for c in table.columns if c.type is ColumnType.NUM}
    summed = {
        c
        for inside in re.findall(r"\bSUM\s*\(([^()]*)\)", sql, re.IGNORECASE)
        for c in re.findall(r"\w+", inside)
    }
    assert summed & numbers == set()


@pytest.mark.parametrize("name", FILES)
def test_orders_by_nothing_that_is_text(name: str) -> None:
    texts = {
        column.name
        for table in SCHEMAS.values()
        for column in table.columns
        if column.type in (ColumnType.TEXT, ColumnType.TERM)
    }
    # A name that is text in one table and a number in another would be judged wrongly: there is none.
    others = {c.name for t in SCHEMAS.values() for c in t.columns} - texts
    assert texts & others == set()
    ordered = re.findall(
        r"\bORDER\s+BY\b(.*?)(?:\)|;|\Z|\bROWS\b|\bRANGE\b)", statements(name), re.IGNORECASE | re.DOTALL
    )
    columns = {word for part in ordered for word in re.findall(r"\w+", part)}
    assert columns & texts == set(), f"{name}: text sorts differently from database to database"
