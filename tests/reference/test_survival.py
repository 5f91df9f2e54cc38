"""Curves against R's package survival and lifelines; the scripts stand beside their numbers."""

import json
import math
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cotreat.analysis.curve_numbers import IncidenceAt, MedianTime, RestrictedMean, SurvivalAt
from cotreat.analysis.hazards import compute_hazard_ratios
from cotreat.analysis.survival import Lifetimes, compute_log_rank
from cotreat.analysis.survival_intervals import GREENWOOD

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "survival" / "survival.json").read_text(encoding="utf-8")
)
LIFELINES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "survival" / "lifelines.json").read_text(encoding="utf-8")
)
DATA = [name for name, found in REFERENCE.items() if isinstance(found, dict)]


def lifetimes(name: str, rows: list[int] | None = None) -> Lifetimes:
    units = REFERENCE[name]["units"]
    chosen = range(len(units["time"])) if rows is None else rows
    counts = Counter((float(units["time"][i]), int(units["kind"][i])) for i in chosen)
    return Lifetimes.of(counts, max(units["kind"]))


def with_part(part: str) -> list[str]:
    found = [name for name in DATA if part in REFERENCE[name]]
    assert found
    return found


@pytest.mark.parametrize("name", with_part("plain"))
def test_kaplan_meier_with_its_interval(name: str) -> None:
    data, expected = lifetimes(name), REFERENCE[name]["plain"]
    for time, survival, lower, upper, at_risk in zip(
        *(expected[key] for key in ("at", "survival", "lower", "upper", "at_risk")), strict=True
    ):
        number = SurvivalAt(time)
        interval = number.interval(data, number.variance(data), GREENWOOD)
        assert number.value(data) == pytest.approx(survival, rel=1e-10)
        assert (interval.lower, interval.upper) == pytest.approx((lower, upper), rel=1e-10)
        assert data.n_at_risk(time) == at_risk


@pytest.mark.parametrize("name", with_part("plain"))
def test_median_with_its_interval(name: str) -> None:
    data, expected = lifetimes(name), REFERENCE[name]["plain"]
    number = MedianTime(1)
    interval = number.interval(data, number.variance(data), GREENWOOD)
    assert [number.value(data), interval.lower, interval.upper] == expected["median"]


@pytest.mark.parametrize("name", with_part("plain"))
def test_restricted_mean(name: str) -> None:
    expected = REFERENCE[name]["plain"]
    assert RestrictedMean(expected["horizon"], 1).value(lifetimes(name)) == pytest.approx(
        expected["rmst"], rel=1e-10
    )


@pytest.mark.parametrize("name", with_part("competing"))
def test_aalen_johansen_with_its_standard_error(name: str) -> None:
    data, expected = lifetimes(name), REFERENCE[name]["competing"]
    for kind, (incidences, errors) in enumerate(
        zip(expected["incidence"], expected["se"], strict=True), start=1
    ):
        for time, incidence, error in zip(expected["at"], incidences, errors, strict=True):
            number = IncidenceAt(time, kind)
            assert number.value(data) == pytest.approx(incidence, rel=1e-10)
            # R divides by n, not by n - 1.
            corrected = error**2 * data.n / (data.n - 1)
            assert number.variance(data) == pytest.approx(corrected, rel=1e-9, abs=1e-300)


def test_survival_and_all_incidences_add_up_to_one() -> None:
    for name in DATA:
        curves = lifetimes(name).curves
        assert curves.survival + curves.incidence.sum(axis=0) == pytest.approx(1)


def test_patients_as_clusters() -> None:
    units, expected = REFERENCE["diabetic"]["units"], REFERENCE["diabetic"]["clustered"]
    data = lifetimes("diabetic")
    for time, survival, error in zip(
        *(expected[key] for key in ("at", "survival", "robust_se")), strict=True
    ):
        number = SurvivalAt(time)
        influence = number.influence(data).values
        sums: dict[int, float] = defaultdict(float)
        for own, kind, patient in zip(units["time"], units["kind"], units["patient"], strict=True):
            sums[patient] += influence[kind, data.place(own)]
        assert number.value(data) == pytest.approx(survival, rel=1e-10)
        # The influence is on log S, R's standard error on S.
        assert survival * math.sqrt(sum(s**2 for s in sums.values())) == pytest.approx(error, rel=1e-9)


def test_log_rank() -> None:
    groups = REFERENCE["mgus2"]["group"]
    found = compute_log_rank(
        [
            lifetimes("mgus2", [row for row, group in enumerate(groups) if group == level])
            for level in sorted(set(groups))
        ]
    )
    expected = REFERENCE["mgus2"]["log_rank"]
    assert found == (pytest.approx(expected["chi_squared"], rel=1e-9), expected["degrees"])


def test_the_influence_is_the_derivative_of_the_estimate() -> None:
    data = lifetimes("heart")
    numbers = (SurvivalAt(90), IncidenceAt(90, 1), RestrictedMean(365, 1))
    for number in numbers:
        influence = number.influence(data).values
        for kind, column in zip(*np.nonzero(data.counts), strict=True):
            # A thousand copies of everything, and one lifetime more or less.
            changed = []
            for change in (1, -1):
                counts = data.counts * 1000
                counts[kind, column] += change
                value = number.value(Lifetimes(data.times, counts))
                assert value is not None
                changed.append(math.log(value) if isinstance(number, SurvivalAt) else value)
            slope = (changed[0] - changed[1]) / 2 * 1000
            assert influence[kind, column] == pytest.approx(slope, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", with_part("hazard"))
def test_hazard_ratio_with_patients_as_clusters(name: str) -> None:
    units, levels = REFERENCE[name]["units"], REFERENCE[name]["group"]
    expected = REFERENCE[name]["hazard"]
    rows = {level: [i for i, own in enumerate(levels) if own == level] for level in sorted(set(levels))}
    fit = compute_hazard_ratios([lifetimes(name, own) for own in rows.values()])
    assert fit is not None
    sums: dict[int, float] = defaultdict(float)
    for group, own in enumerate(rows.values()):
        for i in own:
            place = np.searchsorted(fit.times, units["time"][i])
            sums[units["patient"][i]] += fit.influences[0, group, int(units["kind"][i] > 0), place]
    assert fit.log_ratios[0] == pytest.approx(expected["log_ratio"], rel=1e-9)
    assert math.sqrt(fit.naive_variances[0]) == pytest.approx(expected["naive_se"], rel=1e-9)
    assert math.sqrt(sum(s**2 for s in sums.values())) == pytest.approx(expected["robust_se"], rel=1e-9)


def lifelines_with(part: str) -> list[str]:
    found = [name for name, own in LIFELINES.items() if isinstance(own, dict) and part in own]
    assert found
    return found


@pytest.mark.parametrize("name", lifelines_with("plain"))
def test_kaplan_meier_of_lifelines(name: str) -> None:
    data, expected = lifetimes(name), LIFELINES[name]["plain"]
    assert data.n == LIFELINES[name]["n"]
    for time, survival, lower, upper in zip(
        *(expected[key] for key in ("at", "survival", "lower", "upper")), strict=True
    ):
        number = SurvivalAt(time)
        interval = number.interval(data, number.variance(data), GREENWOOD)
        assert number.value(data) == pytest.approx(survival, rel=1e-9)
        assert (interval.lower, interval.upper) == pytest.approx((lower, upper), rel=1e-9)
    assert MedianTime(1).value(data) == expected["median"]
    assert RestrictedMean(expected["at"][-1], 1).value(data) == pytest.approx(expected["rmst"], rel=1e-9)


@pytest.mark.parametrize("name", lifelines_with("competing"))
def test_cumulative_incidence_of_lifelines(name: str) -> None:
    data, expected = lifetimes(name), LIFELINES[name]["competing"]
    for kind, incidences in enumerate(expected["incidence"], start=1):
        for time, incidence in zip(expected["at"], incidences, strict=True):
            assert IncidenceAt(time, kind).value(data) == pytest.approx(incidence, rel=1e-9)


def test_log_rank_and_hazard_ratio_of_lifelines() -> None:
    groups, expected = REFERENCE["mgus2"]["group"], LIFELINES["mgus2"]
    data = [
        lifetimes("mgus2", [row for row, own in enumerate(groups) if own == level])
        for level in sorted(set(groups))
    ]
    rank = compute_log_rank(data)
    fit = compute_hazard_ratios(data)
    assert rank is not None
    assert fit is not None
    assert rank[0] == pytest.approx(expected["log_rank"], rel=1e-9)
    # lifelines stops its search when the next step is small; R, above, is met to nine digits.
    assert fit.log_ratios[0] == pytest.approx(expected["hazard"]["log_ratio"], rel=1e-6)
    assert math.sqrt(fit.naive_variances[0]) == pytest.approx(expected["hazard"]["naive_se"], rel=1e-6)
