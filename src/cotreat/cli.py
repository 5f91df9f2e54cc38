"""The command line: arguments in, one library call, exit code out."""

import os
import shlex
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from cotreat.errors import CotreatError, EngineError, OutputError, compute_is_interruption
from cotreat.progress import SILENT, Progress
from cotreat.report.inert import compute_legible_text

_USAGE = 2
_FAULT = 3
_INTERRUPTED = 130

_out = Console(highlight=False, markup=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

app = App(
    name="cotreat",
    help="Combination-therapy studies: from treatment records to the finished report.",
    help_format="plaintext",
    version=version("cotreat"),
)

Study = Annotated[Path, Parameter(help="The study's protocol file, usually study.toml.")]
Out = Annotated[Path, Parameter(help="Folder for the results; it is made if it does not exist.")]


@app.command
def demo(*, out: Out = Path("demo-report")) -> None:
    """Run the published study that cotreat is modelled on, from its own table."""
    _run(_letter(), out)


@app.command
def new(
    folder: Annotated[Path, Parameter(help="Folder to make; it must not exist, or be empty.")],
    /,
    *,
    source: Annotated[
        str,
        Parameter(
            name="--from", help="What the data are kept in: excel (a case table), tables, redcap or fhir."
        ),
    ] = "excel",
) -> None:
    """Make a study folder: tables to fill in, their definitions, and a page that says what to do."""
    from cotreat.new_sources import NEW_STUDIES
    from cotreat.new_study import write_new_study

    written = write_new_study(folder, source=source)
    _out.print(f"Made {', '.join(str(path.relative_to(folder)) for path in written)} in {folder}. Next:")
    _out.print(f"  in {folder}: {NEW_STUDIES[source].next_step}")
    _out.print(f"  cotreat check {shlex.quote(str(folder / 'study.toml'))}")
    _out.print(f"  cotreat run {shlex.quote(str(folder / 'study.toml'))} --out report")


@app.command
def check(study: Study, /) -> None:
    """Read and check a study's records, and list what was found; nothing is written."""
    from cotreat.report.records import table_findings, table_records
    from cotreat.study import validate_study

    with _progress() as progress:
        checked = validate_study(study, progress=progress)
    for line in table_records(checked.records):
        _out.print(line)
    for line in table_findings(checked.findings, with_information=True):
        _err.print(line)
    if checked.findings.has_errors:
        raise SystemExit(1)


@app.command
def run(study: Study, /, *, out: Out = Path("report")) -> None:
    """Run a whole study: results, tables, figures, a Word and an HTML report."""
    _run(study, out)


@app.command
def audit(
    manuscript: Annotated[Path, Parameter(help="The manuscript: .docx, .md, .txt or .html.")],
    /,
    *,
    study: Annotated[
        Path | None, Parameter(help="The study's protocol file; without it only the manuscript is looked at.")
    ] = None,
    table: Annotated[
        Path | None,
        Parameter(
            help="A table of the manuscript in a file of its own: .csv, .xlsx, .ods, .docx, .md or .html."
        ),
    ] = None,
    claims: Annotated[
        Path | None, Parameter(help="Corrected bindings; without it those of the last run in the folder.")
    ] = None,
    out: Out = Path("audit"),
) -> None:
    """Hold the numbers of a manuscript against the data of its study."""
    from cotreat.audit.outputs.screen import table_audit
    from cotreat.study_audit import write_audit

    with _progress() as progress:
        done = write_audit(manuscript, study=study, table=table, claims=claims, out=out, progress=progress)
    for line in table_audit(done):
        _out.print(line)
    _out.print(f"Done. Open {out / 'audit.html'} in a browser or {out / 'audit.docx'} in a word processor.")


@app.command
def episodes(study: Study, /, *, out: Out) -> None:
    """Build only the episode tables of a study of dated records, as Parquet, for data of any size.

    After an interruption the same command goes on where it stopped.
    """
    from cotreat.report.records import table_counts, table_findings, table_rows
    from cotreat.study_episodes import write_episodes

    with _resumable(out), _progress() as progress:
        done = write_episodes(study, out, progress=progress)
    for line in table_findings(done.findings):
        _err.print(line)
    for line in (*table_counts(done.counts), *table_rows(done.rows)):
        _out.print(line)
    _out.print(f"Done. The tables are in {done.folder}.")


def _run(study: Path, out: Path) -> None:
    # Imported here, so that --help and a wrong argument answer at once.
    from cotreat.report.records import table_findings
    from cotreat.study import run_study

    with _resumable(out), _progress() as progress:
        done = run_study(study, out, progress=progress)
    for line in table_findings(done.findings):
        _err.print(line)
    _out.print(f"Done. Open {out / 'report.html'} in a browser or {out / 'report.docx'} in a word processor.")


def _letter() -> Path:
    """The letter's study: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    places = (package / "examples" / "letter", package.parents[1] / "examples" / "letter")
    return next((place for place in places if place.is_dir()), places[0]) / "study.toml"


@contextmanager
def _progress() -> Generator[Progress]:
    """What is being done, and where there are buckets a bar and the time left; on a terminal only."""
    if not _err.is_terminal:
        yield SILENT
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=_err, transient=True) as bar:
        task = bar.add_task("Starting", total=None)
        last = ""

        def show(step: str, done: int = 0, total: int = 0) -> None:
            nonlocal last
            if step != last:
                # The time left is that of this step: others go at another speed.
                bar.reset(task, description=step, total=total or None)
                last = step
            bar.update(task, completed=done, total=total or None)

        yield show


@contextmanager
def _resumable(out: Path) -> Generator[None]:
    """Whatever stops the block, a line says that the same command goes on from what is finished."""
    try:
        yield
    except (EngineError, OutputError, KeyboardInterrupt, RuntimeError):
        if Path(f"{out.absolute()}.partial").is_dir():
            _err.print(f"What is finished is kept in {out}.partial: the same command goes on from there.")
        raise


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; the exit code says how it ended.

    0 done; 1 the data have errors; 2 the command, the protocol, a source or a target is
    wrong; 3 a fault in cotreat; 130 interrupted.
    """
    try:
        app(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        _err.print(f"cotreat: {error}\nTry `cotreat --help`.")
        raise SystemExit(_USAGE) from None
    except (Exception, KeyboardInterrupt) as error:
        if compute_is_interruption(error):
            _err.print("cotreat: stopped; nothing was left half-written.")
            raise SystemExit(_INTERRUPTED) from None
        if isinstance(error, CotreatError):
            _err.print(f"cotreat: {compute_legible_text(str(error))}")
            raise SystemExit(error.exit_code) from None
        if os.environ.get("COTREAT_DEBUG"):
            raise
        _err.print(
            f"cotreat: a fault in cotreat itself ({type(error).__name__}: {error}). Nothing was left "
            "half-written. Please report it; with COTREAT_DEBUG=1 in the environment the details are shown."
        )
        raise SystemExit(_FAULT) from None


if __name__ == "__main__":
    main(sys.argv[1:])
