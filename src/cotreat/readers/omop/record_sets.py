"""Which conditions, adverse events, tests and scores the protocol names, and by which concepts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from cotreat.engine import TableName
from cotreat.findings import Findings
from cotreat.protocol import ConceptSet, ConditionSet, LaboratorySet, OmopSource, Protocol
from cotreat.readers.omop.concept_files import read_listed_concepts
from cotreat.readers.omop.concept_sets import Vocabulary, build_concept_sets
from cotreat.readers.omop.work import Work
from cotreat.readers.places import Place
from cotreat.vocabulary import read_ae_terms, read_instruments, read_lab_tests

RECORD_TABLES: Mapping[str, tuple[str, ...]] = {
    "condition_occurrence": ("conditions", "adverse_events"),
    "measurement": ("laboratory", "assessments"),
}
"""By table of the CDM, the study tables that are made of it."""

_LEVELS = pa.schema(
    [
        ("set_no", pa.int64()),
        ("purpose", pa.string()),
        ("term", pa.string()),
        ("kind", pa.string()),
        ("unit", pa.string()),
        ("low", pa.float64()),
        ("high", pa.float64()),
    ]
)
_CONCEPTS = pa.schema([("set_no", pa.int64()), ("concept_id", pa.int64())])


@dataclass(frozen=True)
class RecordSets:
    """The sets of one table of the CDM.

    Attributes
    ----------
    levels
        ``set_no, purpose, term, kind, unit, low, high``: one row per set.
    concepts
        ``set_no, concept_id``: one row per set and concept.
    """

    levels: TableName
    concepts: TableName


def build_record_sets(
    work: Work, vocabulary: Vocabulary, protocol: Protocol, source: OmopSource, table: str
) -> RecordSets:
    """The sets that the protocol names for one table of the CDM, in its database.

    Parameters
    ----------
    work
        The database of the CDM.
    vocabulary
        Says what lies below a concept.
    protocol
        Files of concept sets are looked for in its folder.
    source
        Names the sets.
    table
        ``condition_occurrence`` or ``measurement``.

    Raises
    ------
    SourceError
        A file is no concept set, or ``concept_ancestor`` is needed and cannot be read.
    """
    named = list(_named(source, table))
    listed = {
        number: read_listed_concepts(protocol, concepts, f"source.{purpose}.{term}")
        for number, (purpose, term, concepts) in enumerate(named, start=1)
    }
    made = build_concept_sets(vocabulary, listed)
    concepts = vocabulary.work.fetch(f"SELECT set_no, concept_id FROM {made}").cast(_CONCEPTS)
    rows = [_level(number, *entry) for number, entry in enumerate(named, start=1)]
    return RecordSets(
        work.load(f"levels_{table}", pa.Table.from_pylist(rows, schema=_LEVELS)),
        work.load(f"concepts_{table}", concepts),
    )


def validate_terms(source: OmopSource, place: Place, purposes: Sequence[str]) -> Findings:
    """Names that the vocabulary does not know, and what is then not known of them."""
    unknown = {
        "adverse_events": (set(source.adverse_events) - set(read_ae_terms()), "it is in no group of events"),
        "laboratory": (
            set(source.laboratory) - set(read_lab_tests()),
            "its unit and its range are not known",
        ),
        "assessments": (set(source.assessments) - set(read_instruments()), "its range is not known"),
    }
    return Findings.concat(
        place.finding(
            "info",
            "unknown_term",
            f"The vocabulary does not know this name under [source.{purpose}]: {what}.",
            "Give it a name of the vocabulary (docs/vocabulary.md), if it is there under another one.",
            value=term,
        )
        for purpose, (terms, what) in unknown.items()
        if purpose in purposes
        for term in sorted(terms)
    )


def _named(source: OmopSource, table: str) -> Iterator[tuple[str, str, ConceptSet]]:
    sets: Mapping[str, Mapping[str, ConceptSet]] = {
        "conditions": source.conditions,
        "adverse_events": source.adverse_events,
        "laboratory": source.laboratory,
        "assessments": source.assessments,
    }
    for purpose in RECORD_TABLES[table]:
        for term, concepts in sets[purpose].items():
            yield purpose, term, concepts


def _level(number: int, purpose: str, term: str, concepts: ConceptSet) -> Mapping[str, Any]:
    instrument = read_instruments().get(term) if purpose == "assessments" else None
    return {
        "set_no": number,
        "purpose": purpose,
        "term": term,
        "kind": concepts.kind if isinstance(concepts, ConditionSet) else None,
        "unit": concepts.unit if isinstance(concepts, LaboratorySet) else None,
        "low": instrument.low if instrument else None,
        "high": instrument.high if instrument else None,
    }
