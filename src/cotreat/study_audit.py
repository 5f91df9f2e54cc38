"""The audit of a manuscript, top to bottom: read, bind, hold against the data, report."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from cotreat.audit.audited import Audit, build_audit
from cotreat.audit.bindings import Binding, add_bindings, read_bindings, write_bindings
from cotreat.audit.collected import build_collected
from cotreat.audit.grammar.lexicon import Lexicon, build_lexicon
from cotreat.audit.manuscripts.reading import read_manuscript, read_tables
from cotreat.audit.outputs.csv_file import write_audit_csv
from cotreat.audit.outputs.docx import write_audit_docx
from cotreat.audit.outputs.page import write_audit_page
from cotreat.audit.verdicts.answers import Data, read_levels
from cotreat.errors import UsageError
from cotreat.progress import SILENT, Progress
from cotreat.report.output_folder import write_folder, write_manifest
from cotreat.study import OpenStudy, read_open_study

CLAIMS = "claims.toml"


def write_audit(
    manuscript: str | Path,
    *,
    study: str | Path | None = None,
    table: str | Path | None = None,
    claims: str | Path | None = None,
    out: str | Path | None = None,
    progress: Progress = SILENT,
) -> Audit:
    """The audit of a manuscript: what each of its numbers is about, and whether the data give it.

    Parameters
    ----------
    manuscript
        A file in .docx, .md, .txt or .html.
    study
        The protocol file of the study, ``study.toml``; None looks at the manuscript alone.
    table
        A file with a table of the manuscript that is not in it; its numbers are looked at as those of
        the manuscript are.
    claims
        A claims file with corrected bindings; None takes that of an earlier run in `out`.
    out
        Folder to write; None writes nothing.
    progress
        Called with the name of each step as it begins.

    Raises
    ------
    SourceError
        The manuscript or the study's source cannot be read.
    UsageError
        The claims file cannot be read, or the study does not show its small counts.
    ProtocolError
        The protocol is missing or wrong.
    DataError
        The study's data have findings of severity error.
    OutputError
        The folder cannot be written, or holds other work.
    """
    bindings = _read_bindings(claims, out)
    with _folder(out) as folder:
        progress("Reading the manuscript")
        read = read_manuscript(Path(manuscript))
        if table is not None:
            read = replace(read, passages=(*read.passages, *read_tables(Path(table))))
        with _opened(study, progress) as opened:
            progress("Holding its numbers against the data" if opened else "Looking at its numbers")
            data = None if opened is None else _data(opened)
            collected = build_collected(read, _lexicon(opened, data))
            name = "" if opened is None else opened.protocol.study.name
            audit = build_audit(read, add_bindings(collected, bindings), data, study=name)
        if folder is not None:
            progress("Writing the audit")
            write_bindings(collected, bindings, folder / CLAIMS)
            _write(audit, folder)
    return audit


def _read_bindings(claims: str | Path | None, out: str | Path | None) -> list[Binding]:
    """The bindings that people made: in the file that is given, else in that of the run before."""
    if claims is not None:
        return read_bindings(Path(claims))
    before = None if out is None else Path(out) / CLAIMS
    return read_bindings(before) if before is not None and before.is_file() else []


def _folder(out: str | Path | None) -> AbstractContextManager[Path | None]:
    return nullcontext() if out is None else write_folder(Path(out), editable=(CLAIMS,))


def _opened(study: str | Path | None, progress: Progress) -> AbstractContextManager[OpenStudy | None]:
    return nullcontext() if study is None else read_open_study(study, progress=progress)


def _data(opened: OpenStudy) -> Data:
    if opened.protocol.minimum_count and not opened.protocol.private_files:
        msg = (
            "An audit says exact numbers, and this study does not show counts below "
            f"{opened.protocol.minimum_count}. To audit it for your own eyes, set `private_files = true` "
            "under [disclosure]; without --study the manuscript is looked at alone."
        )
        raise UsageError(msg)
    data = Data(opened.engine, opened.tables, opened.leave_out)
    return replace(data, levels=read_levels(data))


def _lexicon(opened: OpenStudy | None, data: Data | None) -> Lexicon:
    if opened is None or data is None:
        return build_lexicon(None, {})
    return build_lexicon(opened.protocol, data.levels)


def _write(audit: Audit, folder: Path) -> None:
    write_audit_csv(audit, folder / "audit.csv")
    write_audit_page(audit, folder / "audit.html")
    write_audit_docx(audit, folder / "audit.docx")
    write_manifest(
        folder,
        {
            "version": version("cotreat"),
            "manuscript": audit.manuscript.file,
            "study": audit.study or None,
        },
    )
