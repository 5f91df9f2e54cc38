"""The episode tables as files: Parquet for each, and the days that they hold."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from cotreat.engine import Engine, TableName
from cotreat.report.csv_files import write_csv
from cotreat.study_tables.schema import SCHEMAS


def write_episodes(
    engine: Engine, episodes: Mapping[str, TableName], folder: Path, days: pa.Table | None
) -> None:
    """A new folder with segments, pairs and courses, each ordered by its key.

    Parameters
    ----------
    engine
        Where the tables live.
    episodes
        Tables by name; one that the source does not have is left out.
    folder
        It is made.
    days
        The reconciliation of views as far as it may be shown; None without dates.
    """
    folder.mkdir()
    for name in ("segments", "pairs", "courses"):
        if name in episodes:
            engine.export(episodes[name], folder / f"{name}.parquet", order_by=", ".join(SCHEMAS[name].key))
    if days is not None:
        write_csv(days, folder / "reconciliation.csv")
