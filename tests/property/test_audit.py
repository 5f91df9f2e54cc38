"""What cotreat writes about any study comes out reproduced, and a changed count does not."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cotreat.analysis.estimates import estimate_study
from cotreat.audit.audited import Audit, build_audit
from cotreat.audit.collected import build_collected
from cotreat.audit.grammar.lexicon import build_lexicon
from cotreat.audit.manuscripts.passages import Manuscript, Passage
from cotreat.audit.verdicts.answers import Data, read_levels
from cotreat.engine import DuckDBEngine, Engine, connect
from cotreat.report.content import EstimateIndex
from cotreat.report.narrative import build_results_text
from property.case_studies import build_tables, case_studies
from property.plain_measures import Study

SHARE = re.compile(r"(\d+) of (\d+) (?:patients?|combinations?|courses?) \(")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect() as connected:
        assert isinstance(connected, DuckDBEngine)
        connected.connection.execute("SET threads = 1")
        yield connected


def data_of(engine: Engine, study: Study) -> tuple[Data, str]:
    """The study's numbers, and what cotreat writes about them."""
    tables = build_tables(engine, study)
    text = "\n\n".join(build_results_text(EstimateIndex(estimate_study(engine, tables))))
    data = Data(engine, tables)
    return replace(data, levels=read_levels(data)), text


def audit_of(data: Data, text: str) -> Audit:
    passages = tuple(Passage("paragraph", paragraph) for paragraph in text.split("\n\n"))
    manuscript = Manuscript("report.md", passages)
    return build_audit(manuscript, build_collected(manuscript, build_lexicon(None, data.levels)), data)


@settings(max_examples=6, phases=[Phase.generate])
@given(study=case_studies())
def test_every_number_of_a_report_is_reproduced(engine: Engine, study: Study) -> None:
    data, text = data_of(engine, study)
    audit = audit_of(data, text)
    wrong = [
        (c.verdict.word, c.claim.text, c.sentence) for c in audit.claims if c.verdict.word != "reproduced"
    ]
    assert wrong == []


@settings(max_examples=6, phases=[Phase.generate])
@given(study=case_studies(), place=st.integers(0, 10_000))
def test_a_changed_count_is_not_reproduced(engine: Engine, study: Study, place: int) -> None:
    data, text = data_of(engine, study)
    shares = list(SHARE.finditer(text))
    share = shares[place % len(shares)]
    changed = str(int(share[1]) + 1)
    audit = audit_of(data, text[: share.start(1)] + changed + text[share.end(1) :])
    assert [c.claim.text for c in audit.claims if c.verdict.word in ("not_reproduced", "impossible")] != []
