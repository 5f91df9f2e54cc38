"""One run at a time for one folder of results."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from cotreat.errors import OutputError


class FolderLock:
    """Held while a run works for a folder; a second one is refused at once.

    The system lets go of it however the run ends, so a run that was killed stands in nobody's
    way. The file beside the folder that it needs is gone afterwards.

    Parameters
    ----------
    out
        The folder of results; the one that it lies in is there.

    Raises
    ------
    OutputError
        Another run works for the same folder.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        target = Path(os.path.realpath(out))
        self._path = target.with_name(f".{target.name}.lock")

    def __enter__(self) -> Self:
        """The lock is held."""
        while True:
            file = self._path.open("w")
            if not _lock(file):
                file.close()
                msg = (
                    f"Another run of cotreat is writing to {self.out}. Wait until it has ended, or give "
                    "another folder."
                )
                raise OutputError(msg)
            # The run before may have taken the file away between our opening and locking it.
            if _is_at(file, self._path):
                self._file = file
                return self
            file.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The lock is free again."""
        if sys.platform != "win32":
            self._path.unlink(missing_ok=True)
        self._file.close()
        if sys.platform == "win32":
            # There nobody can take away a file that is open; another run may hold it by now.
            with suppress(OSError):
                self._path.unlink()


def _is_at(file: IO[str], path: Path) -> bool:
    """Whether the open file is still the one at its path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def _lock(file: IO[str]) -> bool:
    """Whether nobody else held the file; it is ours then."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
