"""Every engine gives what the oracle gives, for patients that nobody thought of."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import Phase, given, settings

from oracle.records import Parameters, Patient
from property.patients import studies
from spec.case import PlainStudy
from spec.engines import CONNECTED, ENGINES, run_step_on_engine
from spec.steps import STEP_COLUMNS
from spec.table import Row, difference

# Attrition counts a whole study, so it has no patients to compare.
STEPS = tuple(step for step in STEP_COLUMNS if step != "attrition")
SERVERS = ("postgres", "spark")

Answers = Mapping[str, Sequence[Row]]


def episodes_of(engine: str, patients: Sequence[Patient], params: Parameters) -> Answers:
    """The rows of every step for some patients with one set of parameters, by step."""
    study = PlainStudy("invented", tuple(patients), params)
    return {step: run_step_on_engine(engine, [study], step)[study.name] for step in STEPS}


@pytest.mark.parametrize(
    "engine",
    [
        pytest.param(
            engine,
            marks=[
                *([getattr(pytest.mark, engine)] if engine in SERVERS else []),
                *(
                    []
                    if engine in CONNECTED
                    else [pytest.mark.skip(reason=f"the episodes are not connected on {engine} yet")]
                ),
            ],
        )
        for engine in ENGINES
        if engine != "oracle"
    ],
)
@given(study=studies(size=20))
# No shrinking: it asks the engine thousands of times; the message names the one patient instead.
@settings(max_examples=25, phases=[Phase.generate])
def test_the_engine_agrees_with_the_oracle(engine: str, study: PlainStudy) -> None:
    expected = episodes_of("oracle", study.patients, study.protocol)
    found = episodes_of(engine, study.patients, study.protocol)
    for step in STEPS:
        for patient in study.patients:
            differs = difference(
                [row for row in found[step] if row["patient"] == patient.name],
                [row for row in expected[step] if row["patient"] == patient.name],
                STEP_COLUMNS[step],
            )
            assert not differs, f"{step} on {engine}\n{patient}\n{study.protocol}\n{differs}"
        assert len(found[step]) == len(expected[step])


def test_the_oracle_answers_for_several_patients_as_for_each() -> None:
    """A patient's result does not depend on the others."""

    @given(study=studies(size=4))
    @settings(max_examples=10)
    def check(study: PlainStudy) -> None:
        together = episodes_of("oracle", study.patients, study.protocol)
        for patient in study.patients:
            alone = episodes_of("oracle", [patient], study.protocol)
            for step in STEPS:
                rows = [row for row in together[step] if row["patient"] == patient.name]
                assert not difference(rows, alone[step], STEP_COLUMNS[step])

    check()
