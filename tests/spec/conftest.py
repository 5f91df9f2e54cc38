"""Every case on every connected engine; cases that share their parameters are one study."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from spec.case import Case, by_parameters
from spec.chapters import CASES
from spec.engines import CONNECTED, ENGINES, run_step_on_engine
from spec.rate_rows import RATE_STEPS
from spec.steps import WHOLE_STUDY
from spec.table import Row

SERVERS = ("postgres", "spark")  # run by marker
# Rates are numbers of a whole study, so each of their cases is a study of its own; Spark takes half a minute
# for one, and gets one of each step. All their columns are compared on it for hundreds of patients elsewhere.
_LAST = {case.step: case for case in CASES}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each connected engine and case."""
    if not {"engine", "case"} <= set(metafunc.fixturenames):
        return
    metafunc.parametrize(
        ("engine", "case"),
        [
            pytest.param(
                engine,
                case,
                id=f"{engine}-{case.name}",
                marks=_marks(engine, case),
            )
            for engine in ENGINES
            if engine in CONNECTED
            for case in CASES
            if engine != "spark" or case.step not in RATE_STEPS or case is _LAST[case.step]
        ],
    )


def _marks(engine: str, case: Case) -> list[pytest.MarkDecorator]:
    marks = [getattr(pytest.mark, engine)] if engine in SERVERS else []
    if engine in case.gaps:
        marks.append(pytest.mark.xfail(reason=case.gaps[engine], strict=True))
    return marks


@pytest.fixture(scope="session")
def ask() -> Callable[[str, Case], Sequence[Row]]:
    """The rows that an engine gives for a case; its whole batch is run once and kept."""
    kept: dict[tuple[object, ...], Mapping[str, Sequence[Row]]] = {}
    batches = by_parameters(CASES)

    def answer(engine: str, case: Case) -> Sequence[Row]:
        # Counts of rows have no patient that would keep the cases of a batch apart.
        alone = case.step in WHOLE_STUDY
        batch = [case] if alone else batches[case.protocol]
        # Every step that the batch asks for at once: the engine then builds its episodes once.
        steps = {case.step} if alone else {one.step for one in batch} - set(WHOLE_STUDY)
        for step in sorted(steps):
            key = (engine, step, case.protocol, case.name if alone else "")
            if key not in kept:
                kept[key] = run_step_on_engine(engine, batch, step)
        return kept[engine, case.step, case.protocol, case.name if alone else ""][case.name]

    return answer
