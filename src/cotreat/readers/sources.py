"""What every reader gives back, and which reader a protocol asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol as Interface
from typing import cast

from cotreat.engine import Engine
from cotreat.errors import ProtocolError
from cotreat.findings import Findings
from cotreat.protocol import Protocol


@dataclass(frozen=True)
class ReadStudy:
    """What became of reading a source; the study tables themselves are in the engine.

    Attributes
    ----------
    findings
        Problems of single cells, rows and files.
    headings
        By field, the heading that the source uses, for findings of later rules.
    latest_day
        Latest date read, in days since 1970-01-01; None when the source has none.
    drug_classes
        By drug, the class of the protocol's source that it belongs to.
    has_events_place
        Whether the source has a place for adverse events, filled or not: without one, none
        recorded does not mean that there was none.
    lies_by_patient
        Whether the engine's exposures lie by patient, so that those of some patients are read without
        the rest.
    """

    findings: Findings
    headings: Mapping[str, str]
    latest_day: int | None
    drug_classes: Mapping[str, str] = field(default_factory=dict[str, str])
    has_events_place: bool = False
    lies_by_patient: bool = False


class Reader(Interface):
    """A function that reads one kind of source."""

    def __call__(self, engine: Engine, protocol: Protocol) -> ReadStudy:
        """Study tables in the engine, and what was found on the way."""
        ...


def read_study(engine: Engine, protocol: Protocol) -> ReadStudy:
    """The study's tables, read by the reader that the protocol names.

    Raises
    ------
    ProtocolError
        No installed package has a reader of that name.
    SourceError
        The source cannot be read.
    """
    readers = {point.name: point for point in entry_points(group="cotreat.readers")}
    name = protocol.source.reader
    if name not in readers:
        msg = f"`source.reader` is {name!r}; installed readers: {', '.join(sorted(readers))}."
        raise ProtocolError(msg)
    return cast("Reader", readers[name].load())(engine, protocol)


def parse_source_path(
    protocol: Protocol, file: str, *, outside_folder: bool, key: str = "source.file"
) -> Path:
    """The path of a source file, inside the study folder unless the protocol allows otherwise.

    Raises
    ------
    ProtocolError
        The path leads out of the study folder and `outside_folder` is not set.
    """
    folder = protocol.folder.resolve()
    path = (folder / file).resolve()
    if not outside_folder and not path.is_relative_to(folder):
        msg = (
            f"`{key}` is {file!r}, which is outside the study folder {folder}. "
            "Move the file there, or set `outside_folder = true` under [source]."
        )
        raise ProtocolError(msg)
    return path
