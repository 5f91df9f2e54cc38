"""Which terms make up the events of special interest of one study: the vocabulary's, or its own."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cotreat.errors import ProtocolError
from cotreat.protocol.model import Protocol
from cotreat.vocabulary import read_aesi

NO_AESI = "none"
"""The level of terms that are known to be of no special interest."""

_LEVEL = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class ListedTerm:
    """A term of an event of special interest, and whether only a serious one counts."""

    aesi: str
    term: str
    needs_serious: bool = False


def read_study_aesi(protocol: Protocol) -> tuple[ListedTerm, ...]:
    """The lists of the protocol and of its file; those of the vocabulary where the study has none.

    The level `NO_AESI` holds terms that are of no special interest; it alone leaves the
    lists of the vocabulary in place.

    Raises
    ------
    ProtocolError
        The file of lists cannot be read, or a line of it says nothing.
    """
    safety = protocol.safety
    named = [ListedTerm(level, term) for level, terms in safety.aesi.items() for term in terms]
    own = (*named, *(() if safety.aesi_file is None else _of_file(protocol.folder / safety.aesi_file)))
    if any(listed.aesi != NO_AESI for listed in own):
        return own
    shipped = (
        ListedTerm(level, member.term, member.needs == "serious")
        for level, entry in read_aesi().items()
        for member in entry.terms
    )
    return (*shipped, *own)


def _of_file(path: Path) -> Iterator[ListedTerm]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
            columns = set(reader.fieldnames or ())
    except (OSError, ValueError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        msg = f"The file of events of special interest {path} cannot be used: {why}."
        raise ProtocolError(msg) from error
    if not {"aesi", "term"} <= columns:
        msg = f"The file of events of special interest {path} needs the columns `aesi` and `term`."
        raise ProtocolError(msg)
    for line, row in enumerate(rows, start=2):
        yield _listed(row, f"{path}, line {line}")


def _listed(row: dict[str, str | None], place: str) -> ListedTerm:
    aesi, term, needs = ((row.get(name) or "").strip() for name in ("aesi", "term", "needs"))
    if not term:
        msg = f"{place}: `term` is empty. Give the term as it is recorded, or take the line out."
        raise ProtocolError(msg)
    if aesi and not _LEVEL.fullmatch(aesi):
        msg = f"{place}: {aesi!r} is no level. Use small letters and underscores, such as `herpes_zoster`."
        raise ProtocolError(msg)
    if needs not in ("", "serious"):
        msg = f"{place}: `needs` is {needs!r}. Leave it empty; `serious`: only a serious one counts."
        raise ProtocolError(msg)
    return ListedTerm(aesi or NO_AESI, term, needs == "serious")
