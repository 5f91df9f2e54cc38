"""Rows about single persons as files: openly, in a folder of their own, or not at all."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from cotreat.engine import Engine, TableName
from cotreat.findings import Findings
from cotreat.protocol import Protocol
from cotreat.report.csv_files import write_csv
from cotreat.report.output_folder import FINDINGS, PRIVATE
from cotreat.study_tables.schema import SCHEMAS

NOT_WRITTEN = (
    "rows about single persons; counts below {minimum} are not shown in this study, and its protocol does "
    "not ask for such files (`private_files = true` under `[disclosure]`)"
)


def write_episodes(
    engine: Engine,
    episodes: Mapping[str, TableName],
    folder: Path,
    days: pa.Table | None,
    protocol: Protocol,
) -> None:
    """A folder ``episodes`` with segments, pairs and courses, each ordered by its key.

    Parameters
    ----------
    engine
        Where the tables live.
    episodes
        Tables by name; one that the source does not have is left out.
    folder
        The folder of the results.
    days
        The reconciliation of views as far as it may be shown; None without dates.
    protocol
        Where it suppresses small counts, the rows are in `PRIVATE`, and only if it asks for
        them.
    """
    if not protocol.minimum_count or protocol.private_files:
        rows = folder / PRIVATE / "episodes" if protocol.minimum_count else folder / "episodes"
        rows.mkdir(parents=True)
        for name in ("segments", "pairs", "courses"):
            if name in episodes:
                engine.export(episodes[name], rows / f"{name}.parquet", order_by=", ".join(SCHEMAS[name].key))
    if days is not None:
        (folder / "episodes").mkdir(exist_ok=True)
        write_days(days, folder / "episodes")


def write_days(days: pa.Table | None, folder: Path) -> None:
    """``reconciliation.csv``: the days that each view holds, and where the difference goes.

    Parameters
    ----------
    days
        The reconciliation as far as it may be shown; None: nothing is written.
    folder
        Where the file goes.
    """
    if days is not None:
        write_csv(days, folder / "reconciliation.csv")


def write_findings(findings: Findings, folder: Path, protocol: Protocol) -> None:
    """``findings.csv``: every finding, or where small counts are not shown how many of each kind.

    Parameters
    ----------
    findings
        What is wrong or worth knowing in the data.
    folder
        The folder of the results.
    protocol
        Where it suppresses small counts and asks for private files, every finding is in `PRIVATE`.
    """
    if protocol.minimum_count and protocol.private_files:
        (folder / PRIVATE).mkdir(exist_ok=True)
        write_csv(findings.table, folder / PRIVATE / FINDINGS)
    shown = findings.counted(protocol.minimum_count) if protocol.minimum_count else findings
    write_csv(shown.table, folder / FINDINGS)


def build_left_out(protocol: Protocol) -> Mapping[str, str]:
    """What the results do not hold because it is about single persons, and why."""
    if not protocol.minimum_count or protocol.private_files:
        return {}
    return {"episodes/*.parquet, rows in findings.csv": NOT_WRITTEN.format(minimum=protocol.minimum_count)}
