"""A CDM opened: where its tables are, where its vocabulary is, and in which database each is read."""

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cotreat.engine import DuckDBEngine, Engine
from cotreat.protocol import OmopSource, Protocol
from cotreat.readers.omop.locations import (
    CdmLocation,
    SchemaLocation,
    read_cdm_file,
    read_cdm_folder,
)
from cotreat.readers.omop.work import Work
from cotreat.readers.sources import parse_source_path


@dataclass(frozen=True)
class OpenCdm:
    """A CDM that is open.

    Attributes
    ----------
    work
        The database in which the CDM is read.
    location
        Where its tables are.
    vocabulary_work
        The database in which the vocabulary is read; often the same.
    vocabulary
        Where the vocabulary is; often the CDM itself.
    """

    work: Work
    location: CdmLocation
    vocabulary_work: Work
    vocabulary: CdmLocation


@contextmanager
def read_open_cdm(engine: Engine, protocol: Protocol, source: OmopSource) -> Generator[OpenCdm]:
    """The CDM of a protocol, open as long as the block lasts.

    A file or folder is read on DuckDB, a schema in the engine's own database; so the rows of
    a database stay there.

    Parameters
    ----------
    engine
        What the study runs on.
    protocol
        Its folder and memory limit hold.
    source
        Says where the CDM is.

    Raises
    ------
    ProtocolError
        A path leads out of the study folder.
    SourceError
        There is no such file or folder, or it cannot be opened.
    """
    with ExitStack() as stack:

        def duckdb() -> DuckDBEngine:
            if isinstance(engine, DuckDBEngine):
                return engine
            return stack.enter_context(DuckDBEngine(memory_limit_mb=protocol.engine.memory_limit_mb))

        location = _open(stack, engine, protocol, source, duckdb)
        work = Work(location.engine)
        # The tables go before what they are read from.
        stack.callback(work.drop)
        if source.vocabulary_folder is not None:
            scratch = location.engine if isinstance(location.engine, DuckDBEngine) else duckdb()
            folder = _path(protocol, source, source.vocabulary_folder, "vocabulary_folder")
            vocabulary: CdmLocation = read_cdm_folder(scratch, folder)
        else:
            vocabulary = location.in_schema(source.vocabulary_schema)
        vocabulary_work = work if vocabulary.engine is work.engine else Work(vocabulary.engine)
        stack.callback(vocabulary_work.drop)
        yield OpenCdm(work, location, vocabulary_work, vocabulary)


def _open(
    stack: ExitStack,
    engine: Engine,
    protocol: Protocol,
    source: OmopSource,
    duckdb: Callable[[], DuckDBEngine],
) -> CdmLocation:
    if source.file is not None:
        path = _path(protocol, source, source.file, "file")
        return stack.enter_context(read_cdm_file(duckdb(), path, source.cdm_schema))
    if source.folder is not None:
        return read_cdm_folder(duckdb(), _path(protocol, source, source.folder, "folder"))
    return SchemaLocation(engine, source.cdm_schema or "")


def _path(protocol: Protocol, source: OmopSource, given: str, key: str) -> Path:
    return parse_source_path(protocol, given, outside_folder=source.outside_folder, key=f"source.{key}")
