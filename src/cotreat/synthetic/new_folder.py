"""A new folder for files of an invented study: all of them are written, or none."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from cotreat.errors import OutputError


@contextmanager
def write_new_folder(folder: Path) -> Generator[Path]:
    """A folder to write to, which takes the place of the empty or missing one when all is written.

    Raises
    ------
    OutputError
        `folder` is a file, holds something, or cannot be written.
    """
    try:
        with _working_folder(folder) as work:
            yield work
    except OSError as error:
        reason = error.strerror or str(error)
        msg = f"The folder {folder} cannot be written: {reason}. Nothing was left half-written there."
        raise OutputError(msg) from error


@contextmanager
def _working_folder(folder: Path) -> Generator[Path]:
    if folder.is_dir() and any(folder.iterdir()):
        msg = f"The folder {folder} is not empty. Give the name of a new folder."
        raise OutputError(msg)
    if folder.exists() and not folder.is_dir():
        msg = f"{folder} is not a folder. Give the name of a new folder."
        raise OutputError(msg)
    target = folder.absolute()
    work = target.parent / f".{target.name}.{os.getpid()}.partial"
    work.mkdir(parents=True)
    try:
        yield work
        if target.is_dir():
            target.rmdir()
        work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
