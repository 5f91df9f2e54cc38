"""The output folder of a study: complete or not there at all, and never over other work."""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from cotreat.errors import OutputError
from cotreat.findings import FINDING_COLUMNS
from cotreat.report.folder_lock import FolderLock

MANIFEST = "run.json"
FINDINGS = "findings.csv"
PRIVATE = "private"
"""Folder of rows about single persons, where the study shows no small counts."""


# All that a run which was stopped by its findings leaves behind; the second where rows are private.
_OF_A_STOPPED_RUN = ([FINDINGS], [FINDINGS, f"{PRIVATE}/{FINDINGS}"])
# What desktops put into any folder that is looked at; nobody's work.
_OF_THE_DESKTOP = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


@contextmanager
def write_folder(
    out: Path, *, editable: Collection[str] = (), then: Callable[[], None] = lambda: None
) -> Generator[Path]:
    """A new folder to write into; it takes the place of `out` when the block ends well.

    Whatever goes wrong inside the block, `out` stays as it was and nothing else is left. One run at a time
    writes to a folder; what one left behind that was killed is removed by the next.

    Parameters
    ----------
    out
        The folder.
    editable
        Files of an earlier run that people are meant to change; whoever writes the new folder
        carries over what they changed.
    then
        Called when the new folder has its place, while no other run may work for it.

    Raises
    ------
    OutputError
        `out` is a file or the folder one is in, holds files that cotreat did not write or
        that were changed since, is being written by another run, or cannot be written.
    """
    target = Path(os.path.realpath(out))
    missing = [parent for parent in target.parents if not os.path.lexists(parent)]
    try:
        _require_own(out, target, editable)
        target.parent.mkdir(parents=True, exist_ok=True)
        with FolderLock(out), _work_folder(target) as work:
            yield work
            # Again: somebody may have worked on the old results while the new ones were made.
            _require_own(out, target, editable)
            work.chmod(0o755)
            _replace(work, target)
            then()
        missing.clear()
    except OSError as error:
        raise OutputError(_explain(out, error)) from error
    finally:
        with suppress(OSError):  # one that is not empty any more is somebody's
            for parent in missing:
                parent.rmdir()


@contextmanager
def _work_folder(target: Path) -> Generator[Path]:
    """A folder beside the results, hidden and closed to others, and gone afterwards."""
    start, end = f".{target.name}.", ".work"
    # The lock is ours: what has such a name is of a run that was killed.
    of_ours = re.compile(re.escape(start) + r"(?:[a-z0-9_]{8}\.work|partial\.[0-9]+)")
    for left in target.parent.iterdir():
        if of_ours.fullmatch(left.name):
            shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=start, suffix=end, dir=target.parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """``run.json``: the facts of a run, and every file of the folder with its SHA-256."""
    files = {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    text = json.dumps({"software": "cotreat", **facts, "files": files}, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_own(out: Path, target: Path, editable: Collection[str]) -> None:
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        msg = f"{out} is a file; give a folder for the results."
        raise OutputError(msg)
    if Path.cwd().is_relative_to(target):
        msg = f"{out} is the folder that you are in, or one around it. Give another one, such as report."
        raise OutputError(msg)
    present = _list_files(target)
    if present in _OF_A_STOPPED_RUN and all(_holds_findings(target / name) for name in present):
        return
    known = _read_files(target)
    foreign = [name for name in present if name not in known and not (known and name == MANIFEST)]
    if foreign:
        shown = ", ".join(foreign[:5]) + (", ..." if len(foreign) > 5 else "")
        msg = f"{out} holds files that cotreat did not write ({shown}). Give another folder, or an empty one."
        raise OutputError(msg)
    kept = [name for name in present if name in known and name not in editable]
    changed = [name for name in kept if known[name] != _digest_of_own(target / name)]
    if changed:
        msg = f"In {out}, {', '.join(changed[:5])} was changed since it was written. Move or rename it first."
        raise OutputError(msg)


def _list_files(folder: Path) -> list[str]:
    """Everything in a folder that is not a folder itself; a link is never followed."""

    def stop(error: OSError) -> None:
        raise error

    found: list[Path] = []
    for root, folders, files in os.walk(folder, onerror=stop):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        found += [Path(root) / name for name in (*files, *links) if name not in _OF_THE_DESKTOP]
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _digest_of_own(path: Path) -> str:
    """The digest of a plain file; nothing for what has been put in its place."""
    return _digest(path) if path.is_file() and not path.is_symlink() else ""


def _read_files(out: Path) -> Mapping[str, str]:
    """Files of an earlier run with their SHA-256; nothing when the folder is not from one."""
    try:
        facts = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    files = facts.get("files") if isinstance(facts, dict) and facts.get("software") == "cotreat" else None
    return cast("Mapping[str, str]", files) if isinstance(files, dict) else {}


def _holds_findings(path: Path) -> bool:
    """Whether the file is what a run that was stopped by its findings leaves behind."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline().strip() == ",".join(FINDING_COLUMNS)


def _replace(work: Path, out: Path) -> None:
    if not out.exists():
        work.rename(out)
        return
    old = out.with_name(f".{out.name}.{os.getpid()}.old")
    out.rename(old)
    try:
        work.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _explain(out: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"The results cannot be written to {out}: {reason}. Nothing was left half-written there."
