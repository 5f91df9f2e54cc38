"""The tables of an open CDM, as far as a study needs them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from cotreat.engine import TableName
from cotreat.findings import Findings
from cotreat.protocol import OmopSource
from cotreat.readers.cells import compute_date
from cotreat.readers.omop.concept_sets import Vocabulary
from cotreat.readers.omop.opening import OpenCdm
from cotreat.readers.omop.views import CdmView, NoView, build_view
from cotreat.readers.omop.work import Work

_READ_VERSIONS = ("5.3", "5.4")


@dataclass(frozen=True)
class CdmTables:
    """The tables of a CDM that are read.

    Attributes
    ----------
    views
        By name; the order is that of the sources.
    exposures
        ``drug_exposure`` or ``drug_era``.
    death
        The deaths, or an empty table.
    about
        Version of the CDM and of its vocabulary, as far as it says.
    findings
        What is unknown because a table is not there.
    """

    views: Mapping[str, CdmView]
    exposures: CdmView
    death: TableName
    about: str
    findings: Findings


def read_cdm_tables(cdm: OpenCdm, source: OmopSource) -> CdmTables:
    """The tables that the protocol asks for.

    Parameters
    ----------
    cdm
        The CDM.
    source
        Names what is read of conditions and measurements.

    Raises
    ------
    SourceError
        A table without which there is no study cannot be read.
    """
    needed = {
        "person": "without it nobody knows who the patients are",
        source.exposure_table: "without it there is no treatment",
        "observation_period": "without it nobody knows until when a patient was observed",
    }
    asked = {
        "condition_occurrence": (source.conditions, source.adverse_events),
        "measurement": (source.laboratory, source.assessments),
    }
    needed |= {
        table: f"the protocol names what to read of it ({', '.join(names)})"
        for table, sets in asked.items()
        if (names := [term for named in sets for term in named])
    }
    views = {name: _require(cdm, name, why) for name, why in needed.items()}
    death = build_view(cdm.work, cdm.location, "death")
    findings = Findings.of()
    if isinstance(death, CdmView):
        views = {**_first(views, 3), "death": death, **views}
        deaths = death.name
    else:
        findings = _without_deaths(death)
        deaths = cdm.work.load("no_deaths", _NO_DEATHS.empty_table())
    about, version = _about(cdm)
    return CdmTables(views, views[source.exposure_table], deaths, about, Findings.concat([findings, version]))


def read_vocabulary(cdm: OpenCdm) -> Vocabulary:
    """The tables that say what concepts are; each may be missing until something needs it.

    Parameters
    ----------
    cdm
        The CDM.
    """
    concept, ancestor, strength = (
        build_view(cdm.vocabulary_work, cdm.vocabulary, name)
        for name in ("concept", "concept_ancestor", "drug_strength")
    )
    return Vocabulary(cdm.vocabulary_work, concept, ancestor, strength)


_NO_DEATHS = pa.schema([("person_id", pa.int64()), ("start_day", pa.int64())])


def _first(views: Mapping[str, CdmView], n: int) -> Mapping[str, CdmView]:
    return dict(list(views.items())[:n])


def _require(cdm: OpenCdm, name: str, why: str) -> CdmView:
    found = build_view(cdm.work, cdm.location, name)
    if isinstance(found, NoView):
        found.place.refuse(
            f"{found.why}; {why}.",
            "Correct where [source] says the CDM is, or ask for the right to read the table.",
        )
    return found


def _without_deaths(death: NoView) -> Findings:
    return death.place.finding(
        "warning",
        "table_not_used",
        f"The table of deaths cannot be used ({death.why}); no death is known, and follow-up ends with the "
        "observation period alone.",
        "Nothing, if the database has no deaths.",
    )


def _about(cdm: OpenCdm) -> tuple[str, Findings]:
    """What the CDM says of itself, and a warning when it is of a version that is not read."""
    view = build_view(cdm.work, cdm.location, "cdm_source")
    if isinstance(view, NoView):
        return "OMOP CDM", Findings.of()
    rows = _rows(cdm.work, view)
    if not rows:
        return "OMOP CDM", Findings.of()
    row = rows[0]
    parts = [f"OMOP CDM {row['cdm_version'] or 'of unknown version'}"]
    if row["vocabulary_version"]:
        parts.append(f"vocabulary {row['vocabulary_version']}")
    if row["release_day"] is not None:
        parts.append(f"released {compute_date(int(str(row['release_day'])))}")
    version = str(row["cdm_version"] or "").lower().removeprefix("v").strip()
    findings = Findings.of()
    if version and not version.startswith(_READ_VERSIONS):
        findings = view.place.finding(
            "warning",
            "cdm_version",
            f"The CDM says that it is of version {version}; it is read as 5.3 or 5.4.",
            "Check that the tables and columns of docs/omop.md mean the same in it.",
            column="cdm_version",
            value=version,
        )
    return ", ".join(parts), findings


def _rows(work: Work, view: CdmView) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = work.fetch(
        f"SELECT cdm_version, vocabulary_version, release_day FROM {view.name}"
    ).to_pylist()
    return rows
