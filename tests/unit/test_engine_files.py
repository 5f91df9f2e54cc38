"""Files that an engine wrote come back, wherever they lie."""

from pathlib import Path

import pytest

from cotreat.engine import connect
from servers import postgres_url, spark_url

URLS = {"duckdb": lambda: "duckdb://", "postgres": postgres_url, "spark": spark_url}


@pytest.mark.parametrize(
    "engine",
    [
        "duckdb",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("spark", marks=pytest.mark.spark),
    ],
)
def test_the_rows_of_the_named_files_and_of_no_others_come_back(tmp_path: Path, engine: str) -> None:
    # Read as a pattern each of these names would stand for another file too, or for another one alone.
    odd = tmp_path / "a[x]?*{b,c}'b"
    others = [tmp_path / name for name in ("a[x]1z{b,c}'b", "ax1z{b,c}'b", "ax1zb'b")]
    with connect(URLS[engine]()) as connected:
        for folder, days in ((odd, (1, 2)), *((other, (8, 9)) for other in others)):
            folder.mkdir()
            for place, day in enumerate(days):
                days_table = connected.create("days", f"SELECT {day} AS day, 'a' AS drug")
                connected.export(days_table, folder / f"{place}.parquet", order_by="day")
        found = connected.restore("days", [odd / "0.parquet", odd / "1.parquet"])
        rows = connected.fetch(f"SELECT day, drug FROM {found} ORDER BY day").to_pylist()
    assert rows == [{"day": 1, "drug": "a"}, {"day": 2, "drug": "a"}]
