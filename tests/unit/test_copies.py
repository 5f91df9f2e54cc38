"""Rows that repeat an earlier row, however many rows are compared at once."""

from pathlib import Path

import pytest

from cotreat.readers import table_flags
from unit.long_table_study import ROW, exposures, read_files


@pytest.mark.parametrize("at_once", [1, 2, 16_000_000])
def test_copies_are_found_in_parts_as_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(table_flags, "HASHES_AT_ONCE", at_once)
    others = [f"{patient},methotrexate,2020-01-01,2020-03-31" for patient in range(2, 8)]
    # Another writing of the same drug, and another end, are other rows.
    alike = ["1,Adalimumab,2020-01-01,2020-12-31", "1,adalimumab,2020-01-01,2020-12-30"]
    found = read_files(tmp_path, {"exposures.csv": exposures(ROW, *others, ROW, *alike, others[2], ROW)})
    copies = [f for f in found.findings if f.code == "duplicate"]
    assert [(f.row, f.why.split(" ", 1)[0]) for f in copies] == [(9, "3")]
    assert ("exposures", "duplicate", 3, 2) in found.attrition
