"""cotreat: combination-therapy studies, from treatment records to the published letter."""

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
