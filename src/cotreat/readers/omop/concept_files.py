"""The entries of a concept set: as the protocol lists them, or as ATLAS exports them."""

import json
from dataclasses import dataclass
from typing import Any, cast

from cotreat.findings import Unparsed
from cotreat.protocol import ConceptSet, Protocol
from cotreat.readers.places import Excerpt, Place
from cotreat.readers.sources import parse_source_path

_LONGEST_FILE = 50_000_000  # bytes


@dataclass(frozen=True, slots=True)
class ListedConcept:
    """One entry of a concept set.

    Attributes
    ----------
    concept_id
        Number of the concept.
    with_below
        Whether what lies below it is meant too.
    is_excluded
        Whether it is taken out.
    """

    concept_id: int
    with_below: bool = True
    is_excluded: bool = False


def read_listed_concepts(protocol: Protocol, concepts: ConceptSet, key: str) -> tuple[ListedConcept, ...]:
    """The entries of a concept set of the protocol, those of its file among them.

    Parameters
    ----------
    protocol
        Files are looked for in its folder.
    concepts
        The set.
    key
        Where it stands in the protocol, for messages.

    Raises
    ------
    SourceError
        The file of the set is missing, or is no concept set.
    """
    listed = [ListedConcept(number, concepts.descendants) for number in concepts.concepts]
    listed += [ListedConcept(number, is_excluded=True) for number in concepts.exclude]
    if concepts.concept_set is not None:
        listed += _read_file(protocol, concepts.concept_set, key)
    return tuple(listed)


def _read_file(protocol: Protocol, file: str, key: str) -> tuple[ListedConcept, ...]:
    outside = bool(getattr(protocol.source, "outside_folder", False))
    path = parse_source_path(protocol, file, outside_folder=outside, key=f"{key}.concept_set")
    place = Place(path.name)
    try:
        if path.stat().st_size > _LONGEST_FILE:
            place.refuse("it is larger than 50 MB.", "A concept set that ATLAS exports is smaller.")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        place.refuse("there is no such file.", f"Correct `{key}.concept_set` of the protocol.")
    except (OSError, UnicodeDecodeError) as error:
        place.refuse(f"it cannot be read ({Excerpt(str(error))}).", "Export the concept set again.")
    found = parse_concept_set(text)
    if isinstance(found, Unparsed):
        place.refuse(f"it is no concept set of ATLAS: {found.why}.", "Export the concept set again, as JSON.")
    return found


def parse_concept_set(text: str) -> tuple[ListedConcept, ...] | Unparsed:
    """The entries of a concept set expression as ATLAS exports it, in JSON, or why it is none.

    Parameters
    ----------
    text
        ``{"items": [{"concept": {"CONCEPT_ID": 1}, "includeDescendants": true, "isExcluded":
        false}]}``, by itself or as ``expression`` of a concept set with its name.
    """
    try:
        raw: object = json.loads(text)
    except (ValueError, RecursionError):
        return Unparsed("", "it is not JSON")
    held = cast("dict[str, object]", raw) if isinstance(raw, dict) else {}
    inner = held.get("expression", held)
    items: object = cast("dict[str, object]", inner).get("items") if isinstance(inner, dict) else None
    if not isinstance(items, list) or not items:
        return Unparsed("", "it has no list of `items`")
    entries = [_parse_item(item) for item in cast("list[object]", items)]
    known = tuple(entry for entry in entries if entry is not None)
    return known if len(known) == len(entries) else Unparsed("", "an item has no CONCEPT_ID")


def _parse_item(item: object) -> ListedConcept | None:
    held = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
    concept: object = held.get("concept")
    number: object = (
        cast("dict[str, object]", concept).get("CONCEPT_ID") if isinstance(concept, dict) else None
    )
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    return ListedConcept(
        number,
        with_below=held.get("includeDescendants") is True,
        is_excluded=held.get("isExcluded") is True,
    )
