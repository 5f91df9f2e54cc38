"""One pass over the bytes of a long text: what has to be known before its cells are read."""

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cotreat.readers.places import Place

_CHUNK = 1 << 22
_LOST = "\ufffd".encode()


@dataclass
class TextSurvey:
    """What the bytes of a text show.

    Attributes
    ----------
    size
        In bytes.
    sha256
        Of the file.
    n_lines
        Lines up to the last one that holds something; 0 when none does.
    is_utf8
        Whether it is UTF-8 from beginning to end, without NUL.
    has_bare_returns
        Whether a line ends with a carriage return alone.
    n_lost, first_lost_line
        Replacement characters, and the line of the first.
    """

    size: int = 0
    sha256: str = ""
    n_lines: int = 0
    is_utf8: bool = True
    has_bare_returns: bool = False
    n_lost: int = 0
    first_lost_line: int = 0


def read_survey(path: Path, place: Place) -> TextSurvey:
    """The survey of a file; memory does not grow with its size.

    Raises
    ------
    SourceError
        The file cannot be read, or changes while it is read.
    """
    try:
        before = path.stat()
        with path.open("rb") as file:
            survey = _survey(file)
        after = path.stat()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name is not valid"
        place.refuse(
            f"it cannot be read ({reason}).", "Check its name, who may read it, and the disk it is on."
        )
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        place.refuse("it is being written.", "Wait until it is saved, then run again.")
    return survey


def _survey(file: BinaryIO) -> TextSurvey:
    survey, digest = TextSurvey(), hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    n_breaks = 0
    for chunk in _chunks(file):
        digest.update(chunk)
        survey.size += len(chunk)
        if survey.is_utf8:
            survey.is_utf8 = b"\0" not in chunk and _is_decoded(decoder, chunk, final=False)
        survey.has_bare_returns |= chunk.count(b"\r") != chunk.count(b"\r\n")
        if _LOST in chunk:
            lost_line = n_breaks + chunk.count(b"\n", 0, chunk.index(_LOST)) + 1
            survey.first_lost_line = survey.first_lost_line or lost_line
            survey.n_lost += chunk.count(_LOST)
        held = chunk.rstrip(b"\r\n")
        if held:
            survey.n_lines = n_breaks + held.count(b"\n") + 1
        n_breaks += chunk.count(b"\n")
    survey.is_utf8 = survey.is_utf8 and _is_decoded(decoder, b"", final=True)
    survey.sha256 = digest.hexdigest()
    return survey


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """The bytes in pieces that cut no line break and no replacement character in two."""
    while chunk := file.read(_CHUNK):
        for _ in _LOST:
            if not chunk.endswith((b"\r", _LOST[:1], _LOST[:2])):
                break
            chunk += file.read(1)
        yield chunk


def _is_decoded(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
