"""Eras, days and doses of DARWIN-EU DrugUtilisation, and where they differ.

Its ``gapEra`` is a difference of dates, ``grace_period + 1``. ``docs/other_tools.md``
explains the differences.
"""

import json
from datetime import date
from fractions import Fraction
from math import isclose
from pathlib import Path
from typing import Any

import pytest

from oracle.days import day_of
from oracle.doses import dose_path
from oracle.exposures import supplies_of
from oracle.records import Exposure, Parameters, Patient
from reference.connected import each_engine
from spec.case import PlainStudy
from spec.engines import run_step_on_engine
from spec.table import NG_PER_MG, Row

FACTS: dict[str, Any] = json.loads(
    Path(__file__).with_name("drug_utilisation.json").read_text(encoding="utf-8")
)
DRUG = "acetaminophen"


def _day(text: str) -> int:
    return day_of(date.fromisoformat(text))


def _eras(
    engine: str, exposures: list[list[Any]], *, grace_period: int, until: int | None = None
) -> list[Row]:
    cutoff = max(_day(end) for _, _, end in exposures) if until is None else until
    people = tuple(
        Patient(
            f"patient {number}",
            tuple(Exposure(DRUG, _day(start), _day(end)) for n, start, end in exposures if n == number),
        )
        for number in sorted({n for n, _, _ in exposures})
    )
    protocol = Parameters(cutoff=cutoff, anchor=(DRUG,), partner=(), grace_period=grace_period)
    return list(run_step_on_engine(engine, [PlainStudy("case", people, protocol)], "eras")["case"])


@each_engine
@pytest.mark.parametrize("case", FACTS["eras"], ids=lambda case: f"{case['place']} gapEra {case['gap_era']}")
def test_gap_era_is_grace_period_plus_one(engine: str, case: dict[str, Any]) -> None:
    eras = _eras(engine, case["exposures"], grace_period=case["gap_era"] - 1)
    assert len(eras) == case["n_eras"]


@each_engine
def test_a_gap_era_one_less_keeps_the_eras_apart(engine: str) -> None:
    """15 February to 15 March, then 12 May: 57 uncovered days, a difference of 58."""
    exposures = [[2, "2021-02-15", "2021-03-15"], [2, "2021-05-12", "2021-05-25"]]
    assert len(_eras(engine, exposures, grace_period=56)) == 2
    assert len(_eras(engine, exposures, grace_period=57)) == 1


@each_engine
@pytest.mark.parametrize("case", FACTS["eras_gap_0"], ids=lambda case: case["place"])
def test_gap_era_0_where_no_days_are_adjacent(engine: str, case: dict[str, Any]) -> None:
    """grace_period has no value below 0; the two differ only on adjacent days."""
    assert len(_eras(engine, case["exposures"], grace_period=0)) == case["n_eras"]


@each_engine
@pytest.mark.parametrize("case", FACTS["utilisation"]["windows"], ids=lambda case: case["window"][0])
def test_eras_and_days_in_a_window(engine: str, case: dict[str, Any]) -> None:
    first, last = map(_day, case["window"])
    started = [[1, start, end] for start, end, _, _ in case["exposures"] if first <= _day(start) <= last]
    eras = _eras(engine, started, grace_period=0, until=last)
    days = sum(int(str(era["end_day"])) - int(str(era["start_day"])) + 1 for era in eras)
    assert len(started) == case["number_exposures"]
    assert len(eras) == case["number_eras"]
    assert days == case["days_exposed"]
    assert min(int(str(era["start_day"])) for era in eras) - first == case["time_to_exposure"]


def _exposure_with_dose(start: str, end: str, units: int, strength_mg: int | None) -> Exposure:
    days = _day(end) - _day(start) + 1
    ng = None if strength_mg is None else round(Fraction(units * strength_mg * NG_PER_MG, days))
    return Exposure(DRUG, _day(start), _day(end), dose_ng_day=ng)


# Where exposures overlap DrugUtilisation adds their doses; here the latest started holds:
# 5 days x 454.55, 31 days x 3428.57, 9 days x 1666.67 mg. Where a dose is unknown the sum is.
CUMULATIVE_DOSE_MG = {"2020-01-15": 123558.4415584, "2021-01-15": None, "2022-02-01": 4250}


@pytest.mark.parametrize("case", FACTS["utilisation"]["windows"], ids=lambda case: case["window"][0])
def test_first_and_cumulative_dose_in_a_window(case: dict[str, Any]) -> None:
    first, last = map(_day, case["window"])
    exposures = [_exposure_with_dose(*row) for row in case["exposures"] if first <= _day(row[0]) <= last]
    path = dose_path(supplies_of(exposures, last), DRUG, range(first, last + 1))
    assert path.first == round(case["initial_daily_dose_mg"] * NG_PER_MG)
    # A daily dose is a whole number of ng, so the sum of some days is a few ng off.
    expected = CUMULATIVE_DOSE_MG[case["window"][0]]
    if expected is None:
        assert path.cumulative is None
    else:
        assert path.cumulative is not None
        assert isclose(path.cumulative / NG_PER_MG, expected, rel_tol=1e-8)


def test_cumulative_dose_agrees_only_without_overlap_and_with_every_dose() -> None:
    theirs = {case["window"][0]: case["cumulative_dose_mg"] for case in FACTS["utilisation"]["windows"]}
    assert [w for w, mg in theirs.items() if mg == CUMULATIVE_DOSE_MG[w]] == ["2022-02-01"]


@each_engine
def test_days_are_counted_once_not_per_prescription(engine: str) -> None:
    """Six days of a nested prescription: 52, 43 and 38 days there, six fewer here."""
    facts = FACTS["days_prescribed"]
    [era] = _eras(engine, facts["exposures"], grace_period=0)
    for start, end, theirs in facts["windows"]:
        first = max(int(str(era["start_day"])), _day(start))
        last = min(int(str(era["end_day"])), _day(end))
        assert last - first + 1 == theirs - 6


@each_engine
def test_proportion_covered_by_day(engine: str) -> None:
    facts = FACTS["covered"]
    eras = {str(era["patient"]): era for era in _eras(engine, facts["exposures"], grace_period=0)}
    for text, percent in facts["percent_by_day"].items():
        day, observed, covered = int(text), 0, 0
        for number, last_observed in facts["observed_to"].items():
            era = eras[f"patient {number}"]
            that_day = int(str(era["start_day"])) + day
            if that_day <= _day(last_observed):
                observed += 1
                covered += that_day <= int(str(era["end_day"]))
        assert round(100 * covered / observed, 2) == percent
