"""cotreat: combination-therapy studies, from treatment records to the published letter."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cotreat.analysis.results import Estimate, Result
    from cotreat.engine import connect
    from cotreat.errors import (
        CotreatError,
        DataError,
        EngineError,
        OutputError,
        ProtocolError,
        SourceError,
        UsageError,
    )
    from cotreat.findings import Finding, Findings
    from cotreat.protocol import Protocol, read_protocol
    from cotreat.study import StudyRun, run_study, validate_study

__all__ = [
    "CotreatError",
    "DataError",
    "EngineError",
    "Estimate",
    "Finding",
    "Findings",
    "OutputError",
    "Protocol",
    "ProtocolError",
    "Result",
    "SourceError",
    "StudyRun",
    "UsageError",
    "connect",
    "read_protocol",
    "run_study",
    "validate_study",
]

_MODULES = {
    "Estimate": "analysis.results",
    "Result": "analysis.results",
    "connect": "engine",
    "Finding": "findings",
    "Findings": "findings",
    "Protocol": "protocol",
    "read_protocol": "protocol",
    "StudyRun": "study",
    "run_study": "study",
    "validate_study": "study",
}


def __getattr__(name: str) -> object:
    """The public names, imported when they are first asked for, so that `cotreat --help` answers at once."""
    if name not in __all__:
        msg = f"module 'cotreat' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"cotreat.{_MODULES.get(name, 'errors')}"), name)
