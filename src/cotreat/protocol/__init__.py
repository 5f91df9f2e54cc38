"""Protocol: the frozen clinical definitions of one study, from one TOML file."""

from cotreat.protocol.model import (
    Analysis,
    Disclosure,
    EngineSettings,
    Episodes,
    Protocol,
    Response,
    Role,
    Roles,
    Safety,
    Study,
)
from cotreat.protocol.parts import Level, Words
from cotreat.protocol.reading import read_protocol
from cotreat.protocol.sources import CaseTableColumns, CaseTableSource, OtherSource, Source

__all__ = [
    "Analysis",
    "CaseTableColumns",
    "CaseTableSource",
    "Disclosure",
    "EngineSettings",
    "Episodes",
    "Level",
    "OtherSource",
    "Protocol",
    "Response",
    "Role",
    "Roles",
    "Safety",
    "Source",
    "Study",
    "Words",
    "read_protocol",
]
