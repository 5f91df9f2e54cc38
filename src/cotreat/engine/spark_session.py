"""A Spark session from a URL, and what Spark says when it cannot do what it is asked."""

import logging
import socket
from typing import Any
from urllib.parse import urlsplit

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from cotreat.engine.messages import compute_first_line, compute_without_secrets

_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    # "order" and "end" are columns of the episode tables and words of the language.
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
}
_QUIET = {"spark.ui.showConsoleProgress": "false", "spark.log.level": "OFF"}
_ON_THIS_MACHINE = {
    # Nothing listens to other machines.
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
}
_CONNECT_PORT = 15002
_SECONDS_TO_CONNECT = 10
_RETRIES = 4  # about five seconds; Spark's own fifteen take ten minutes

ERRORS: tuple[type[Exception], ...] = (PySparkException, Py4JError, OSError, RuntimeError)
"""What Spark and the way to it raise."""

_JAVA = "Spark runs on Java 17 or newer: install it, and set JAVA_HOME if it is not found."
_GONE = "Nothing was left half-written: start again when Spark is back."
# What to do, by what Spark says; the first that fits.
_ADVICE = (
    (("JAVA_GATEWAY_EXITED", "JAVA_HOME"), _JAVA),
    (
        (
            "StatusCode.UNAVAILABLE",
            "Connection refused",
            "Answer from Java side is empty",
            "SparkContext was shut down",
        ),
        _GONE,
    ),
    (("No space left",), "The disk is full: free some space and start again."),
)


def build_session(url: str, memory_limit_mb: int | None) -> Any:
    """A session of the Spark that the URL names; one that is there already goes on."""
    # A failed statement becomes one message of ours; the log would add its stack trace.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    return _connect(url) if url.startswith("sc://") else _start(url, memory_limit_mb)


def compute_explanation(error: BaseException, url: str) -> str:
    """What Spark said, without what the URL keeps secret, and what to do."""
    said = compute_without_secrets(compute_first_line(error), url)
    text = f"{type(error).__name__} {error}"
    advice = next((todo for signs, todo in _ADVICE if any(sign in text for sign in signs)), "")
    return f"{said.rstrip('.')}. {advice}".strip()


def _connect(url: str) -> Any:
    """A session of Spark Connect."""
    from pyspark.sql.connect.client.retries import DefaultPolicy

    # Looked for first: the client itself asks for ten minutes before it says that nobody answers.
    with socket.create_connection(_place(url), _SECONDS_TO_CONNECT):
        pass
    session = _with(SparkSession.builder.remote(url), _SETTINGS).getOrCreate()
    session.client.set_retry_policies([DefaultPolicy(max_retries=_RETRIES)])
    return session


def _place(url: str) -> tuple[str, int]:
    """Host and port."""
    place = urlsplit(url)
    try:
        return place.hostname or "", place.port or _CONNECT_PORT
    except ValueError:
        msg = "the port in `engine.url` is not a number"
        raise OSError(msg) from None


def _start(url: str, memory_limit_mb: int | None) -> Any:
    """A session of Spark on this machine or on a cluster."""
    place = url.partition("://")[2]
    builder = _with(SparkSession.builder, _SETTINGS | _QUIET)
    if place.startswith("local"):
        builder = _with(builder, _ON_THIS_MACHINE)
    if memory_limit_mb is not None:
        builder = builder.config("spark.driver.memory", f"{memory_limit_mb}m")
    session = builder.master(url if ":" in place else place).getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


def _with(builder: Any, settings: dict[str, str]) -> Any:
    builder = builder.appName("cotreat")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder
