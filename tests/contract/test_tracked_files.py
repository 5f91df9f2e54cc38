"""What is in the repository says nothing about one machine or one network, and agrees about the version."""

import re
import subprocess
import tomllib
from importlib.metadata import version

import pytest
from surface import ROOT

# Written so that the patterns do not match themselves.
FORBIDDEN = {
    "the address of a package registry": r"(?:pythonhosted|pypi|npmjs|crates|maven)\.(?:or[g]|co[m]|io\b)",
    "a path of one machine": r"(?<![\w.~*-])/(?:hom[e]|roo[t]|User[s]|wor[k])/[\w.]",
    "an address with a password": r"://[^/\s:@{}<>]+:[^/\s:@{}<>]+@(?!localhost)[\w.]",
}
TEXT = (
    ".py",
    ".sql",
    ".toml",
    ".md",
    ".cff",
    ".csv",
    ".lock",
    ".txt",
    ".html",
    ".css",
    ".js",
    ".json",
    ".cfg",
)


def tracked_files() -> list[str]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: which files are tracked is not known")
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_names(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found: list[str] = []
    for name in tracked_files():
        if name.endswith(TEXT) or "." not in name:
            text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
            found += [f"{name}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


def test_nothing_that_is_made_is_tracked() -> None:
    made = re.compile(r"(^|/)(__pycache__|\.venv|\.cache|demo-report|dist)/|\.pyc$|\.egg-info/")
    assert [name for name in tracked_files() if made.search(name)] == []


def test_the_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    citation = re.search(
        r"^version: (\S+)", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert changelog is not None
    assert citation is not None
    assert (changelog[1], citation[1], version("cotreat")) == (project, project, project)


def test_every_dependency_is_locked_with_its_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *(d for extra in project["project"]["optional-dependencies"].values() for d in extra),
        *project["dependency-groups"]["dev"],
    ]
    names = {re.split(r"[\[<>=!~; ]", text)[0].lower().replace("_", "-") for text in wanted}
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(
        re.findall(
            r"^([a-z0-9-]+)(?:\[[^\]]*\])?==\S+(?: ;[^\n]*)? \\\n    --hash=sha256:", lock, re.MULTILINE
        )
    )
    assert names - pinned == set()
