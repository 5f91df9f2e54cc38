"""The wheel holds the package and the letter's study, and nothing that only developers need."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from surface import ROOT, SOURCE


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    pytest.importorskip("hatchling", reason="the build backend is not in this environment")
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(target), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return zipfile.ZipFile(next(target.glob("*.whl")))


def test_the_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    package = {
        f"cotreat/{path.relative_to(SOURCE).as_posix()}"
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert package - set(wheel.namelist()) == set()


def test_the_wheel_holds_the_letter_as_it_stands_in_the_checkout(wheel: zipfile.ZipFile) -> None:
    for name in ("README.md", "study.toml", "table1.csv"):
        assert wheel.read(f"cotreat/examples/letter/{name}") == (ROOT / "examples/letter" / name).read_bytes()


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    outside = [
        name for name in wheel.namelist() if not name.startswith("cotreat/") and ".dist-info/" not in name
    ]
    inside = [name for name in wheel.namelist() if Path(name).suffix == ".pyc" or "/tests/" in name]
    assert outside + inside == []


def test_the_wheel_carries_the_licence(wheel: zipfile.ZipFile) -> None:
    licence = next(name for name in wheel.namelist() if name.endswith("/licenses/LICENSE"))
    assert wheel.read(licence) == (ROOT / "LICENSE").read_bytes()
