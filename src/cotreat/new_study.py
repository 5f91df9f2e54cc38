"""A new study folder: a protocol, a table to fill in, and a page that says what to do."""

import json
import os
import shutil
import tempfile
import textwrap
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from cotreat.errors import OutputError, UsageError
from cotreat.new_case_table import (
    NONE_WORDS,
    ONGOING_WORDS,
    SHEET,
    SWITCHED_WORDS,
    UNKNOWN_WORDS,
    build_column_lines,
    build_value_lines,
    build_word_list,
)
from cotreat.new_workbook import build_case_workbook
from cotreat.synthetic import LONG, read_synthetic_cutoff, read_synthetic_reasons, write_synthetic_tables
from cotreat.vocabulary import read_drugs

_LATER = ("redcap", "omop", "fhir")
_EXAMPLE_PATIENTS, _EXAMPLE_SEED = 200, 1


def write_new_study(folder: Path, *, source: str) -> tuple[Path, ...]:
    """The files of a new study folder that runs as it is, with invented patients.

    Parameters
    ----------
    folder
        A folder that does not exist, or an empty one.
    source
        What the study's data are kept in: ``excel``, a case table to fill in; ``tables``,
        long tables with dates.

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
    if source not in _SOURCES:
        raise UsageError(_explain_source(source))
    contents = _SOURCES[source]()
    try:
        _require_empty(folder)
        _write_all(folder, contents)
    except OSError as error:
        reason = error.strerror or str(error)
        msg = f"The study folder {folder} cannot be written: {reason}. Nothing was left half-written there."
        raise OutputError(msg) from error
    return tuple(folder / name for name in contents)


def _explain_source(source: str) -> str:
    there = ", ".join(f"--from {name}" for name in _SOURCES)
    if source in _LATER:
        return f"A template for {source} is not there yet. There is: {there}."
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


def _build_excel() -> Mapping[str, bytes]:
    """The files of a study whose cases are kept in a workbook."""
    protocol = Template(_read_template("excel", "study.toml")).substitute(
        sheet=SHEET,
        none=build_word_list(NONE_WORDS),
        unknown=build_word_list(UNKNOWN_WORDS),
        ongoing=build_word_list(ONGOING_WORDS),
        switched_to=build_word_list(SWITCHED_WORDS),
        columns=build_column_lines(),
        values=build_value_lines(),
        classes=_class_lines(),
    )
    # The protocol comes last: a folder that has one is a whole study.
    return {
        "README.md": _read_template("excel", "README.md").encode(),
        "cases.xlsx": build_case_workbook(_read_template("excel", "instructions.txt")),
        "study.toml": protocol.encode(),
    }


def _build_tables() -> Mapping[str, bytes]:
    """The files of a study whose records are long tables, filled with invented patients."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        written = write_synthetic_tables(
            data, n_patients=_EXAMPLE_PATIENTS, seed=_EXAMPLE_SEED, format="csv", tables=tuple(LONG)
        )
        tables = {f"data/{path.name}": path.read_bytes() for path in written}
    started, ended = (_word_lines(words) for words in read_synthetic_reasons())
    protocol = Template(_read_template("tables", "study.toml")).substitute(
        patients=_EXAMPLE_PATIENTS,
        cutoff=read_synthetic_cutoff().isoformat(),
        reasons_started=started,
        reasons_ended=ended,
        classes=_class_lines(),
    )
    page = Template(_read_template("tables", "README.md")).substitute(patients=_EXAMPLE_PATIENTS)
    return {"README.md": page.encode(), **tables, "study.toml": protocol.encode()}


def _class_lines() -> str:
    """Every class of drugs, as lines of comment."""
    classes = sorted({drug.drug_class for drug in read_drugs().values()})
    return textwrap.fill(", ".join(classes), 110, initial_indent="#   ", subsequent_indent="#   ")


def _word_lines(words: Mapping[str, str]) -> str:
    """Levels with the entry that means each, as lines of TOML."""
    return "\n".join(f"{level} = [{json.dumps(entry)}]" for level, entry in words.items())


def _read_template(source: str, name: str) -> str:
    return files("cotreat").joinpath("templates", source, name).read_text(encoding="utf-8")


_SOURCES = {"excel": _build_excel, "tables": _build_tables}
