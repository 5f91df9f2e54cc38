"""What cotreat writes about any study comes out reproduced, and a number with another digit does not."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cotreat.audit.audited import AuditedClaim
from cotreat.audit.grammar.lexicon import build_lexicon
from cotreat.audit.verdicts.answers import Data
from cotreat.engine import DuckDBEngine, Engine, connect
from property.case_studies import build_tables, case_studies
from property.narrated import add_levels, audit_paragraphs, change_digit, narrate, narrate_effectiveness
from property.plain_measures import Study

CAUGHT = ("not_reproduced", "impossible", "reproduced_otherwise")
CHANGED = 4  # numbers of each study that are changed, one at a time


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect() as connected:
        assert isinstance(connected, DuckDBEngine)
        # The tables are tiny: threads cost more than they save.
        connected.connection.execute("SET threads = 1")
        yield connected


def shown(claim: AuditedClaim) -> tuple[str, str, str]:
    return claim.verdict.word, claim.claim.text, claim.sentence


# Few and different: each asks the engine for some hundred estimates.
@settings(max_examples=4, phases=[Phase.generate])
@given(study=case_studies(), seed=st.integers(0, 10_000))
def test_a_report_is_reproduced_and_a_changed_number_is_caught(
    engine: Engine, study: Study, seed: int
) -> None:
    data = add_levels(Data(engine, build_tables(engine, study)))
    lexicon = build_lexicon(None, data.levels)
    paragraphs = (*narrate(data), *narrate_effectiveness(data))
    claims = audit_paragraphs(data, lexicon, paragraphs).claims
    assert [shown(c) for c in claims if c.verdict.word != "reproduced"] == []
    draw = Random(seed)  # noqa: S311  which numbers are changed is no secret
    printed = [c for c in claims if c.claim.text[0].isdigit()]
    for chosen in draw.sample(printed, min(CHANGED, len(printed))):
        changed = change_digit(paragraphs, chosen, draw)
        # The other paragraphs stay as they are.
        audited = audit_paragraphs(data, lexicon, changed[chosen.passage : chosen.passage + 1]).claims
        own = [c for c in audited if c.claim.start == chosen.claim.start]
        assert [c.verdict.word for c in own if c.verdict.word in CAUGHT], [shown(c) for c in (chosen, *own)]
        others = [c for c in audited if c.claim.start != chosen.claim.start]
        assert [shown(c) for c in others if c.verdict.word in ("not_reproduced", "impossible")] == []
