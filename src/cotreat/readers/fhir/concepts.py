"""Coded concepts of FHIR as words of a vocabulary: each distinct concept is read once, then joined.

A code that the protocol names among its spellings, or an ATC or LOINC code, goes before a word; the
words are the text and what a coding displays.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from cotreat.readers.table_files import SCRATCH
from cotreat.vocabulary import (
    LONGEST_TERM,
    TermIndex,
    parse_spelling_key,
    parse_term,
    read_drugs,
    read_lab_tests,
)

# SNOMED's "(disorder)", "(qualifier value)"; a unit or specimen in brackets is part of a name.
_TAG = re.compile(
    r"\s*\((?:disorder|finding|procedure|substance|product|qualifier value|observable entity|"
    r"medicinal product|clinical drug|morphologic abnormality|event|situation)\)\s*$"
)
_TOKEN = re.compile(r"[^\W_]+")
_MOST_TOKENS = 60
_ROUTE = re.compile(r"\s+(?:route|use)(?:\s+of\s+administration)?$", re.IGNORECASE)
# The rest of a LOINC name where the specimen is blood: "Neutrophils [#/volume] in Blood by Automated count".
_IN_BLOOD = re.compile(
    r"\s*\[[^\]]+\](?:\s+in\s+(?:Blood|Serum|Plasma|Serum or Plasma|Serum, Plasma or Blood))?"
    r"(?:\s+by (?:Automated|Manual) count| by calculation| by Direct assay)?$"
)
_ATC = ("whocc.no/atc", "2.16.840.1.113883.6.73")
_LOINC = ("loinc.org", "2.16.840.1.113883.6.1")


@dataclass(frozen=True, slots=True)
class Concept:
    """A CodeableConcept: its text, and its codings as system, code and display."""

    text: str
    codings: tuple[tuple[str, str, str], ...]

    @property
    def words(self) -> Iterator[str]:
        """What it says, most literal first: the text, then each display without its tag."""
        for word in (self.text, *(display for _, _, display in self.codings)):
            if word.strip():
                yield _TAG.sub("", word.strip())[:LONGEST_TERM]

    @property
    def codes(self) -> Iterator[str]:
        """Its codes, without their systems."""
        return (code for _, code, _ in self.codings if code)

    @property
    def shown(self) -> str:
        """What is kept of it when nobody knows it."""
        return next(self.words, "") or next(self.codes, "")

    def code_of(self, systems: tuple[str, ...]) -> str:
        """Its code in one of some systems; empty when it has none."""
        found = (code for system, code, _ in self.codings if any(name in system for name in systems))
        return next(found, "")


_WORDS = pa.schema([("concept", pa.string()), ("word", pa.string()), ("is_known", pa.bool_())])

Word = tuple[str, bool]
"""A word for the readers of long tables, and whether the vocabulary knows it."""


def parse_concept(text: str) -> Concept:
    """The concept that DuckDB wrote as JSON."""
    raw: Mapping[str, Any] = json.loads(text)
    codings = tuple(
        (str(c.get("system") or ""), str(c.get("code") or ""), str(c.get("display") or ""))
        for c in raw.get("coding") or ()
        if c
    )
    return Concept(str(raw.get("text") or ""), codings)


def parse_concept_word(concept: Concept, *indexes: TermIndex) -> Word:
    """The first of a concept's codes and words that one of the vocabularies knows, else what it says."""
    for word in (*concept.codes, *concept.words):
        for index in indexes:
            if isinstance(level := parse_term(word, index), str):
                return level.replace("_", " "), True
    return concept.shown, False


def parse_drug_word(concept: Concept, index: TermIndex) -> Word:
    """The drug that a concept means: by a code, by name, or the only drug that stands in its words."""
    atc = concept.code_of(_ATC)
    level = next((drug.drug for drug in read_drugs().values() if atc and atc in drug.atc), "")
    if level:
        return level.replace("_", " "), True
    word, is_known = parse_concept_word(concept, index)
    if is_known:
        return word, True
    for text in concept.words:
        drugs = _drugs_within(text, index)
        if len(drugs) == 1:
            return drugs.pop().replace("_", " "), True
    return word, False


def parse_test_word(concept: Concept, index: TermIndex) -> Word:
    """The laboratory test that a concept means: by its LOINC code, by name, or by its name in LOINC."""
    loinc = concept.code_of(_LOINC)
    level = next((test.test for test in read_lab_tests().values() if loinc and loinc in test.loinc), "")
    if level:
        return level.replace("_", " "), True
    word, is_known = parse_concept_word(concept, index)
    bare = _rewritten(concept, lambda text: _IN_BLOOD.sub("", text))
    return (word, True) if is_known else parse_concept_word(bare, index)


def parse_route_word(concept: Concept, index: TermIndex) -> Word:
    """The route that a concept means: "Oral route" is oral."""
    return parse_concept_word(_rewritten(concept, lambda text: _ROUTE.sub("", _TAG.sub("", text))), index)


def _rewritten(concept: Concept, rewrite: Callable[[str], str]) -> Concept:
    """The concept with other words."""
    codings = tuple((system, code, rewrite(display)) for system, code, display in concept.codings)
    return Concept(rewrite(concept.text), codings)


def build_concept_words(
    connection: duckdb.DuckDBPyConnection, name: str, concepts: str, parse: Callable[[Concept], Word]
) -> str:
    """The table ``concept, word, is_known`` of the distinct concepts of a query; its name."""
    found = connection.execute(
        f"SELECT DISTINCT concept FROM ({concepts}) WHERE concept IS NOT NULL ORDER BY concept"
    ).fetchall()
    rows = [dict(zip(_WORDS.names, (text, *parse(parse_concept(text))), strict=True)) for (text,) in found]
    table = f"{SCRATCH}.fhir_words_{name}"
    connection.register("concept_words", pa.Table.from_pylist(rows, schema=_WORDS))
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM concept_words")
    connection.unregister("concept_words")
    return table


def _drugs_within(text: str, index: TermIndex) -> set[str]:
    """Every drug that stands somewhere in a text, such as "0.8 ML adalimumab 50 MG/ML Syringe [Humira]"."""
    tokens = _TOKEN.findall(text)[:_MOST_TOKENS]
    found: set[str] = set()
    start = 0
    while start < len(tokens):
        for length in range(min(index.longest, len(tokens) - start), 0, -1):
            levels = index.levels.get(parse_spelling_key(" ".join(tokens[start : start + length])))
            if levels:
                found.add(levels[0])
                start += length - 1
                break
        start += 1
    return found
