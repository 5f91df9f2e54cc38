"""`cotreat episodes` when something happens beside it: a second run, a database that is lost."""

from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import pytest
from commands import cotreat
from test_episodes import digests, protocol, start, wait_for_bucket

from cotreat.engine import Engine
from cotreat.episodes import parts
from servers import postgres_url


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study folder of long tables with 200 invented patients."""
    folder = tmp_path_factory.mktemp("episodes") / "study"
    cotreat("new", folder, "--from", "tables").requires(0)
    return folder


def test_a_second_run_for_the_same_folder_is_refused_at_once(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = start(protocol(study, 30), out)
    wait_for_bucket(out, first, 1)
    ran = cotreat("episodes", protocol(study, 2), "--out", out).requires(2)
    assert "Another run of cotreat is writing to" in ran.err
    _, said = first.communicate(timeout=120)
    assert first.returncode == 0, said
    # Whoever comes afterwards is let in.
    cotreat("episodes", protocol(study, 2), "--out", out).requires(0)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.postgres
def test_a_lost_connection_is_one_clear_message_and_can_be_resumed(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cotreat("episodes", protocol(study, 1), "--out", tmp_path / "duckdb").requires(0)
    path = protocol(study, 3, f'url = "{postgres_url()}"\n')
    add_bucket = parts.EpisodeParts.add_bucket
    built: list[int] = []

    def lose(self: parts.EpisodeParts, engine: Engine, bucket: int, *rest: object) -> object:
        built.append(bucket)
        if built == [0, 1]:
            _end_other_connections()
        return add_bucket(self, engine, bucket, *rest)  # pyright: ignore[reportArgumentType]  # as they came

    monkeypatch.setattr(parts.EpisodeParts, "add_bucket", lose)
    ran = cotreat("episodes", path, "--out", tmp_path / "out").requires(2)
    assert "The connection to PostgreSQL was lost" in ran.err
    assert "goes on from there" in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "out").exists()
    cotreat("episodes", path, "--out", tmp_path / "out").requires(0)
    assert built == [0, 1, 1, 2]
    assert digests(tmp_path / "out") == digests(tmp_path / "duckdb")


def _end_other_connections() -> None:
    with adbc.connect(postgres_url()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        cursor.fetchall()
