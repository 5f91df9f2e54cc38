"""Names keep their promises: what is exported, and what the verb of a function says."""

import inspect
from collections.abc import Callable

import pytest
from surface import public_functions

import cotreat

# A verb is a contract: what goes in and what comes out.
VERBS = (
    "read",
    "parse",
    "validate",
    "build",
    "add",
    "require",
    "estimate",
    "table",
    "plot",
    "compute",
    "write",
)

# The few that are a verb by themselves.
BY_THEMSELVES = {
    "cotreat.engine.connect",
    "cotreat.study.run_study",
    "cotreat.analysis.estimates.estimate",
    "cotreat.cli.main",
}
# Commands are named as they are typed.
COMMANDS = {f"cotreat.cli.{name}" for name in ("audit", "check", "demo", "episodes", "new", "run")}

FUNCTIONS = public_functions()


def test_the_exported_names_are_exactly_these() -> None:
    assert cotreat.__all__ == [
        "CotreatError",
        "DataError",
        "EngineError",
        "Estimate",
        "Finding",
        "Findings",
        "OutputError",
        "Protocol",
        "ProtocolError",
        "Result",
        "SourceError",
        "StudyRun",
        "UsageError",
        "connect",
        "read_protocol",
        "run_study",
        "validate_study",
    ]


def test_exported_names_are_sorted_and_exist() -> None:
    assert cotreat.__all__ == sorted(cotreat.__all__)
    assert [name for name in cotreat.__all__ if not hasattr(cotreat, name)] == []


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - BY_THEMSELVES - COMMANDS))
def test_a_public_function_starts_with_a_verb(name: str) -> None:
    verb, _, rest = name.rpartition(".")[2].partition("_")
    assert verb in VERBS, f"{name}: a public function starts with one of {', '.join(VERBS)}"
    assert rest, f"{name}: a verb needs its object"


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_public_function_takes_at_most_nine_arguments(name: str) -> None:
    assert len(inspect.signature(FUNCTIONS[name]).parameters) <= 9


def test_no_module_is_named_after_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert [n for n in _module_words(FUNCTIONS) if n[1] in vague] == []


def _module_words(functions: dict[str, Callable[..., object]]) -> list[tuple[str, str]]:
    return [(name, word) for name in functions for part in name.split(".") for word in part.split("_")]
