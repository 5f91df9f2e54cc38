"""`cotreat episodes`: the same bytes with any number of buckets, and after any interruption."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from commands import LETTER, cotreat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cotreat.episodes import parts
from cotreat.study_episodes import write_episodes

TABLES = {f"{name}.parquet" for name in parts.EPISODE_TABLES}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study folder of long tables with 200 invented patients."""
    folder = tmp_path_factory.mktemp("episodes") / "study"
    cotreat("new", folder, "--from", "tables").requires(0)
    return folder


def protocol(study: Path, buckets: int, extra: str = "") -> Path:
    text = (study / "study.toml").read_text(encoding="utf-8")
    path = study / f"buckets{buckets}{len(extra)}.toml"
    path.write_text(f"{text}\n[engine]\nbuckets = {buckets}\n{extra}", encoding="utf-8")
    return path


def digests(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def whole(study: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one bucket and no interruption give."""
    out = tmp_path_factory.mktemp("whole") / "out"
    cotreat("episodes", protocol(study, 1), "--out", out).requires(0)
    return digests(out)


def test_every_episode_table_is_written_and_nothing_is_left_beside_it(
    study: Path, whole: dict[str, str], tmp_path: Path
) -> None:
    cotreat("episodes", protocol(study, 4), "--out", tmp_path / "out").requires(0)
    assert set(whole) == TABLES | {"findings.csv", "reconciliation.csv", "run.json"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


# Two examples: each is a whole run. 200 patients, so some plans have buckets without a patient.
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(buckets=st.integers(2, 12) | st.integers(60, 90))
def test_the_number_of_buckets_never_changes_a_byte(
    study: Path, whole: dict[str, str], tmp_path: Path, buckets: int
) -> None:
    out = tmp_path / str(buckets)
    cotreat("episodes", protocol(study, buckets), "--out", out).requires(0)
    assert digests(out) == whole


def test_row_groups_are_the_same_wherever_buckets_end(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "ROWS_PER_GROUP", 64)
    for buckets in (1, 4):
        cotreat("episodes", protocol(study, buckets), "--out", tmp_path / str(buckets)).requires(0)
    assert digests(tmp_path / "1") == digests(tmp_path / "4")
    eras = pq.read_metadata(tmp_path / "4" / "eras.parquet")
    assert eras.num_row_groups > 3
    assert {eras.row_group(i).num_rows for i in range(eras.num_row_groups - 1)} == {64}


@pytest.fixture(scope="module")
def report(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole study, all at once."""
    out = tmp_path_factory.mktemp("report") / "out"
    cotreat("run", study / "study.toml", "--out", out).requires(0)
    return out


def test_pairs_and_courses_are_those_of_the_whole_study(study: Path, report: Path, tmp_path: Path) -> None:
    cotreat("episodes", protocol(study, 5), "--out", tmp_path / "out").requires(0)
    for name in ("pairs", "courses", "segments"):
        found = pq.read_table(tmp_path / "out" / f"{name}.parquet")
        run = pq.read_table(report / "episodes" / f"{name}.parquet").select(found.column_names)
        assert found.num_rows
        assert found.to_pylist() == run.to_pylist()
    days = (tmp_path / "out" / "reconciliation.csv").read_text(encoding="utf-8")
    assert days == (report / "episodes" / "reconciliation.csv").read_text(encoding="utf-8")
    assert "in_parallel_pairs" in days


def test_a_whole_study_in_buckets_goes_on_after_kill_9_and_gives_the_same_results(
    study: Path, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = protocol(study, 7), tmp_path / "out"
    process = start(path, out, command="run")
    wait_for_bucket(out, process, 3)
    process.kill()
    process.communicate(timeout=60)
    assert not out.exists()
    before = len(finished(out))
    assert 3 <= before < 7
    # What was lost of a bucket, as when a computer is switched off, is not taken for whole.
    damaged = out.with_name("out.partial") / "bucket-00001" / "eras.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    assert out.with_name("out.partial").stat().st_mode & 0o077 == 0
    built = note_buckets(monkeypatch)
    cotreat("run", path, "--out", out).requires(0)
    assert built == [1, *range(before, 7)]
    # Neither the buckets nor what the killed run was writing to.
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    here, there = digests(out), digests(report)
    differ = {name for name in here if here[name] != there[name]}
    # The digest of the protocol, whose number of buckets differs, and columns that are marked as never empty.
    assert {name for name in differ if not name.endswith(".parquet")} <= {
        "report.docx",
        "report.html",
        "run.json",
    }
    for name in differ & {f"episodes/{table}.parquet" for table in ("pairs", "courses", "segments")}:
        ours, theirs = (pq.read_table(folder / name) for folder in (out, report))
        assert ours.cast(theirs.schema).equals(theirs)
    ours, theirs = (json.loads((folder / "run.json").read_bytes()) for folder in (out, report))
    assert ours["counts"] == theirs["counts"]


def note_buckets(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The buckets that are worked on from now on."""
    built: list[int] = []
    add_bucket = parts.EpisodeParts.add_bucket

    def note(self: parts.EpisodeParts, engine: object, bucket: int, *rest: object) -> object:
        built.append(bucket)
        return add_bucket(self, engine, bucket, *rest)  # pyright: ignore[reportArgumentType]  # as they came

    monkeypatch.setattr(parts.EpisodeParts, "add_bucket", note)
    return built


def start(
    path: Path, out: Path, *, command: str = "episodes", blocks: int | None = None
) -> subprocess.Popen[str]:
    """The command in a process of its own, which may write only files of so many blocks of 1 kB."""
    words = [sys.executable, "-m", "cotreat.cli", command, str(path), "--out", str(out)]
    if blocks is not None:
        words = ["bash", "-c", f'ulimit -f {blocks}; exec "$@"', "bash", *words]
    # A shell that runs the tests in the background has them ignore Ctrl-C, and so would the command.
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(words, **piped, preexec_fn=_heed_ctrl_c)  # noqa: PLW1509  # no lock is taken


def _heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finished(out: Path) -> dict[str, int]:
    """Finished buckets, with the moment at which each was written."""
    partial = out.with_name(f"{out.name}.partial")
    return {path.name: path.stat().st_mtime_ns for path in sorted(partial.glob("bucket-*"))}


def wait_for_bucket(out: Path, process: subprocess.Popen[str], number: int) -> None:
    for _ in range(3000):
        if len(finished(out)) >= number:
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    pytest.fail("no bucket was finished within a minute")


@pytest.fixture
def interrupted(study: Path, tmp_path: Path) -> Callable[[int], tuple[Path, Path, int, str]]:
    """Stop a run of 12 buckets in the middle, by a signal."""

    def stop(number: int) -> tuple[Path, Path, int, str]:
        path, out = protocol(study, 12), tmp_path / "out"
        process = start(path, out)
        wait_for_bucket(out, process, 3)
        os.kill(process.pid, number)
        _, said = process.communicate(timeout=60)
        return path, out, process.returncode, said

    return stop


def test_goes_on_after_kill_9_and_does_not_do_finished_buckets_again(
    interrupted: Callable[[int], tuple[Path, Path, int, str]],
    whole: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, out, code, _ = interrupted(signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert not out.exists()
    before = finished(out)
    assert 3 <= len(before) < 12
    built = note_buckets(monkeypatch)
    write_episodes(path, out)
    assert built == list(range(len(before), 12))
    assert digests(out) == whole
    assert not finished(out)


def test_ctrl_c_says_one_line_leaves_nothing_half_written_and_can_be_resumed(
    interrupted: Callable[[int], tuple[Path, Path, int, str]], whole: dict[str, str]
) -> None:
    path, out, code, said = interrupted(signal.SIGINT)
    assert code == 130, said
    assert "Traceback" not in said
    assert "goes on from there" in said
    assert not out.exists()
    cotreat("episodes", path, "--out", out).requires(0)
    assert digests(out) == whole


def test_a_full_disk_is_one_clear_message_and_can_be_resumed(
    study: Path, whole: dict[str, str], tmp_path: Path
) -> None:
    path, out = protocol(study, 3), tmp_path / "out"

    process = start(path, out, blocks=4)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 2, said
    assert "Traceback" not in said
    assert "too large" in said.lower() or "full" in said.lower()
    assert not out.exists()
    cotreat("episodes", path, "--out", out).requires(0)
    assert digests(out) == whole


def test_parts_of_another_protocol_are_not_used(study: Path, tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    stricter = protocol(study, 4, "[sensitivity]\n")
    text = stricter.read_text(encoding="utf-8")
    assert "grace_period = 30" in text
    stricter.write_text(text.replace("grace_period = 30", "grace_period = 0"), encoding="utf-8")
    cotreat("episodes", stricter, "--out", other).requires(0)
    process = start(protocol(study, 12), out)
    wait_for_bucket(out, process, 3)
    process.kill()
    process.communicate(timeout=60)
    cotreat("episodes", stricter, "--out", out).requires(0)
    assert digests(out) == digests(other)


def test_a_folder_of_somebody_else_is_not_touched(study: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "out.partial"
    theirs.mkdir()
    (theirs / "work.txt").write_text("mine", encoding="utf-8")
    (theirs / "key.json").write_text("[]", encoding="utf-8")
    ran = cotreat("episodes", protocol(study, 2), "--out", tmp_path / "out").requires(2)
    assert "not from an earlier run" in ran.err
    assert (theirs / "work.txt").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "out").exists()


def test_with_disclosure_control_the_tables_are_private(study: Path, tmp_path: Path) -> None:
    path = protocol(study, 2, "[disclosure]\nminimum_count = 5\n")
    cotreat("episodes", path, "--out", tmp_path / "out").requires(0)
    found = set(digests(tmp_path / "out"))
    assert found == {f"private/{name}" for name in TABLES} | {
        "findings.csv",
        "reconciliation.csv",
        "run.json",
    }


def test_a_case_table_has_no_dates_to_build_episodes_of(tmp_path: Path) -> None:
    ran = cotreat("episodes", LETTER / "study.toml", "--out", tmp_path / "out").requires(2)
    assert "no dated exposures" in ran.err
    assert not (tmp_path / "out").exists()
