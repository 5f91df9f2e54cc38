"""The output folder of a study: complete or not there at all, and never over other work."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from cotreat.errors import OutputError
from cotreat.findings import FINDING_COLUMNS

MANIFEST = "run.json"
FINDINGS = "findings.csv"


@contextmanager
def write_folder(out: Path) -> Generator[Path]:
    """A new folder to write into; it takes the place of `out` when the block ends well.

    Whatever goes wrong inside the block, `out` stays as it was and nothing else is left.

    Raises
    ------
    OutputError
        `out` is a file, holds files that cotreat did not write or that were changed
        since, or cannot be written.
    """
    _require_own(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".partial", dir=out.parent))
    except OSError as error:
        raise OutputError(_explain(out, error)) from error
    try:
        yield work
        work.chmod(0o755)
        _replace(work, out)
    except OSError as error:
        raise OutputError(_explain(out, error)) from error
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


def _require_own(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        msg = f"{out} is a file; give a folder for the results."
        raise OutputError(msg)
    present = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    known = _read_files(out)
    foreign = [name for name in present if name not in known and name != MANIFEST]
    if present == [FINDINGS] and _holds_findings(out / FINDINGS):
        return
    if foreign:
        shown = ", ".join(foreign[:5]) + (", ..." if len(foreign) > 5 else "")
        msg = f"{out} holds files that cotreat did not write ({shown}). Give another folder, or an empty one."
        raise OutputError(msg)
    changed = [name for name in present if name in known and known[name] != _digest(out / name)]
    if changed:
        msg = f"In {out}, {', '.join(changed[:5])} was changed since it was written. Move or rename it first."
        raise OutputError(msg)


def _read_files(out: Path) -> Mapping[str, str]:
    """Files of an earlier run with their SHA-256; nothing when the folder is not from one."""
    try:
        facts = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(facts, dict) or facts.get("software") != "cotreat":
        return {}
    return cast("Mapping[str, str]", facts.get("files", {}))


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
