"""A new study folder: a protocol, a table to fill in, and a page that says what to do."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from cotreat.errors import OutputError, UsageError
from cotreat.new_sources import NEW_STUDIES


def write_new_study(folder: Path, *, source: str) -> tuple[Path, ...]:
    """The files of a new study folder that runs as it is, with invented patients.

    Parameters
    ----------
    folder
        A folder that does not exist, or an empty one.
    source
        What the study's data are kept in: one of `NEW_STUDIES`.

    Returns
    -------
    tuple[Path, ...]
        The page that explains them, the tables and the protocol. All of them are written,
        or none.

    Raises
    ------
    UsageError
        There is no template for this source.
    OutputError
        `folder` is a file, holds something, or cannot be written.
    """
    if source not in NEW_STUDIES:
        raise UsageError(_explain_source(source))
    contents = NEW_STUDIES[source].build()
    try:
        _require_empty(folder)
        _write_all(folder, contents)
    except OSError as error:
        reason = error.strerror or str(error)
        msg = f"The study folder {folder} cannot be written: {reason}. Nothing was left half-written there."
        raise OutputError(msg) from error
    return tuple(folder / name for name in contents)


def _explain_source(source: str) -> str:
    there = ", ".join(f"--from {name}" for name in NEW_STUDIES)
    return f"There is no source {source!r}. There is: {there}."


def _require_empty(folder: Path) -> None:
    if folder.is_dir():
        held = sorted(path.name for path in folder.iterdir())
        if held:
            shown = ", ".join(held[:5]) + (", ..." if len(held) > 5 else "")
            msg = f"The folder {folder} is not empty (it holds {shown}). Give the name of a new folder."
            raise OutputError(msg)
    elif folder.exists() or folder.is_symlink():
        msg = f"{folder} is not a folder. Give the name of a new folder."
        raise OutputError(msg)


def _write_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write every file beside its place first, so that a full disk leaves nothing behind."""
    target = folder.absolute()
    is_there = target.is_dir()
    # An empty folder that exists is kept: it may be the one that the user stands in, or a mount.
    target.parent.mkdir(parents=True, exist_ok=True)
    work = (target if is_there else target.parent) / f".{target.name}.{os.getpid()}.partial"
    work.mkdir()
    try:
        for name, content in contents.items():
            (work / name).parent.mkdir(exist_ok=True)
            (work / name).write_bytes(content)
        if is_there:
            _move_files(work, target, tuple(dict.fromkeys(name.split("/")[0] for name in contents)))
        else:
            work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _move_files(work: Path, target: Path, names: tuple[str, ...]) -> None:
    """Move the files and folders into the folder, and none of them if one cannot be moved."""
    moved: list[Path] = []
    try:
        for name in names:
            (work / name).rename(target / name)
            moved.append(target / name)
    except OSError:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        raise
