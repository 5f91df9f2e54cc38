"""From recorded supplies of the study's drugs to exposures, and the observation of each patient."""

import calendar
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from cotreat.engine import TableName
from cotreat.findings import Findings
from cotreat.protocol import Protocol
from cotreat.readers.cells import compute_date, compute_day
from cotreat.readers.omop.drug_concepts import StudyDrugs
from cotreat.readers.omop.reasons import ROW_PROBLEMS
from cotreat.readers.omop.strengths import compute_plausible_doses
from cotreat.readers.omop.tables import CdmTables
from cotreat.readers.omop.views import CdmView
from cotreat.readers.omop.work import Work
from cotreat.readers.table_sql import LAST_DAY

_FIRST_BIRTH_YEAR, _LAST_BIRTH_YEAR = 1850, 2100
_DRUGS = pa.schema(
    [
        ("drug_no", pa.int64()),
        ("drug", pa.string()),
        ("is_anchor", pa.int64()),
        ("lowest_ng", pa.int64()),
        ("highest_ng", pa.int64()),
    ]
)


@dataclass(frozen=True)
class DrugRows:
    """Rows of the study's drugs, judged, and whom they belong to.

    Attributes
    ----------
    concepts, drugs
        Which concept is which drug; the drugs.
    people
        Persons with a row of one of them.
    periods, observed
        Their observation periods; the one in which each is followed.
    flagged
        Every row with the reason why it is left out.
    cutoff
        Last day that counts; None: nobody was observed.
    findings
        What the cut-off was taken from.
    """

    concepts: TableName
    drugs: TableName
    people: TableName
    periods: TableName
    observed: TableName
    flagged: TableName
    cutoff: int | None
    findings: Findings


def build_drug_rows(work: Work, tables: CdmTables, drugs: StudyDrugs, protocol: Protocol) -> DrugRows:
    """Every row of the study's drugs with what becomes of it.

    Parameters
    ----------
    work
        The database of the CDM.
    tables
        Its tables.
    drugs
        The study's drugs.
    protocol
        Its cut-off, and its roles: which drugs are anchors.
    """
    concepts = work.load("drug_concepts", drugs.concepts)
    table = work.load("drugs", _drug_table(drugs, protocol))
    words = {
        "drug_concepts": concepts,
        "drugs": table,
        "exposures": _exposure_columns(work, tables.exposures),
    }
    rows = work.build("drug_rows", words, {"last_day": LAST_DAY})
    months = work.load("months", _months())
    people = work.build(
        "people", {"drug_rows": rows, "person": tables.views["person"].name, "months": months}
    )
    observation = tables.views["observation_period"]
    periods = work.build("periods", {"observation_period": observation.name, "people": people})
    cutoff, findings = _cutoff(work, protocol.study.cutoff, periods, observation)
    problems = " ".join(f"WHEN {reason.condition} THEN '{code}'" for code, reason in ROW_PROBLEMS.items())
    judged = work.build(
        "judged_rows",
        {"drug_rows": rows, "people": people, "problems": problems},
        {"cutoff": LAST_DAY if cutoff is None else cutoff},
    )
    touches = work.build("touches", {"judged_rows": judged, "periods": periods})
    as_text = f"CAST(person_id AS {work.dialect.text})"
    sorted_id = work.dialect.by_code_point.format(x=as_text)
    observed = work.build("observed", {"touches": touches, "sorted_id": sorted_id})
    flagged = work.build(
        "flagged_rows",
        {"judged_rows": judged, "touches": touches, "observed": observed, "periods": periods},
        {"grace_period": protocol.episodes.grace_period},
    )
    return DrugRows(concepts, table, people, periods, observed, flagged, cutoff, findings)


def _drug_table(drugs: StudyDrugs, protocol: Protocol) -> pa.Table:
    in_classes = protocol.model_copy(update={"drug_classes": drugs.drug_classes})
    rows = [
        {
            "drug_no": number,
            "drug": level,
            "is_anchor": int(in_classes.role_of(level) == "anchor"),
            "lowest_ng": low,
            "highest_ng": high,
        }
        for number, (level, (low, high)) in enumerate(
            zip(drugs.levels, compute_plausible_doses(drugs.levels), strict=True), start=1
        )
    ]
    return pa.Table.from_pylist(rows, schema=_DRUGS)


_ONLY_OF_EXPOSURES = {"stopped_day": "BIGINT", "supply_days": "BIGINT", "quantity": "DOUBLE"}


def _exposure_columns(work: Work, exposures: CdmView) -> str:
    """The rows as a relation; an era has no supply, no quantity and no reason."""
    if exposures.table.name == "drug_exposure":
        return exposures.name
    absent = [f"CAST(NULL AS {kind}) AS {name}" for name, kind in _ONLY_OF_EXPOSURES.items()]
    absent.append(f"CAST(NULL AS {work.dialect.text}) AS stop_reason")
    return f"(SELECT e.*, {', '.join(absent)} FROM {exposures.name} AS e)"


def _months() -> pa.Table:
    """First and last day of every month in which somebody may be born."""
    rows = [
        {
            "year": year,
            "month": month,
            "first_day": (first := compute_day(date(year, month, 1))),
            "last_day": first + calendar.monthrange(year, month)[1] - 1,
        }
        for year in range(_FIRST_BIRTH_YEAR, _LAST_BIRTH_YEAR + 1)
        for month in range(1, 13)
    ]
    return pa.Table.from_pylist(rows)


def _cutoff(work: Work, given: date | None, periods: TableName, view: CdmView) -> tuple[int | None, Findings]:
    """The protocol's last day, else the last day on which anybody was observed."""
    if given is not None:
        return compute_day(given), Findings.of()
    found = work.fetch(f"SELECT MAX(last_day) AS last_day FROM {periods}").column("last_day")[0].as_py()
    if found is None:
        return None, Findings.of()
    taken = compute_date(found)
    return int(found), view.place.finding(
        "info",
        "cutoff_taken",
        f"The protocol gives no cut-off; the last day of any observation period is taken, {taken}.",
        "Give `cutoff` under [study], the last day on which records are complete.",
        column=view.heading("end_day"),
        value=str(taken),
    )
