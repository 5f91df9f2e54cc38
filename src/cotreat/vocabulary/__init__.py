"""What words mean: drugs, therapies, conditions, adverse-event terms and plain words.

The data are CSV files beside this file (`docs/vocabulary.md`).
"""

from cotreat.vocabulary.loader import (
    WORD_FIELDS,
    Aesi,
    AesiTerm,
    AeTerm,
    AtcSource,
    Condition,
    DoseWord,
    Drug,
    Therapy,
    read_ae_terms,
    read_aesi,
    read_atc_sources,
    read_conditions,
    read_dose_words,
    read_drugs,
    read_therapies,
    read_word_spellings,
    read_words,
)
from cotreat.vocabulary.spelling import (
    compute_edit_distance,
    parse_plain_text,
    parse_spelling_key,
    parse_spelling_keys,
)
from cotreat.vocabulary.terms import (
    LONGEST_TERM,
    Spelled,
    TermIndex,
    build_term_index,
    build_word_index,
    parse_drug_phrase,
    parse_term,
    parse_terms,
)

__all__ = [
    "LONGEST_TERM",
    "WORD_FIELDS",
    "AeTerm",
    "Aesi",
    "AesiTerm",
    "AtcSource",
    "Condition",
    "DoseWord",
    "Drug",
    "Spelled",
    "TermIndex",
    "Therapy",
    "build_term_index",
    "build_word_index",
    "compute_edit_distance",
    "parse_drug_phrase",
    "parse_plain_text",
    "parse_spelling_key",
    "parse_spelling_keys",
    "parse_term",
    "parse_terms",
    "read_ae_terms",
    "read_aesi",
    "read_atc_sources",
    "read_conditions",
    "read_dose_words",
    "read_drugs",
    "read_therapies",
    "read_word_spellings",
    "read_words",
]
