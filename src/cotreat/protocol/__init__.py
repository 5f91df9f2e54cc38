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
from cotreat.protocol.sources import (
    CaseTableColumns,
    CaseTableSource,
    ExposureFile,
    FixedLength,
    OtherSource,
    Source,
    TableFile,
    TablesSource,
)

__all__ = [
    "Analysis",
    "CaseTableColumns",
    "CaseTableSource",
    "Disclosure",
    "EngineSettings",
    "Episodes",
    "ExposureFile",
    "FixedLength",
    "Level",
    "OtherSource",
    "Protocol",
    "Response",
    "Role",
    "Roles",
    "Safety",
    "Source",
    "Study",
    "TableFile",
    "TablesSource",
    "Words",
    "read_protocol",
]
