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
