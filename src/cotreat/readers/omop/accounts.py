"""Where every row of every table of a CDM went: the tables ``sources`` and ``attrition``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from cotreat.readers.omop.drug_rows import DrugRows
from cotreat.readers.omop.records import Records
from cotreat.readers.omop.views import CdmView
from cotreat.readers.omop.work import Work
from cotreat.readers.table_sql import FIRST_DAY
from cotreat.study_tables.schema import SCHEMAS

_READ, _USED = "read", "used"


@dataclass(frozen=True)
class Account:
    """What became of the rows of one table of the CDM.

    Attributes
    ----------
    view
        The table.
    rows
        By reason, rows and persons; ``read`` is all of them, ``used`` those that are used.
    """

    view: CdmView
    rows: Mapping[str, tuple[int, int]]

    @property
    def n_used(self) -> int:
        """Rows that are used."""
        return self.rows.get(_USED, (0, 0))[0]


def build_exposure_account(work: Work, view: CdmView, rows: DrugRows) -> Account:
    """The rows of ``drug_exposure`` or ``drug_era``: other drugs, left out by reason, used.

    Parameters
    ----------
    work
        The database of the CDM.
    view
        The table.
    rows
        Those of the study's drugs, judged.
    """
    words = {"exposures": view.name, "drug_concepts": rows.concepts, "flagged_rows": rows.flagged}
    return Account(view, _counted(work, work.text("exposure_counts", words)))


def build_person_account(work: Work, view: CdmView, rows: DrugRows) -> Account:
    """The rows of ``person``.

    Parameters
    ----------
    work
        The database of the CDM.
    view
        The table.
    rows
        Rows of the study's drugs and their persons.
    """
    words = {"person": view.name, "people": rows.people, "observed": rows.observed}
    return Account(view, _counted(work, work.text("person_counts", words)))


def build_period_account(work: Work, view: CdmView, rows: DrugRows) -> Account:
    """The rows of ``observation_period``: those of other persons, and those that are not followed.

    Parameters
    ----------
    work
        The database of the CDM.
    view
        The table.
    rows
        Rows of the study's drugs and their persons.
    """
    words = {"observation_period": view.name, "observed": rows.observed}
    return Account(view, _counted(work, work.text("period_counts", words)))


def build_death_account(work: Work, view: CdmView, rows: DrugRows) -> Account:
    """The rows of ``death``.

    Parameters
    ----------
    work
        The database of the CDM.
    view
        The table.
    rows
        Rows of the study's drugs and their persons.
    """
    return Account(
        view, _counted(work, work.text("death_counts", {"death": view.name, "observed": rows.observed}))
    )


def build_record_account(work: Work, records: Records, rows: DrugRows, *, cutoff: int) -> Account:
    """The rows of ``condition_occurrence`` or ``measurement``.

    Parameters
    ----------
    work
        The database of the CDM.
    records
        Rows that are used.
    rows
        Rows of the study's drugs and their persons.
    cutoff
        Last day that counts, in days since 1970-01-01.
    """
    words = {
        "records": records.view.name,
        "record_concepts": records.sets.concepts,
        "observed": rows.observed,
    }
    sql = work.text("record_counts", words)
    return Account(records.view, _counted(work, sql, {"first_day": FIRST_DAY, "cutoff": cutoff}))


def _counted(work: Work, sql: str, values: Mapping[str, int] | None = None) -> Mapping[str, tuple[int, int]]:
    found = work.fetch(sql, values).to_pylist()
    return {str(row["reason"]): (int(row["n_rows"]), int(row["n_persons"])) for row in found}


def build_accounts(
    accounts: Sequence[Account], fingerprints: Sequence[str], about: str
) -> Mapping[str, pa.Table]:
    """The tables ``sources`` and ``attrition``, each row of the CDM in exactly one reason.

    Parameters
    ----------
    accounts
        In the order in which the sources are numbered.
    fingerprints
        SHA-256 of each, empty where there is none.
    about
        What is known of the CDM as a whole.
    """
    sources: list[Mapping[str, object]] = []
    steps: list[Mapping[str, object]] = []
    for number, (account, sha256) in enumerate(zip(accounts, fingerprints, strict=True), start=1):
        n_read = account.rows.get(_READ, (0, 0))[0]
        sources.append(
            {
                "source_id": number,
                "file": account.view.place.file,
                "sheet": account.view.place.sheet,
                "sha256": sha256,
                "about": about,
                "rows_read": n_read,
                "rows_used": account.n_used,
                "rows_left_out": n_read - account.n_used,
            }
        )
        steps += _steps(account, len(steps))
    return {
        "sources": pa.Table.from_pylist(sources, schema=SCHEMAS["sources"].arrow),
        "attrition": pa.Table.from_pylist(steps, schema=SCHEMAS["attrition"].arrow),
    }


def _steps(account: Account, before: int) -> list[Mapping[str, object]]:
    left_out = sorted(reason for reason in account.rows if reason not in (_READ, _USED))
    return [
        {
            "step": before + place,
            "table": account.view.table.name,
            "reason": reason,
            "rows": account.rows.get(reason, (0, 0))[0],
            "patients": account.rows.get(reason, (0, 0))[1],
        }
        for place, reason in enumerate((_READ, *left_out, _USED), start=1)
    ]
