"""A case table while it is read: its cells by field, the words they use, what was found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from cotreat.findings import Finding, Severity, Unparsed
from cotreat.protocol import CaseTableSource, Protocol, Words
from cotreat.readers.cells import CellWords, build_cell_words, compute_word_key
from cotreat.readers.spreadsheet import Sheet
from cotreat.vocabulary import (
    TermIndex,
    build_term_index,
    build_word_index,
    parse_terms,
    read_ae_terms,
    read_conditions,
    read_drugs,
    read_therapies,
    read_word_spellings,
)

T = TypeVar("T")
_REASONS = ("reason_started", "end_reason")


@dataclass(frozen=True)
class CaseIndexes:
    """The words that a case table is read with: the vocabulary and the protocol's own.

    Attributes
    ----------
    drugs, therapies, conditions, events
        Open lists: a word that is not in them is kept as written, with a finding.
    fields
        Closed lists by field of the protocol: sex, response, reasons and the like.
    """

    drugs: TermIndex
    therapies: TermIndex
    conditions: TermIndex
    events: TermIndex
    fields: Mapping[str, TermIndex]


def build_case_indexes(protocol: Protocol) -> CaseIndexes:
    """The vocabulary with the protocol's own spellings, which win."""
    roles = protocol.roles
    named = {d: (d,) for role in (roles.anchor, roles.partner, roles.concomitant) for d in role.drugs}
    drugs = _merge(named, protocol.levels("drug"))
    responses = protocol.levels("response")
    judged = protocol.levels("monotherapy_response") or responses
    return CaseIndexes(
        drugs=build_term_index(read_drugs(), extra=drugs),
        therapies=build_term_index(
            read_drugs(), read_therapies(), extra=_merge(drugs, protocol.levels("prior_therapy"))
        ),
        conditions=build_term_index(
            read_conditions(), extra=_merge(protocol.levels("disease"), protocol.levels("comorbidity"))
        ),
        events=build_term_index(read_ae_terms(), extra=protocol.levels("adverse_event")),
        fields={
            "sex": build_word_index("sex", extra=protocol.levels("sex")),
            "response": build_word_index("response", extra=responses),
            "monotherapy_response": build_word_index("response", extra=judged),
            "attribution": build_word_index("attribution"),
            "duration_unit": build_word_index("duration_unit"),
            **{name: build_term_index(extra=_with_level(protocol.levels(name))) for name in _REASONS},
        },
    )


def _merge(one: Mapping[str, Words], other: Mapping[str, Words]) -> dict[str, Words]:
    return {level: (*one.get(level, ()), *other.get(level, ())) for level in (*one, *other)}


def _shorten(text: str, most: int) -> str:
    """The text, cut where it would fill a page."""
    return text if len(text) <= most else f"{text[:most]}…"


def _with_level(levels: Mapping[str, Words]) -> dict[str, Words]:
    """Each level also means itself, behind the spellings that the protocol gives."""
    return {level: (*spellings, level) for level, spellings in levels.items()}


@dataclass
class CaseSheet:
    """The cells of a case table by field, and the findings about them.

    Attributes
    ----------
    sheet
        The grid as it was read.
    source
        Column map and words of the protocol.
    columns
        By field of the protocol, the heading in the sheet.
    """

    sheet: Sheet
    source: CaseTableSource
    columns: Mapping[str, str]
    words: CellWords
    indexes: CaseIndexes
    decimal: Literal[".", ","]
    findings: list[Finding] = field(default_factory=list[Finding])
    left_out: set[int] = field(default_factory=set[int])

    @property
    def n_rows(self) -> int:
        """How many rows there are under the headings."""
        return len(self.sheet.row_numbers)

    def has(self, name: str) -> bool:
        """Whether the protocol maps this field to a column."""
        return name in self.columns

    def cells(self, name: str) -> Sequence[str]:
        """Texts of one field, row by row; blanks where the field is not mapped."""
        if name not in self.columns:
            return [""] * self.n_rows
        return self.sheet.columns[self.columns[name]]

    def read(self, name: str, parse: Callable[[str], T]) -> list[T]:
        """One answer per row; each distinct text is parsed once."""
        known: dict[str, T] = {}
        answers: list[T] = []
        for text in self.cells(name):
            if text not in known:
                known[text] = parse(text)
            answers.append(known[text])
        return answers

    def note(
        self,
        severity: Severity,
        code: str,
        row: int | None,
        name: str,
        why: str,
        what_to_do: str,
        value: str = "",
    ) -> None:
        """A finding about one cell, or about a column when the row is None."""
        text = value or (self.cells(name)[row] if row is not None and name else "")
        self.findings.append(
            Finding(
                severity,
                code,
                self.sheet.file,
                self.sheet.sheet,
                None if row is None else self.sheet.row_numbers[row],
                self.columns.get(name, ""),
                _shorten(text, 200),
                _shorten(why, 500),
                _shorten(what_to_do, 500),
            )
        )
        if severity == "error" and row is not None:
            self.left_out.add(row)

    def note_unparsed(self, code: str, row: int, name: str, unparsed: Unparsed, confirm: str) -> None:
        """A warning about a cell without a reading; its field is unknown."""
        proposal = f" Perhaps {unparsed.proposal!r} was meant." if unparsed.proposal else ""
        why = f"{_shorten(unparsed.text, 80)!r} {unparsed.why}.{proposal}"
        self.note("warning", code, row, name, why, confirm)

    def parse_levels(self, name: str, text: str) -> tuple[str, ...] | Unparsed | None:
        """The levels that a text means, the primary one first; None when it says nothing.

        The protocol's value maps go before its words for none and unknown. A response can
        be none; a reason that is none says nothing.
        """
        found = parse_terms(text, self.indexes.fields[name])
        if not isinstance(found, Unparsed):
            return found
        if self.words.is_unknown(text):
            return None
        if self.words.is_none(text):
            return None if name in _REASONS else ("none",)
        return found


def _add_shipped(kind: str, own: Mapping[str, Words]) -> Words:
    """The protocol's words and the shipped ones, but for those that it gives another meaning."""
    spellings = read_word_spellings("ongoing" if kind == "ongoing" else "absence")[kind]
    taken = {compute_word_key(word) for name, words in own.items() if name != kind for word in words}
    return (*own[kind], *(word for word in spellings if compute_word_key(word) not in taken))


def build_case_sheet(protocol: Protocol, source: CaseTableSource, sheet: Sheet) -> CaseSheet:
    """The sheet with the protocol's column map and words."""
    mapped = {name: heading for name, heading in source.columns if heading is not None}
    own = {"none": source.none or (), "unknown": source.unknown or (), "ongoing": source.ongoing or ()}
    words = build_cell_words(
        none=_add_shipped("none", own),
        unknown=_add_shipped("unknown", own),
        ongoing=_add_shipped("ongoing", own),
        switched_to=source.switched_to,
        joiners=read_word_spellings("joiner")["and"],
    )
    return CaseSheet(
        sheet, source, mapped, words, build_case_indexes(protocol), source.decimal or sheet.decimal
    )
