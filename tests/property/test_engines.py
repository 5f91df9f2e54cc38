"""Every engine gives what the oracle gives, for patients that nobody thought of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import Phase, given, settings

from oracle.records import Parameters, Patient
from property.patients import LAST_DAY, patients, protocols, studies
from spec.case import ANCHORS, CONCOMITANT, PARTNERS, PlainStudy
from spec.engines import ENGINES, run_step_on_engine
from spec.steps import STEP_COLUMNS, WHOLE_STUDY
from spec.table import Row, difference

# Attrition counts recorded rows of a study in which copies count once; it has cases of its own.
STEPS = tuple(step for step in STEP_COLUMNS if step not in ("attrition", "ends"))
# Patients in one query, and sets of parameters: what a database takes long for gets fewer.
SIZES = {"duckdb": (1000, 8), "postgres": (300, 4), "spark": (300, 2)}
MOST_PATIENTS, MOST_PROTOCOLS = SIZES["duckdb"]
SERVERS = ("postgres", "spark")

Answers = Mapping[str, Sequence[Row]]


def episodes_of(engine: str, people: Sequence[Patient], params: Parameters) -> Answers:
    """The rows of every step for some patients with one set of parameters, by step."""
    study = PlainStudy("invented", tuple(people), params)
    return {step: run_step_on_engine(engine, [study], step)[study.name] for step in STEPS}


@cache
def invented_patients() -> tuple[Patient, ...]:
    """Patients as Hypothesis thinks of them, to be asked for in one query."""
    people: list[Patient] = []

    @given(patients())
    @settings(max_examples=MOST_PATIENTS, phases=[Phase.generate])
    def collect(patient: Patient) -> None:
        people.append(patient)

    collect()
    return tuple(replace(one, name=f"patient {place:04d}") for place, one in enumerate(people))


@cache
def invented_protocols() -> tuple[Parameters, ...]:
    """The defaults, then sets of parameters as Hypothesis thinks of them, with stockpiling first."""
    found: list[Parameters] = []

    @given(protocols())
    @settings(max_examples=MOST_PROTOCOLS - 1, phases=[Phase.generate])
    def collect(protocol: Parameters) -> None:
        found.append(protocol)

    collect()
    defaults = Parameters(cutoff=LAST_DAY, anchor=ANCHORS, partner=PARTNERS, concomitant=CONCOMITANT)
    return (defaults, *sorted(found, key=lambda protocol: not protocol.stockpiling))


@pytest.mark.parametrize(
    ("engine", "place"),
    [
        pytest.param(engine, place, marks=[getattr(pytest.mark, engine)] if engine in SERVERS else [])
        for engine in ENGINES
        if engine != "oracle"
        for place in range(SIZES[engine][1])
    ],
)
def test_the_engine_agrees_with_the_oracle(engine: str, place: int) -> None:
    """On hundreds of patients in one query, for each set of parameters."""
    people = invented_patients()[: SIZES[engine][0]]
    protocol = invented_protocols()[place]
    expected = episodes_of("oracle", people, protocol)
    found = episodes_of(engine, people, protocol)
    for step in STEPS:
        if step in WHOLE_STUDY:
            assert not difference(found[step], expected[step], STEP_COLUMNS[step])
            continue
        rows, wanted = by_patient(found[step]), by_patient(expected[step])
        assert set(rows) == set(wanted)
        for patient in people:
            differs = difference(rows.get(patient.name, []), wanted.get(patient.name, []), STEP_COLUMNS[step])
            assert not differs, f"{step} on {engine}\n{patient}\n{protocol}\n{differs}"


def by_patient(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["patient"]), []).append(row)
    return found


@pytest.mark.parametrize("place", range(3))
def test_neither_other_patients_nor_the_order_of_rows_matters(place: int) -> None:
    """A third of the patients, in another order and with their rows turned round, have the same episodes."""
    people, protocol = invented_patients(), invented_protocols()[place]
    fewer = [replace(one, exposures=one.exposures[::-1]) for one in people[::-3]]
    together, apart = episodes_of("duckdb", people, protocol), episodes_of("duckdb", fewer, protocol)
    for step in set(STEPS) - set(WHOLE_STUDY):
        rows, own = by_patient(together[step]), by_patient(apart[step])
        for patient in fewer:
            differs = difference(own.get(patient.name, []), rows.get(patient.name, []), STEP_COLUMNS[step])
            assert not differs, f"{step}\n{patient}\n{protocol}\n{differs}"


@pytest.mark.parametrize("place", range(3))
def test_a_later_cutoff_changes_nothing_that_is_long_past(place: int) -> None:
    """What is taken on a day, and its state, are final more than grace_period before the cut-off."""
    people, protocol = invented_patients(), invented_protocols()[place]
    earlier = replace(protocol, cutoff=LAST_DAY - 60)
    later = replace(protocol, cutoff=LAST_DAY)
    longest = max(protocol.grace_period, *(days for _, days in protocol.grace_period_by_drug), 0)
    final = earlier.cutoff - longest
    for step, column in (("segments", "regimen"), ("states", "state")):
        then, now = (
            days_until(final, episodes_of("duckdb", people, one)[step], column) for one in (earlier, later)
        )
        assert then == now
        assert then


def days_until(last: int, rows: Sequence[Row], column: str) -> set[tuple[str, int, str]]:
    """Each day of each patient up to a last one, with what a column says of it."""
    return {
        (str(row["patient"]), day, str(row[column]))
        for row in rows
        for day in range(int(str(row["start_day"])), min(last, int(str(row["end_day"]))) + 1)
    }


def test_the_invented_patients_are_awkward_enough() -> None:
    """Each kind, order, end and way of going on occurs, and with every rule for a missing end."""
    pairs = [
        row
        for place, protocol in enumerate(invented_protocols())
        for row in run_step_on_engine(
            "oracle", [PlainStudy(f"invented {place}", invented_patients(), protocol)], "pairs"
        )[f"invented {place}"]
    ]
    for column, levels in LEVELS.items():
        counted = {level: sum(row[column] == level for row in pairs) for level in levels}
        assert min(counted.values()) >= 20, counted
    rules = {(protocol.no_end, protocol.stockpiling) for protocol in invented_protocols()}
    assert {"ongoing", "until_next"} < {rule for rule, _ in rules}
    assert any(isinstance(rule, int) for rule, _ in rules)
    assert {is_stockpiling for _, is_stockpiling in rules} == {True, False}


LEVELS = {
    "kind": ("combination", "short_course", "crossover", "undetermined"),
    "order": ("add_on", "anchor_added", "simultaneous", "unknown"),
    "end": ("ongoing", "both_stopped", "partner_stopped", "anchor_stopped"),
    "next_treatment": ("none", "restart", "not_observed", "dupilumab", "cetirizine"),
}


def test_the_oracle_answers_for_several_patients_as_for_each() -> None:
    """A patient's result does not depend on the others."""

    @given(study=studies(size=4))
    @settings(max_examples=10)
    def check(study: PlainStudy) -> None:
        together = episodes_of("oracle", study.patients, study.protocol)
        for patient in study.patients:
            alone = episodes_of("oracle", [patient], study.protocol)
            for step in set(STEPS) - set(WHOLE_STUDY):
                rows = [row for row in together[step] if row["patient"] == patient.name]
                assert not difference(rows, alone[step], STEP_COLUMNS[step])

    check()
