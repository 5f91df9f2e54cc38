"""The study tables of exposures and patients of a CDM."""

from collections.abc import Mapping

import pyarrow as pa

from cotreat.engine import TableName
from cotreat.findings import Findings, Unparsed
from cotreat.protocol import Protocol
from cotreat.readers.omop.concept_sets import Vocabulary
from cotreat.readers.omop.drug_rows import DrugRows
from cotreat.readers.omop.strengths import build_strengths
from cotreat.readers.omop.tables import CdmTables
from cotreat.readers.omop.views import NoView
from cotreat.readers.omop.work import Work
from cotreat.readers.table_loading import compute_counted
from cotreat.readers.table_sql import FIRST_DAY
from cotreat.vocabulary import build_term_index, parse_term

_WORDS = pa.schema([("words", pa.string()), ("level", pa.string())])
PERSON_SOURCE, EXPOSURE_SOURCE = 1, 2
"""Numbers among the sources: persons come first, then the table of exposures."""


def build_patients(
    work: Work, tables: CdmTables, rows: DrugRows, diseases: TableName, *, cutoff: int
) -> TableName:
    """The study table of patients: everybody with a row of a study drug that is used.

    Parameters
    ----------
    work
        The database of the CDM.
    tables
        Its tables.
    rows
        Rows of the study's drugs and their persons.
    diseases
        The disease of each patient.
    cutoff
        Last day that counts, in days since 1970-01-01.
    """
    words = {
        "death": tables.death,
        "people": rows.people,
        "observed": rows.observed,
        "diseases": diseases,
    }
    return work.build(
        "patients", words, {"first_day": FIRST_DAY, "cutoff": cutoff, "source_id": PERSON_SOURCE}
    )


def build_exposures(
    work: Work, tables: CdmTables, vocabulary: Vocabulary, rows: DrugRows, protocol: Protocol
) -> tuple[TableName, Findings]:
    """The study table of exposures, and what is unknown in it.

    Parameters
    ----------
    work
        The database of the CDM.
    tables
        Its tables.
    vocabulary
        Has the strengths of products.
    rows
        Rows of the study's drugs.
    protocol
        Says what reasons for stopping mean.
    """
    concepts = work.fetch(f"SELECT drug_no, concept_id, place FROM {rows.concepts}")
    # An era has no quantity, and so no dose.
    has_doses = tables.exposures.table.name == "drug_exposure"
    strengths = work.load(
        "product_strengths", build_strengths(vocabulary, concepts if has_doses else concepts.slice(0, 0))
    )
    words, unknown = _stop_words(work, tables, rows, protocol)
    made = work.build(
        "exposures",
        {
            "flagged_rows": rows.flagged,
            "observed": rows.observed,
            "drugs": rows.drugs,
            "strengths": strengths,
            "stop_words": work.load("stop_words", words),
        },
        {"source_id": EXPOSURE_SOURCE},
    )
    doses = _doses(work, tables, vocabulary, made) if has_doses else Findings.of()
    return made, Findings.concat([unknown, doses])


def _stop_words(
    work: Work, tables: CdmTables, rows: DrugRows, protocol: Protocol
) -> tuple[pa.Table, Findings]:
    """What the recorded reasons for stopping mean, and those that nobody has named."""
    found = work.fetch(
        f"SELECT stop_reason, COUNT(*) AS n FROM {rows.flagged} "
        "WHERE reason IS NULL AND place = 1 AND stop_reason IS NOT NULL GROUP BY stop_reason"
    ).to_pylist()
    counts = {str(row["stop_reason"]): int(row["n"]) for row in found}
    words = protocol.levels("end_reason")
    index = build_term_index(extra={level: (*texts, level) for level, texts in words.items()})
    read = {text: parse_term(text, index) for text in sorted(counts)}
    known = [{"words": text, "level": level} for text, level in read.items() if isinstance(level, str)]
    unread = {text: counts[text] for text, level in read.items() if isinstance(level, Unparsed)}
    return pa.Table.from_pylist(known, schema=_WORDS), _unread_reasons(tables, protocol, unread)


def _unread_reasons(tables: CdmTables, protocol: Protocol, unread: Mapping[str, int]) -> Findings:
    place, column = tables.exposures.place, tables.exposures.heading("stop_reason") if unread else ""
    if not unread:
        return Findings.of()
    if not protocol.levels("end_reason"):
        return place.finding(
            "info",
            "unknown_end_reason",
            f"Why a drug was stopped stands in {compute_counted(sum(unread.values()), 'row')}; the protocol "
            "does not say what the words mean.",
            "Name them under [values.end_reason], if they are to count.",
            column=column,
        )
    return Findings.concat(
        place.finding(
            "warning",
            "unknown_end_reason",
            f"The protocol does not say what this reason means; it stands in {compute_counted(n, 'row')}.",
            "Name it under [values.end_reason]; until then it is unknown.",
            column=column,
            value=text,
        )
        for text, n in unread.items()
    )


def _doses(work: Work, tables: CdmTables, vocabulary: Vocabulary, exposures: TableName) -> Findings:
    """How many exposures have no dose, and why."""
    if isinstance(vocabulary.drug_strength, NoView):
        return vocabulary.drug_strength.place.finding(
            "info",
            "table_not_used",
            f"The table of strengths cannot be used ({vocabulary.drug_strength.why}); no dose is known.",
            "Nothing, unless doses matter; a vocabulary with strengths can be named under [source].",
        )
    counted = work.fetch(
        f"SELECT COUNT(*) AS n, COUNT(dose_ng_day) AS known, COUNT(dose_flag) AS implausible FROM {exposures}"
    ).to_pylist()[0]
    n, known, implausible = (int(counted[name]) for name in ("n", "known", "implausible"))
    place, heading = tables.exposures.place, tables.exposures.heading("quantity")
    parts: list[Findings] = []
    if implausible:
        parts.append(
            place.finding(
                "warning",
                "implausible_dose",
                "Quantity and days give no dose that a patient takes in "
                f"{compute_counted(implausible, 'row')}; "
                "it is unknown.",
                "Check what the database counts in its quantity.",
                column=heading,
            )
        )
    if unknown := n - known - implausible:
        parts.append(
            place.finding(
                "info",
                "dose_unknown",
                f"Strength, quantity and days give no dose for {unknown:,} of {n:,} exposures.",
                "Nothing, if the database has no quantities.",
                column=heading,
            )
        )
    return Findings.concat(parts)
