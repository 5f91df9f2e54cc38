"""Outcomes of many seen patients, engine against oracle: dense visits, so that every boundary is met often.

Drawn with a fixed seed and not by Hypothesis, which draws the simple patients first and few with many visits.
"""

from collections import Counter
from random import Random

import pytest

from oracle.records import Assessment, Exposure, Parameters, Patient
from oracle.response import CRITERIA
from spec.case import ANCHORS, CONCOMITANT, PARTNERS, PlainStudy
from spec.engines import run_step_on_engine
from spec.steps import STEP_COLUMNS
from spec.table import difference

FIRST_DAY = 19_662  # 2023-11-01
DISEASES = (None, "alopecia_areata", "atopic_dermatitis", "psoriasis")
REASONS = (None, "remission", "remission", "adverse_event", "ineffectiveness", "wish")
SCORES = {
    "salt": (0.0, 10.0, 20.0, 20.1, 40.0, 80.0),
    "easi": (0.0, 7.0, 7.1, 10.1, 40.4),
    "iga": (0.0, 1.0, 2.0, 3.0),
    "pp_nrs": (0.0, 3.0, 4.0, 8.0),
}
JUDGEMENTS = (None, None, "complete", "partial", "none", "unassessable")
STEPS = ("recorded outcomes", "responses", "responses at week", "score contrasts", "follow-ups")


def seen_patient(draw: Random, name: str) -> Patient:
    """One patient on one anchor with one to three partners, seen around the starts and the asked weeks."""
    starts = [FIRST_DAY + draw.choice((0, 7, 8, 60, 61)) for _ in range(draw.randint(1, 3))]
    exposures = [Exposure(draw.choice(ANCHORS), FIRST_DAY, FIRST_DAY + draw.choice((100, 180, 220)))]
    for start in starts:
        end = start + draw.choice((10, 27, 28, 41, 42, 90, 150))
        exposures.append(
            Exposure(
                draw.choice(PARTNERS),
                start,
                end,
                reason_started=draw.choice((None, "flare")),
                end_reason=draw.choice(REASONS),
            )
        )
    visits = []
    for instrument in draw.sample(sorted(SCORES), 2):
        values = SCORES[instrument]
        for start in starts:
            offsets = (-31, -30, -1, 0, 0, 1, 6, 8, 12, 13, 15, 16, 27, 28, 29, 41, 42, 43, 55, 57, 84, 120)
            for offset in draw.sample(offsets, draw.randint(2, 9)):
                is_high = offset <= 0 and draw.random() < 0.7
                value = draw.choice(values[-2:] if is_high else values)
                judgement = draw.choice(JUDGEMENTS)
                context = draw.choice((None, None, None, "monotherapy", "combination"))
                visits.append(Assessment(start + offset, instrument, value, judgement, context))
    return Patient(
        name,
        tuple(exposures),
        tuple(visits),
        disease=draw.choice(DISEASES),
        observed_to=draw.choice((None, None, FIRST_DAY + draw.randint(20, 200))),
        death_day=draw.choice((None, None, None, FIRST_DAY + draw.randint(20, 200))),
    )


def seen_study(seed: int) -> PlainStudy:
    """Two hundred such patients with one set of parameters."""
    draw = Random(seed)  # noqa: S311  invented patients, no secrets
    parameters = Parameters(
        cutoff=FIRST_DAY + 230,
        anchor=ANCHORS,
        partner=PARTNERS,
        concomitant=CONCOMITANT,
        judgement=draw.choice(("last", "best")),
        end_reasons=("wish",),
        criteria=tuple(sorted(CRITERIA)),
        weeks=(2, 4, 6, 12),
        lookback_days=draw.choice((0, 30)),
        window_days=draw.choice((1, 7, 14)),
        durable_weeks=draw.choice((2, 4)),
    )
    return PlainStudy("seen", tuple(seen_patient(draw, f"{i:03d}") for i in range(200)), parameters)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    "engine",
    [
        "duckdb",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("spark", marks=pytest.mark.spark),
    ],
)
def test_the_engine_agrees_with_the_oracle_on_outcomes(engine: str, seed: int) -> None:
    study = seen_study(seed)
    for step in STEPS:
        expected = run_step_on_engine("oracle", [study], step)[study.name]
        found = run_step_on_engine(engine, [study], step)[study.name]
        for patient in study.patients:
            differs = difference(
                [row for row in found if row["patient"] == patient.name],
                [row for row in expected if row["patient"] == patient.name],
                STEP_COLUMNS[step],
            )
            assert not differs, f"{step} on {engine}\n{patient}\n{study.protocol}\n{differs}"
        assert len(found) == len(expected)


def test_every_answer_occurs_often() -> None:
    """What never occurs is never compared."""
    study = seen_study(1)
    weekly = run_step_on_engine("oracle", [study], "responses at week")["seen"]
    answers = Counter(row["answer"] for row in weekly)
    rows = run_step_on_engine("oracle", [study], "responses")["seen"]
    assert min(answers[said] for said in ("yes", "no", "missing", "not_observed")) > 50
    for column in ("ever", "at_last", "durable", "lost"):
        said = Counter(row[column] for row in rows)
        assert min(said["yes"], said["no"], said["missing"]) > 15, (column, said)
    assert min(Counter(row["standing"] for row in rows).values()) > 50
