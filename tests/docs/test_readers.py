"""The reader of the page is installed as a package of its own, without a network, and a study uses it."""

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from pages import blocks, read

PAGE = list(blocks(read("docs/readers.md")))
(READER,) = (block.text for block in PAGE if block.language == "python")
PACKAGE, STUDY = (block.text for block in PAGE if block.language == "toml")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that pip has installed the page's package into."""
    folder = tmp_path_factory.mktemp("package")
    project = tomllib.loads(PACKAGE)["project"]
    points = project["entry-points"]["cotreat.readers"]
    listed = "".join(f"{name} = {target}\n" for name, target in points.items())
    about = f"cotreat_registry-{project['version']}.dist-info"
    contents = {
        "cotreat_registry.py": READER,
        f"{about}/METADATA": "Metadata-Version: 2.1\n"
        f"Name: {project['name']}\nVersion: {project['version']}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/entry_points.txt": f"[cotreat.readers]\n{listed}",
    }
    wheel = folder / f"cotreat_registry-{project['version']}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {
            **contents,
            f"{about}/RECORD": "".join(f"{name},,\n" for name in contents),
        }.items():
            archive.writestr(name, text)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(folder / "site"), str(wheel)], check=True, capture_output=True)
    return folder / "site"


def check(study: Path, site: Path | None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1"}
    if site is not None:
        environment["PYTHONPATH"] = str(site)
    command = [sys.executable, "-m", "cotreat.cli", "check", str(study / "study.toml")]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def write_study(folder: Path, *starts: str) -> Path:
    records = [{"patient": "P1", "drug": "baricitinib", "from": day, "to": "2024-06-30"} for day in starts]
    (folder / "treatments.json").write_text(json.dumps(records), encoding="utf-8")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return folder


def test_a_study_is_read_by_an_outside_reader(site: Path, tmp_path: Path) -> None:
    done = check(write_study(tmp_path, "2024-01-01", "2024-03-01"), site)
    assert done.returncode == 0, done.stderr
    assert "exposures: 2 rows read; 2 rows used" in done.stdout
    assert "exposures, anchor: baricitinib 2 rows (1 patient)" in done.stdout


def test_its_findings_are_like_any_others(site: Path, tmp_path: Path) -> None:
    done = check(write_study(tmp_path, "2024-01-01", "2023-02-30"), site)
    assert done.returncode == 1
    assert "treatments.json, row 2, from" in done.stderr
    assert "1 left out (bad_date)" in done.stdout


def test_without_the_package_the_readers_that_there_are_are_named(tmp_path: Path) -> None:
    done = check(write_study(tmp_path, "2024-01-01"), None)
    assert done.returncode == 2
    assert "`source.reader` is 'registry'; installed readers: case_table," in done.stderr


def test_the_reader_fits_on_a_page() -> None:
    assert len([line for line in READER.splitlines() if line.strip()]) <= 40
