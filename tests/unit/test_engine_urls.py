"""Databases that cannot be used: one clear message, and never a part of a password in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cotreat.engine import Engine, connect
from cotreat.engine.messages import compute_masked, compute_without_secrets
from cotreat.errors import EngineError, ProtocolError, UsageError
from cotreat.protocol import read_protocol
from servers import postgres_url, start_spark_connect

PASSWORD = "hunter2"  # noqa: S105 - of a role that a test makes and takes away


@contextmanager
def refused(kind: type[Exception], *said: str) -> Iterator[None]:
    with pytest.raises(kind) as caught:
        yield
    message = str(caught.value)
    for text in said:
        assert text in message
    for piece in (PASSWORD, "hunter", "hun"):
        assert piece not in message
    # Nor in what stands behind it, which a traceback would show.
    behind = caught.value.__cause__ or (
        None if caught.value.__suppress_context__ else caught.value.__context__
    )
    assert PASSWORD not in str(behind)


# URLs


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql:/cotreat:{PASSWORD}@127.0.0.1/postgres",
        f"cotreat:{PASSWORD}@127.0.0.1",
        f"mysql://cotreat:{PASSWORD}@127.0.0.1/db",
        f"duckdb://md:?token={PASSWORD}",
        f"duckdb:///a.duckdb?token={PASSWORD}",
        "spark://",
        "",
    ],
)
def test_a_url_of_no_engine_is_not_repeated(url: str) -> None:
    with refused(UsageError, "`engine.url` is one of: duckdb://"):
        connect(url)


def test_a_scheme_is_repeated() -> None:
    with refused(UsageError, "No engine for a URL that starts with mysql://."):
        connect(f"mysql://cotreat:{PASSWORD}@127.0.0.1/db")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"postgresql://a:{PASSWORD}@host/db", "postgresql://a:{stars}@host/db"),
        (
            f"given: 'postgresql://a:{PASSWORD}:c@d@host/db' here",
            "given: 'postgresql://a:{stars}@host/db' here",
        ),
        (f"postgresql:/a:{PASSWORD}@host/db", "postgresql:/a:{stars}@host/db"),
        ("sc://host:15002/;token=abc;user_id=me", "sc://host:15002/;token=***;user_id=me"),
        ("postgresql://host/db?user=a&password=b&x=1", "postgresql://host/db?user=a&password=***&x=1"),
        ("postgresql://a@host/db", "postgresql://a@host/db"),
        ("a note to me@host: nothing", "a note to me@host: nothing"),
    ],
)
def test_passwords_of_urls_are_masked(text: str, shown: str) -> None:
    assert compute_masked(text) == shown.format(stars="***")


def test_a_message_with_a_piece_of_a_password_is_withheld() -> None:
    url = f"postgresql://cotreat:{'p%40ss-word!x'}@host/db"
    assert compute_without_secrets("password authentication failed", url).startswith("what it said is not")
    assert compute_without_secrets("no such host", url) == "no such host"
    assert compute_without_secrets("x", url) == "x"  # too short to be one


@pytest.mark.parametrize(
    "lines",
    [
        f'engine = "postgresql://cotreat:{PASSWORD}@host/db"',
        f'[engine]\nurl = ["postgresql://cotreat:{PASSWORD}@host/db"]',
        f'[engine]\nuri = "postgresql://cotreat:{PASSWORD}@host/db"',
        f'[engine]\n"postgresql://cotreat:{PASSWORD}@host/db" = 1',
        f'[engine]\nbuckets = "postgresql://cotreat:{PASSWORD}@host/db"',
        f'[engine]\nurl = "postgresql://cotreat:{PASSWORD}@host/db',
    ],
)
def test_a_protocol_that_is_wrong_does_not_repeat_it(tmp_path: Path, lines: str) -> None:
    (tmp_path / "study.toml").write_text(f"{lines}\n", encoding="utf-8")
    with refused(ProtocolError, "study.toml"):
        read_protocol(tmp_path / "study.toml")


# DuckDB


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "a.duckdb").write_bytes(b"not a database" * 100)
    with refused(EngineError, "DuckDB cannot open", "a.duckdb"):
        connect(f"duckdb://{tmp_path / 'a.duckdb'}")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with refused(EngineError, "DuckDB cannot open", "nowhere"):
        connect(f"duckdb://{tmp_path / 'nowhere' / 'a.duckdb'}")


def test_a_file_keeps_nothing_of_a_study(tmp_path: Path) -> None:
    """Tables are temporary on every engine: a database of somebody stays as it is."""
    path = tmp_path / "a.duckdb"
    with connect(f"duckdb://{path}") as engine:
        engine.load("exposures", pa.table({"a": [1]}))
    with connect(f"duckdb://{path}") as engine, pytest.raises(EngineError, match="exposures"):
        engine.fetch("SELECT * FROM exposures")


# PostgreSQL


@pytest.fixture
def owner() -> Iterator[Engine]:
    with connect(postgres_url()) as engine:
        yield engine


@pytest.fixture
def role(owner: Engine) -> Iterator[str]:
    """The URL of a role that has a password; it has no right of its own."""
    del owner
    run(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
    yield postgres_url().replace("cotreat@", f"guest:{PASSWORD}@")
    run("DROP OWNED BY guest; DROP ROLE guest")


def run(sql: str) -> None:
    """Statements of the owner, which no engine of ours would make."""
    import adbc_driver_postgresql.dbapi

    with (
        adbc_driver_postgresql.dbapi.connect(postgres_url(), autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        for statement in sql.split(";"):
            cursor.execute(statement)


@pytest.mark.postgres
def test_a_password_that_is_right(role: str) -> None:
    with connect(role) as engine:
        engine.load("exposures", pa.table({"a": [1]}))
        assert engine.fetch("SELECT a FROM exposures").column("a").to_pylist() == [1]


@pytest.mark.postgres
def test_a_password_that_is_wrong(role: str) -> None:
    wrong = role.replace(PASSWORD, f"{PASSWORD}x")
    with refused(EngineError, "PostgreSQL cannot be reached: password", 'for user "guest"', "~/.pgpass"):
        connect(wrong)
    with refused(EngineError, "no password supplied", "PGPASSWORD"):
        connect(role.replace(f":{PASSWORD}", ""))


@pytest.mark.postgres
def test_a_database_that_does_not_exist(role: str) -> None:
    with refused(EngineError, 'cannot be reached: database "nowhere" does not exist'):
        connect(role.replace("/postgres", "/nowhere"))


@pytest.mark.postgres
def test_nobody_listens() -> None:
    with refused(EngineError, "PostgreSQL cannot be reached", "Connection refused", "Check the host"):
        connect(f"postgresql://cotreat:{PASSWORD}@127.0.0.1:1/postgres")


@pytest.mark.postgres
@pytest.mark.parametrize(
    "userinfo",
    ["guest:se/{0}", "guest:{0}%zz", "guest:{0} y", "guest:x@{0}", "guest:{0}/x@y", "guest:a:{0}"],
)
def test_a_password_that_is_not_encoded(userinfo: str) -> None:
    """The driver repeats what it takes for host, port or parameter: here, a piece of the password."""
    with refused(EngineError, "PostgreSQL cannot be reached"):
        connect(f"postgresql://{userinfo.format(PASSWORD)}@127.0.0.1:1/postgres")


@pytest.mark.postgres
def test_a_role_without_the_right_to_make_temporary_tables(role: str) -> None:
    run("REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
    try:
        with (
            connect(role) as engine,
            refused(EngineError, "permission denied to create temp", "grant TEMPORARY"),
        ):
            engine.create("eras", "SELECT 1 AS a")
    finally:
        run("GRANT TEMPORARY ON DATABASE postgres TO PUBLIC")


@pytest.mark.postgres
def test_a_role_without_the_right_to_read(role: str) -> None:
    run("CREATE TABLE guarded (a BIGINT)")
    try:
        with (
            connect(role) as engine,
            refused(EngineError, "permission denied for table guarded", "right to read"),
        ):
            engine.fetch("SELECT a FROM guarded")
    finally:
        run("DROP TABLE guarded")


@pytest.mark.postgres
def test_a_statement_that_is_wrong_is_not_repeated(owner: Engine) -> None:
    with refused(EngineError, 'PostgreSQL could not run a statement: column "b" does not exist.'):
        owner.create("eras", "SELECT b FROM (SELECT 1 AS a) AS t")


@pytest.mark.postgres
def test_a_connection_that_is_lost(role: str) -> None:
    with connect(role) as engine:
        engine.load("exposures", pa.table({"a": [1]}))
        run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'guest'")
        for _ in range(2):
            with refused(EngineError, "The connection to PostgreSQL was lost", "start again"):
                engine.fetch("SELECT a FROM exposures")


# Drivers


@pytest.mark.parametrize(
    ("url", "package", "extra"),
    [
        (f"postgresql://cotreat:{PASSWORD}@127.0.0.1/db", "adbc_driver_postgresql", "cotreat[postgres]"),
        (f"sc://127.0.0.1/;token={PASSWORD}", "pyspark", "cotreat[spark]"),
    ],
)
def test_a_driver_that_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, url: str, package: str, extra: str
) -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == package or n == "cotreat.engine.spark_session"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("cotreat.engine.spark_session", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with refused(UsageError, "not installed", f'pip install "{extra}"'):
        connect(url)


# Spark


@pytest.mark.spark
def test_spark_without_java(tmp_path: Path) -> None:
    said = in_a_process("connect('spark://local[1]')", {**os.environ, "JAVA_HOME": str(tmp_path)})
    assert said.startswith("EngineError Spark cannot be reached: ")
    assert "Spark runs on Java 17 or newer" in said


@pytest.mark.spark
@pytest.mark.parametrize(
    ("url", "why"),
    [
        (f"sc://127.0.0.1:1/;token={PASSWORD}", "Connection refused"),
        (f"sc://nowhere.invalid/;token={PASSWORD}", "Spark cannot be reached"),
        (f"sc://127.0.0.1:{PASSWORD}/;token={PASSWORD}", "the port in `engine.url` is not a number"),
    ],
)
def test_no_spark_connect_server(url: str, why: str) -> None:
    pytest.importorskip("pyspark")
    with refused(EngineError, "Spark cannot be reached", why):
        connect(url)


_CONNECTED = """
with connect({url!r}) as engine:
    engine.load("exposures", pa.table({{"patient_key": [2, 1, 2], "order": ["b", "a", None]}}))
    counted = "SELECT patient_key, COUNT(*) AS n FROM exposures WHERE patient_key >= :least GROUP BY 1"
    engine.create("counted", counted, {{"least": 1}})
    engine.define("doubled", "SELECT patient_key, n * 2 AS n FROM counted")
    engine.export("doubled", Path({out!r}), order_by="patient_key")
    print(engine.fetch('SELECT "order" FROM exposures WHERE patient_key = 1').to_pylist())
    os.kill({pid}, 9)
    engine.fetch("SELECT n FROM counted")
"""


@pytest.mark.spark
def test_a_spark_connect_server_works_until_it_is_lost(tmp_path: Path) -> None:
    """In a process of its own: a process has one Spark, and the other tests use it."""
    url, server = start_spark_connect(tmp_path)
    try:
        program = _CONNECTED.format(url=url, out=str(tmp_path / "doubled.parquet"), pid=server.pid)
        said = in_a_process(program, dict(os.environ))
    finally:
        server.kill()
        server.wait()
    first, last = said.splitlines()
    assert first == "[{'order': 'a'}]"
    assert last.startswith("EngineError Spark could not run a statement: ")
    assert "start again when Spark is back" in last
    assert pq.read_table(tmp_path / "doubled.parquet").to_pylist() == [
        {"patient_key": 1, "n": 2},
        {"patient_key": 2, "n": 4},
    ]


def in_a_process(program: str, environment: dict[str, str]) -> str:
    """What a program says; an error of ours is its last line, and nothing but it is said."""
    lines = "\n".join(f"    {line}" for line in program.strip().splitlines())
    whole = (
        "import os\nfrom pathlib import Path\nimport pyarrow as pa\nfrom cotreat.engine import connect\n"
        f"from cotreat.errors import CotreatError\ntry:\n{lines}\nexcept CotreatError as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    # Spark leaves the pipe to a Java that did not start open.
    strictly = ["-W", "error", "-W", "ignore::ResourceWarning"]
    ran = subprocess.run(
        [sys.executable, *strictly, "-c", whole],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stdout


def test_what_exceeds_the_memory_is_not_left_in_the_folder_that_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.chdir(tmp_path)
    with connect(memory_limit_mb=100) as engine:
        # Twice the memory: it has to go somewhere.
        sql = "SELECT i, md5(CAST(i AS VARCHAR)) AS word FROM range(5000000) AS t(i) ORDER BY word"
        engine.create("wide", sql)
        (spilled,) = temporary.iterdir()
        assert spilled.stat().st_mode & 0o077 == 0
        assert list(spilled.iterdir()) != []
    assert list(temporary.iterdir()) == []
    assert list(tmp_path.iterdir()) == [temporary]
