"""Means, quantiles and bootstrap intervals against numpy and against plain loops."""

import math
import statistics
from collections import Counter

import numpy as np
import pytest

from cotreat.analysis import summaries
from cotreat.analysis.summaries import (
    RESAMPLES,
    STATISTICS,
    Values,
    compute_bootstrap_intervals,
    compute_mean,
    compute_quantile,
    compute_sd,
    compute_sum,
)


def counted(numbers: list[float]) -> Values:
    counts = Counter(numbers)
    ordered = sorted(counts)
    return Values(tuple(ordered), tuple(counts[v] for v in ordered))


def some_numbers(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    pool = rng.uniform(-50, 400, size=8).round(2)
    return rng.choice(pool, size=rng.integers(1, 41)).tolist()


# Hyndman and Fan 1996 (doi:10.2307/2684934): type 7 of 1, 2, 3, 4.
def test_quartiles_of_four_numbers() -> None:
    data = counted([1.0, 2.0, 3.0, 4.0])
    assert [STATISTICS[name](data) for name in ("min", "q1", "median", "q3", "max")] == [
        1,
        1.75,
        2.5,
        3.25,
        4,
    ]


def test_a_quantile_between_repeated_values() -> None:
    # 5 5 5 9: three quarters of the way, a quarter of the step from the third to the fourth.
    data = Values((5.0, 9.0), (3, 1))
    assert compute_quantile(data, 0.75) == 6.0
    assert compute_quantile(data, 0.5) == 5.0


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("probability", [0.0, 0.025, 0.25, 0.5, 0.75, 0.975, 1.0])
def test_quantiles_are_those_of_the_values_written_out(seed: int, probability: float) -> None:
    numbers = some_numbers(seed)
    expected = float(np.quantile(np.array(numbers), probability, method="linear"))
    assert compute_quantile(counted(numbers), probability) == pytest.approx(expected, rel=1e-14, abs=1e-12)


@pytest.mark.parametrize("seed", range(40))
def test_mean_sd_and_sum_are_those_of_the_values_written_out(seed: int) -> None:
    numbers = some_numbers(seed)
    data = counted(numbers)
    assert compute_mean(data) == statistics.mean(numbers)  # exact, then rounded once
    assert compute_sum(data) == math.fsum(numbers)
    if len(numbers) > 1:
        assert compute_sd(data) == pytest.approx(statistics.stdev(numbers), rel=1e-12)


def test_sd_divides_by_one_less_than_there_are_values() -> None:
    assert compute_sd(Values((1.0, 3.0), (1, 1))) == pytest.approx(math.sqrt(2))


def test_a_large_offset_does_not_eat_the_spread() -> None:
    assert compute_sd(Values((1e9 + 1, 1e9 + 2, 1e9 + 3), (1, 1, 1))) == 1.0


def test_a_sum_is_rounded_once() -> None:
    assert compute_sum(Values((-1e16, 1.0, 1e16), (1, 1, 1))) == 1.0
    assert compute_sum(Values((0.1,), (10,))) == 1.0


def test_one_value_has_no_sd_and_nothing_has_no_mean() -> None:
    one, none = Values((7.5,), (1,)), Values((), ())
    assert (compute_mean(one), compute_sd(one), compute_quantile(one, 0.25)) == (7.5, None, 7.5)
    assert [STATISTICS[name](none) for name in ("mean", "sd", "median", "q1", "q3", "min", "max")] == [
        None
    ] * 7
    assert STATISTICS["sum"](none) == 0.0


def plain_bootstrap(patients: list[int], values: list[float], seed: int) -> dict[str, tuple[float, float]]:
    """The same draws of kinds of patients, then nothing but lists and loops."""
    own = [
        tuple(sorted(v for p, v in zip(patients, values, strict=True) if p == name)) for name in set(patients)
    ]
    kinds = sorted(set(own))
    shares = [own.count(kind) / len(own) for kind in kinds]
    rng = np.random.default_rng(seed)
    means: list[float] = []
    medians: list[float] = []
    for draw in rng.multinomial(len(own), shares, size=RESAMPLES).tolist():
        sample = sorted(value for kind, times in zip(kinds, draw, strict=True) for value in kind * times)
        means.append(math.fsum(sample) / len(sample))
        medians.append(statistics.median(sample))
    return {"mean": percentiles(means), "median": percentiles(medians)}


def test_drawing_kinds_is_drawing_patients() -> None:
    # Patients drawn one by one, with other random numbers: the ends agree within their own noise.
    patients, values = SEVERAL
    kinds = compute_bootstrap_intervals(patients, values, 3)["mean"]
    names = sorted(set(patients))
    rng = np.random.default_rng(4)
    means: list[float] = []
    for draw in rng.integers(0, len(names), size=(20_000, len(names))).tolist():
        sample = [v for place in draw for p, v in zip(patients, values, strict=True) if p == names[place]]
        means.append(math.fsum(sample) / len(sample))
    assert kinds == pytest.approx(percentiles(means), abs=1.0)


def percentiles(numbers: list[float]) -> tuple[float, float]:
    ordered = sorted(numbers)
    found: list[float] = []
    for probability in (0.025, 0.975):
        place = (len(ordered) - 1) * probability
        low = int(place)
        found.append(ordered[low] + (place - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]))
    return found[0], found[1]


SEVERAL = ([5, 5, 5, 9, 2, 2, 7, 11], [12.0, 6.0, 3.0, 20.0, 0.5, 31.0, 24.0, 24.0])


@pytest.mark.parametrize(
    ("patients", "values"),
    [
        SEVERAL,
        (list(range(18)), [float(v * v % 29) for v in range(18)]),
        ([1, 2], [3.0, 4.0]),
        ([1, 1, 1, 1, 2], [1.0, 2.0, 3.0, 4.0, 100.0]),
    ],
)
def test_bootstrap_is_the_one_of_plain_loops(patients: list[int], values: list[float]) -> None:
    fast = compute_bootstrap_intervals(patients, values, 20250225)
    slow = plain_bootstrap(patients, values, 20250225)
    assert fast["mean"] == pytest.approx(slow["mean"], rel=1e-12)
    assert fast["median"] == slow["median"]


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    patients, values = list(range(18)), [math.sqrt(v) for v in range(18)]
    one = compute_bootstrap_intervals(patients, values, 1)
    assert compute_bootstrap_intervals(patients, values, 1) == one
    assert compute_bootstrap_intervals(patients, values, 2) != one


def test_resampling_in_chunks_draws_the_same_patients(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = compute_bootstrap_intervals(*SEVERAL, 1)
    monkeypatch.setattr(summaries, "_CHUNK", 100)
    chunked = compute_bootstrap_intervals(*SEVERAL, 1)
    assert chunked["median"] == whole["median"]
    assert chunked["mean"] == pytest.approx(whole["mean"], rel=1e-12)


def test_patients_are_resampled_whole() -> None:
    # Both patients have the same mean and median: without variation between them there is no width.
    assert compute_bootstrap_intervals([1, 1, 2, 2], [0.0, 10.0, 0.0, 10.0], 1) == {
        "mean": (5.0, 5.0),
        "median": (5.0, 5.0),
    }


def test_one_patient_has_no_bootstrap_interval() -> None:
    assert compute_bootstrap_intervals([4, 4, 4], [1.0, 2.0, 3.0], 1) == {}
    assert compute_bootstrap_intervals([], [], 1) == {}


def test_more_than_ten_thousand_patients_are_not_resampled() -> None:
    patients = list(range(10_001))
    assert compute_bootstrap_intervals(patients, [1.0] * 10_001, 1) == {}
