"""Concept sets: what is listed, with what lies below it and without what is taken out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from cotreat.engine import TableName
from cotreat.readers.omop.concept_files import ListedConcept
from cotreat.readers.omop.views import CdmView, NoView
from cotreat.readers.omop.work import Work

_ITEMS = pa.schema([(name, pa.int64()) for name in ("set_no", "concept_id", "with_below", "is_excluded")])


@dataclass(frozen=True)
class Vocabulary:
    """The tables that say what concepts are.

    Attributes
    ----------
    work
        The database in which they are read.
    concept, concept_ancestor, drug_strength
        Their views, or why they cannot be read.
    """

    work: Work
    concept: CdmView | NoView
    concept_ancestor: CdmView | NoView
    drug_strength: CdmView | NoView

    def require(self, table: CdmView | NoView, needed_for: str, otherwise: str) -> TableName:
        """The view of a table that the protocol needs.

        Raises
        ------
        SourceError
            It cannot be read.
        """
        if isinstance(table, NoView):
            table.place.refuse(f"{table.why}, and {needed_for}.", otherwise)
        return table.name


def build_concept_sets(vocabulary: Vocabulary, sets: Mapping[int, Iterable[ListedConcept]]) -> TableName:
    """The concepts of each set, in the database of the vocabulary.

    Grain: one row per set and concept, ``set_no, concept_id``.

    Parameters
    ----------
    vocabulary
        Says what lies below a concept.
    sets
        By number, what each lists.

    Raises
    ------
    SourceError
        A set takes what lies below a concept, and ``concept_ancestor`` cannot be read.
    """
    work = vocabulary.work
    rows: list[dict[str, int]] = [
        {
            "set_no": number,
            "concept_id": one.concept_id,
            "with_below": int(one.with_below),
            "is_excluded": int(one.is_excluded),
        }
        for number, listed in sets.items()
        for one in listed
    ]
    items = work.load("items", pa.Table.from_pylist(rows, schema=_ITEMS))
    if any(row["with_below"] for row in rows):
        ancestors = vocabulary.require(
            vocabulary.concept_ancestor,
            "that table says which products a drug has and what lies below a concept",
            "Name a vocabulary under [source] (`vocabulary_folder`, an Athena download, or "
            "`vocabulary_schema`), or list the concepts themselves with `descendants = false`.",
        )
    else:
        empty = pa.table({"ancestor_id": pa.array([], pa.int64()), "descendant_id": pa.array([], pa.int64())})
        ancestors = work.load("no_ancestors", empty)
    return work.build("concept_sets", {"items": items, "concept_ancestor": ancestors})
