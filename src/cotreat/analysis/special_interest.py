"""What makes up each event of special interest, and each risk of a patient, for counting."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from cotreat.engine import Engine
from cotreat.protocol import NO_AESI, ListedTerm, Protocol, read_study_aesi
from cotreat.vocabulary import read_ae_terms, read_risk_flags
from cotreat.vocabulary.spelling import parse_spelling_key
from cotreat.vocabulary.terms import TermIndex, build_term_index


def build_aesi_terms(engine: Engine, protocol: Protocol) -> tuple[str, ...]:
    """The recorded terms of each event of special interest in the engine, and its levels.

    Made are ``aesi_terms`` (aesi, term, needs_serious), and ``aesi_known_terms`` (term): the
    terms of which it is known whether they are one. A recorded term that neither the
    vocabulary nor the study's lists know may be any.

    Raises
    ------
    ProtocolError
        The study's file of lists cannot be used.
    """
    listed = read_study_aesi(protocol)
    spelled = _recorded_terms(engine)
    index = build_term_index(read_ae_terms(), extra=protocol.levels("adverse_event"))
    found = {one: _matching(one, spelled, index) for one in listed}
    rows = [
        (one.aesi, term, int(one.needs_serious))
        for one, terms in found.items()
        for term in terms
        if one.aesi != NO_AESI
    ]
    known = {*read_ae_terms(), *(term for terms in found.values() for term in terms)}
    _load(engine, "aesi_terms", ("aesi", "term", "needs_serious"), sorted(set(rows)))
    _load(engine, "aesi_known_terms", ("term",), [(term,) for term in sorted(known)])
    return tuple(dict.fromkeys(one.aesi for one in listed if one.aesi != NO_AESI))


def _recorded_terms(engine: Engine) -> Mapping[str, set[str]]:
    """The recorded terms by their spelling key."""
    found = engine.fetch("SELECT DISTINCT term FROM events WHERE term IS NOT NULL")
    spelled: dict[str, set[str]] = {}
    for term in map(str, found.column("term")):
        spelled.setdefault(parse_spelling_key(term), set()).add(term)
    return spelled


def _matching(listed: ListedTerm, spelled: Mapping[str, set[str]], index: TermIndex) -> set[str]:
    """The term itself, the level that it is a spelling of, and recorded terms that are spelled like it."""
    key = parse_spelling_key(listed.term)
    return {listed.term, *index.levels.get(key, ()), *spelled.get(key, ())}


def build_risk_flags(engine: Engine, protocol: Protocol) -> tuple[str, ...]:
    """The table ``risk_flag_terms`` (flag, term) in the engine, and the levels of a patient's risk.

    A flag of the protocol takes the place of the vocabulary's of that name.
    """
    shipped = {flag: entry.terms for flag, entry in read_risk_flags().items()}
    lists = {**shipped, **protocol.safety.risk_flags}
    rows = [(flag, term) for flag, terms in lists.items() for term in terms]
    _load(engine, "risk_flag_terms", ("flag", "term"), rows)
    return ("age_65", *lists, "any")


def build_term_groups(engine: Engine) -> None:
    """The table ``term_groups`` (term, term_group) in the engine: the organ group of each known term."""
    rows = [(term, entry.group) for term, entry in read_ae_terms().items()]
    _load(engine, "term_groups", ("term", "term_group"), rows)


def _load(engine: Engine, name: str, columns: Sequence[str], rows: Sequence[tuple[str | int, ...]]) -> None:
    arrays = [
        pa.array([row[place] for row in rows], pa.int64() if column == "needs_serious" else pa.string())
        for place, column in enumerate(columns)
    ]
    engine.load(name, pa.table(arrays, names=list(columns)))
