"""The claims file: what people changed is kept and used, everything else is made anew."""

from pathlib import Path

import pytest

from cotreat.audit.bindings import Binding, add_bindings, read_bindings, write_bindings
from cotreat.audit.collected import Collected, build_collected
from cotreat.audit.grammar.lexicon import build_lexicon
from cotreat.audit.manuscripts.passages import Manuscript, Passage
from cotreat.errors import UsageError

LEXICON = build_lexicon(None, {"disease": {"alopecia_areata"}})
TEXT = "We saw 12 patients with alopecia areata. The wug was given to 7 patients."


@pytest.fixture
def collected() -> list[Collected]:
    return build_collected(Manuscript("m.md", (Passage("paragraph", TEXT),)), LEXICON)


def kinds(collected: list[Collected]) -> list[str]:
    return [one.statement.why or one.statement.queries[0].kind for one in collected]


def test_an_untouched_file_changes_nothing(tmp_path: Path, collected: list[Collected]) -> None:
    write_bindings(collected, [], tmp_path / "claims.toml")
    assert read_bindings(tmp_path / "claims.toml") == []


def test_an_entry_that_was_filled_in_is_used_and_kept(tmp_path: Path, collected: list[Collected]) -> None:
    path = tmp_path / "claims.toml"
    write_bindings(collected, [], path)
    written = path.read_text(encoding="utf-8")
    head, _, last = written.rpartition('kind = "nothing"')
    path.write_text(
        f'{head}kind = "count"\nconditions = ["partner_drug=methotrexate"]{last}', encoding="utf-8"
    )
    bindings = read_bindings(path)
    assert [b.number for b in bindings] == ["7"]
    bound = add_bindings(collected, bindings)
    assert bound[-1].statement.queries[0].conditions == (("partner_drug", "methotrexate"),)
    write_bindings(collected, bindings, path)
    assert [dict(b.fields) for b in read_bindings(path)] == [dict(b.fields) for b in bindings]


def test_an_ignored_number_is_no_claim(collected: list[Collected]) -> None:
    entry = Binding("", "The wug was given to 7 patients.", "7", {"ignore": True}, "")
    assert len(add_bindings(collected, [entry])) == len(collected) - 1


def test_an_entry_whose_sentence_is_gone_stays_in_the_file(
    tmp_path: Path, collected: list[Collected]
) -> None:
    entry = Binding("aaaaaaaa", "An old sentence with 3.", "3", {"kind": "count"}, "")
    write_bindings(collected, [entry], tmp_path / "claims.toml")
    assert [b.claim_id for b in read_bindings(tmp_path / "claims.toml")] == ["aaaaaaaa"]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('[[claim]]\nid = "a"\nkind = "wug"', "entry a: kind is 'wug'"),
        ('[[claim]]\nid = "a"\nunit = "person"', "unit is 'person'"),
        ('[[claim]]\nid = "a"\nconditions = ["wug=1"]', "'wug=1' in conditions is not variable=level"),
        ('[[claim]]\nid = "a"\ncolour = "red"', "`colour` is not known"),
        ("claim = 3", "entries are written as [[claim]]"),
        ("[[claim", "is not a TOML file"),
    ],
)
def test_a_mistake_is_one_clear_message(tmp_path: Path, entry: str, says: str) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(entry, encoding="utf-8")
    with pytest.raises(UsageError) as error:
        read_bindings(path)
    assert says in str(error.value)
