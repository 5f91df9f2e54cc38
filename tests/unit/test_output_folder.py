"""The output folder: complete or not there at all, and never over other work."""

import errno
import json
import os
from pathlib import Path

import pytest

from cotreat.errors import OutputError
from cotreat.findings import FINDING_COLUMNS
from cotreat.report.output_folder import write_folder, write_manifest


def run(out: Path, text: str = "a report", *, meanwhile: Path | None = None) -> None:
    with write_folder(out) as folder:
        if meanwhile is not None:
            meanwhile.write_text("mine", encoding="utf-8")
        (folder / "tables").mkdir()
        (folder / "report.html").write_text(text, encoding="utf-8")
        (folder / "tables" / "cases.csv").write_text("case\n1\n", encoding="utf-8")
        write_manifest(folder, {"seed": 1})


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


WRITTEN = ["report.html", "run.json", "tables", "tables/cases.csv"]


def test_a_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    run(tmp_path / "a" / "b" / "report")
    assert names(tmp_path / "a" / "b" / "report") == WRITTEN
    assert names(tmp_path)[:3] == ["a", "a/b", "a/b/report"]


def test_everybody_may_look_into_it(tmp_path: Path) -> None:
    run(tmp_path / "report")
    assert (tmp_path / "report").stat().st_mode & 0o777 == 0o755


def test_it_takes_the_place_of_what_an_earlier_run_wrote(tmp_path: Path) -> None:
    out = tmp_path / "report"
    run(out, "first")
    run(out, "second")
    assert (out / "report.html").read_text(encoding="utf-8") == "second"
    assert beside(tmp_path) == ["report"]


def test_what_a_killed_run_left_behind_is_removed_and_what_others_work_in_is_not(tmp_path: Path) -> None:
    others = [".report.2.a1b2c3d4.work", ".report.mine.work", ".reports.a1b2c3d4.work"]
    for name in (".report.a1b2c3d4.work", ".report.partial.4711", *others):
        (tmp_path / name / "tables").mkdir(parents=True)
    run(tmp_path / "report")
    assert beside(tmp_path) == sorted([*others, "report"])


def test_a_second_run_is_refused_while_the_first_one_works(tmp_path: Path) -> None:
    with write_folder(tmp_path / "report") as folder:
        with (
            pytest.raises(OutputError, match="Another run of cotreat is writing"),
            write_folder(tmp_path / "report"),
        ):
            pytest.fail("two runs for one folder")
        assert folder.is_dir()
    assert beside(tmp_path) == ["report"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    run(tmp_path / "report")
    assert names(tmp_path / "report") == WRITTEN


def test_findings_of_a_run_that_stopped_are_replaced(tmp_path: Path) -> None:
    out = tmp_path / "report"
    out.mkdir()
    (out / "findings.csv").write_text(",".join(FINDING_COLUMNS) + "\n", encoding="utf-8")
    run(out)
    assert names(out) == WRITTEN


class SomeError(Exception):
    """Any fault at all."""


def run_into(out: Path, fault: BaseException, *, meanwhile: Path | None = None) -> None:
    """A run that writes a file and then ends with a fault, while somebody writes another file."""
    with write_folder(out) as folder:
        (folder / "half.csv").write_text("half", encoding="utf-8")
        if meanwhile is not None:
            meanwhile.write_text("mine", encoding="utf-8")
        raise fault


def beside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("fault", [SomeError(), KeyboardInterrupt(), MemoryError()])
def test_a_fault_leaves_nothing_behind(tmp_path: Path, fault: BaseException) -> None:
    with pytest.raises(type(fault)):
        run_into(tmp_path / "new" / "deep" / "report", fault)
    assert names(tmp_path) == []


def test_a_fault_leaves_the_old_results_as_they_were(tmp_path: Path) -> None:
    out = tmp_path / "report"
    run(out, "first")
    with pytest.raises(SomeError):
        run_into(out, SomeError())
    assert names(out) == WRITTEN
    assert beside(tmp_path) == ["report"]


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(OutputError, match="No space left on device"):
        run_into(tmp_path / "report", full)
    assert names(tmp_path) == []


def test_a_parent_that_somebody_used_meanwhile_stays(tmp_path: Path) -> None:
    with pytest.raises(SomeError):
        run_into(tmp_path / "new" / "deep" / "report", SomeError(), meanwhile=tmp_path / "new" / "note.txt")
    assert names(tmp_path) == ["new", "new/note.txt"]


def refused(out: Path, said: str) -> None:
    before = {path: path.lstat().st_mtime_ns for path in out.parent.rglob("*")}
    with pytest.raises(OutputError, match=said), write_folder(out):
        pytest.fail("the work was begun")
    assert {path: path.lstat().st_mtime_ns for path in out.parent.rglob("*")} == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("mine", encoding="utf-8")
    refused(tmp_path / "report", "is a file")


@pytest.mark.parametrize(
    "name", ["thesis.docx", ".hidden", "findings.csv", "run.json", "report.html", "a/b/c"]
)
def test_files_of_somebody_else_are_left_alone(tmp_path: Path, name: str) -> None:
    foreign = tmp_path / "report" / name
    foreign.parent.mkdir(parents=True)
    foreign.write_text("mine", encoding="utf-8")
    refused(tmp_path / "report", name)


@pytest.mark.parametrize(
    "manifest",
    [
        {"software": "other", "files": {"data.csv": ""}},
        {"software": "cotreat"},
        {"software": "cotreat", "files": ["data.csv"]},
        {"software": "cotreat", "files": {}},
        ["data.csv"],
    ],
)
def test_a_manifest_of_something_else_proves_nothing(tmp_path: Path, manifest: object) -> None:
    out = tmp_path / "report"
    out.mkdir()
    (out / "run.json").write_text(json.dumps(manifest), encoding="utf-8")
    refused(out, "run.json")


def test_a_changed_file_is_left_alone(tmp_path: Path) -> None:
    run(tmp_path / "report")
    (tmp_path / "report" / "tables" / "cases.csv").write_text("mine", encoding="utf-8")
    refused(tmp_path / "report", "tables/cases.csv was changed")


def test_an_added_file_is_left_alone(tmp_path: Path) -> None:
    run(tmp_path / "report")
    (tmp_path / "report" / "tables" / "mine.csv").write_text("mine", encoding="utf-8")
    refused(tmp_path / "report", "tables/mine.csv")


def test_a_link_in_a_report_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    for target in ("elsewhere", "nowhere"):
        out = tmp_path / f"report to {target}"
        run(out)
        (out / "link").symlink_to(tmp_path / target)
        refused(out, "link")


def test_a_link_in_the_place_of_a_file_is_a_change(tmp_path: Path) -> None:
    run(tmp_path / "report")
    page = tmp_path / "report" / "report.html"
    page.rename(tmp_path / "page.html")
    page.symlink_to(tmp_path / "page.html")
    refused(tmp_path / "report", "report.html was changed")


def test_what_a_desktop_leaves_behind_is_nobodys_work(tmp_path: Path) -> None:
    out = tmp_path / "report"
    run(out)
    (out / ".DS_Store").write_bytes(b"\0")
    (out / "tables" / "Thumbs.db").write_bytes(b"\0")
    run(out)
    assert names(out) == WRITTEN


def test_a_file_that_was_deleted_is_written_again(tmp_path: Path) -> None:
    out = tmp_path / "report"
    run(out)
    (out / "report.html").unlink()
    run(out)
    assert names(out) == WRITTEN


def test_work_on_the_old_results_while_new_ones_are_made_is_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "report"
    run(out)
    with pytest.raises(OutputError, match=r"report\.html was changed"):
        run(out, meanwhile=out / "report.html")
    assert (out / "report.html").read_text(encoding="utf-8") == "mine"
    assert beside(tmp_path) == ["report"]


def test_the_folder_that_one_is_in_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here" / "below").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here" / "below")
    for out in (Path(), Path(".."), tmp_path / "here"):
        with pytest.raises(OutputError, match="the folder that you are in"), write_folder(out):
            pytest.fail("the work was begun")
    assert names(tmp_path) == ["here", "here/below"]


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "report").symlink_to(tmp_path / "disk")
    run(tmp_path / "report", "first")
    run(tmp_path / "report", "second")
    assert (tmp_path / "report").is_symlink()
    assert names(tmp_path / "disk") == WRITTEN
    assert beside(tmp_path) == ["disk", "report"]


def test_a_place_where_nobody_may_write_is_said() -> None:
    with pytest.raises(OutputError, match="cannot be written"), write_folder(Path("/proc/none/report")):
        pytest.fail("the work was begun")
