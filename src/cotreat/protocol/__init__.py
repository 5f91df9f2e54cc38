"""Protocol: the frozen clinical definitions of one study, from one TOML file."""

from cotreat.protocol.criteria import read_study_criteria
from cotreat.protocol.fhir import FhirSource
from cotreat.protocol.model import (
    Analysis,
    Disclosure,
    EngineSettings,
    Episodes,
    OwnCriterion,
    Protocol,
    Reporting,
    Response,
    Role,
    Roles,
    Safety,
    Sensitivity,
    Study,
    Survival,
)
from cotreat.protocol.omop import ConceptSet, ConditionSet, DrugSet, LaboratorySet, OmopSource
from cotreat.protocol.parts import FixedLength, Level, NoEnd, Words
from cotreat.protocol.reading import read_protocol
from cotreat.protocol.redcap import RedcapSource, RedcapVariables
from cotreat.protocol.sources import (
    CaseTableColumns,
    CaseTableSource,
    ExposureFile,
    LaboratoryFile,
    OtherSource,
    Source,
    TableFile,
    TablesSource,
)
from cotreat.protocol.special_interest import NO_AESI, ListedTerm, read_study_aesi

__all__ = [
    "NO_AESI",
    "Analysis",
    "CaseTableColumns",
    "CaseTableSource",
    "ConceptSet",
    "ConditionSet",
    "Disclosure",
    "DrugSet",
    "EngineSettings",
    "Episodes",
    "ExposureFile",
    "FhirSource",
    "FixedLength",
    "LaboratoryFile",
    "LaboratorySet",
    "Level",
    "ListedTerm",
    "NoEnd",
    "OmopSource",
    "OtherSource",
    "OwnCriterion",
    "Protocol",
    "RedcapSource",
    "RedcapVariables",
    "Reporting",
    "Response",
    "Role",
    "Roles",
    "Safety",
    "Sensitivity",
    "Source",
    "Study",
    "Survival",
    "TableFile",
    "TablesSource",
    "Words",
    "read_protocol",
    "read_study_aesi",
    "read_study_criteria",
]
