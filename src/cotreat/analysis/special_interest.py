"""Which adverse-event terms make up each event of special interest, for counting."""

import pyarrow as pa

from cotreat.engine import Engine
from cotreat.protocol import Protocol
from cotreat.vocabulary import read_ae_terms, read_aesi


def build_aesi_terms(engine: Engine, protocol: Protocol) -> tuple[str, ...]:
    """The table ``aesi_terms`` (aesi, term, needs_serious) in the engine, and its levels.

    The protocol's lists take the place of the shipped ones when it has any.
    """
    own = protocol.safety.aesi
    rows = (
        [(level, term, 0) for level, terms in own.items() for term in terms]
        if own
        else [
            (level, member.term, int(member.needs == "serious"))
            for level, entry in read_aesi().items()
            for member in entry.terms
        ]
    )
    engine.load(
        "aesi_terms",
        pa.table(
            {
                "aesi": pa.array([level for level, _, _ in rows], pa.string()),
                "term": pa.array([term for _, term, _ in rows], pa.string()),
                "needs_serious": pa.array([flag for _, _, flag in rows], pa.int64()),
            }
        ),
    )
    return tuple(dict.fromkeys(level for level, _, _ in rows))


def build_term_groups(engine: Engine) -> None:
    """The table ``term_groups`` (term, term_group) in the engine: the organ group of each known term."""
    terms = read_ae_terms()
    engine.load(
        "term_groups",
        pa.table(
            {
                "term": pa.array(list(terms), pa.string()),
                "term_group": pa.array([term.group for term in terms.values()], pa.string()),
            }
        ),
    )
