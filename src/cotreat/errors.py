"""Everything that cotreat can raise, and the exit code of each branch.

::

    CotreatError
    ├── UsageError          2   the command or its arguments cannot be carried out
    │   ├── SourceError     2   a source cannot be read as what it is said to be
    │   └── OutputError     2   a result cannot be written where it should go
    ├── ProtocolError       2   the protocol file, or a parameter taken from it, is wrong
    ├── EngineError         2   the database refused, was lost or ran out of room
    └── DataError           1   the data have findings of severity error

A message is one text for the person who reads it: what is wrong, where, and what
to do. Bad cells are findings, not exceptions (:mod:`cotreat.findings`).
"""

from typing import ClassVar


class CotreatError(Exception):
    """What every error of cotreat is; its text is meant for the user."""

    exit_code: ClassVar[int] = 2


class UsageError(CotreatError):
    """The command or its arguments cannot be carried out."""


class SourceError(UsageError):
    """A source cannot be read as what the protocol says it is."""


class OutputError(UsageError):
    """A result cannot be written where it should go."""


class ProtocolError(CotreatError):
    """The protocol file, or a parameter taken from it, is wrong."""


class EngineError(CotreatError):
    """The database refused a statement, was lost, or ran out of room."""


class DataError(CotreatError):
    """The data have findings of severity error: nothing but the findings is written."""

    exit_code: ClassVar[int] = 1


def compute_is_interruption(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an error.

    DuckDB reports it in three ways: as an error of its own while a query runs, as a
    RuntimeError while a file is read, and as an error about its input while rows come from
    Python. Words of the data that such an error quotes are not taken for it.
    """
    while error is not None:
        said = str(error)
        if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "InterruptException":
            return True
        if said == "Query interrupted" or "data failed: KeyboardInterrupt" in said:
            return True
        error = error.__cause__ or error.__context__
    return False
