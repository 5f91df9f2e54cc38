"""Database servers that tests start: PostgreSQL on a free port, Spark on this machine.

Each is started when it is first asked for and goes with the process that started it.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

# Nothing has to outlive a crash of a test server.
_IN_A_HURRY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=20")


# The owner is let in; every other role has to give its password.
_WHO_MAY_CONNECT = """
local all all trust
host all cotreat 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
"""


@cache
def postgres_url() -> str:
    """A fresh PostgreSQL server; skips the test where none is installed."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="cotreat-postgres-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    as_user = _as_unprivileged(folder)
    data = folder / "data"
    made = subprocess.run(
        [
            *as_user,
            programs / "initdb",
            "-D",
            data,
            "-U",
            "cotreat",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    (data / "pg_hba.conf").write_text(_WHO_MAY_CONNECT, encoding="utf-8")
    port = _free_port()
    options = [part for setting in _IN_A_HURRY for part in ("-c", setting)]
    place = ["-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*as_user, programs / "postgres", *place, *options], stdout=log, stderr=subprocess.STDOUT
        )
    _wait_until_open(port, server, folder / "log")
    atexit.register(_stop, server)
    return f"postgresql://cotreat@127.0.0.1:{port}/postgres"


# The tables of a test have a few rows: making code for each query would take longer than the query.
_SPARK_FOR_FEW_ROWS = {
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}


def spark_url() -> str:
    """Spark on two cores of this machine; skips the test where there is no Java."""
    settings = " ".join(f"--conf {key}={value}" for key, value in _SPARK_FOR_FEW_ROWS.items())
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"{settings} pyspark-shell"
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Java is not installed")
    pytest.importorskip("pyspark")
    return "spark://local[2]"


def start_spark_connect(folder: Path) -> tuple[str, subprocess.Popen[bytes]]:
    """A Spark Connect server of the installed pyspark: its URL, and its process, which the caller ends."""
    spark_url()
    home = Path(str(find_spec("pyspark").origin)).parent
    port = _free_port()
    settings = {
        **_SPARK_FOR_FEW_ROWS,
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
    }
    options = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    server_class = "org.apache.spark.sql.connect.service.SparkConnectServer"
    command = [
        *_ends_with_us(),
        home / "bin" / "spark-submit",
        "--class",
        server_class,
        "--master",
        "local[1]",
    ]
    log = folder / "connect.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*command, *options, "spark-internal"],
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, "SPARK_HOME": str(home), "PYSPARK_SUBMIT_ARGS": ""},
        )
    _wait_until_open(port, server, log)
    return f"sc://127.0.0.1:{port}", server


def _postgres_programs() -> Path | None:
    found = shutil.which("initdb")
    places = (
        [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    )
    return next((place for place in places if (place / "postgres").exists()), None)


def _as_unprivileged(folder: Path) -> list[str | Path]:
    """PostgreSQL refuses to run as root; whoever runs it, it ends with this process."""
    if os.geteuid() != 0:
        return _ends_with_us()
    shutil.chown(folder, "nobody", "nogroup")
    return [*_ends_with_us(), "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]


def _ends_with_us() -> list[str | Path]:
    """What a command begins with that ends when the process that started it does."""
    return ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_open(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):
        assert server.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)
    server.wait(timeout=30)
