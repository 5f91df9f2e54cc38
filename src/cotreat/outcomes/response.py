"""How well did it work, by a score? Named criteria at a week and over the whole treatment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step
from cotreat.vocabulary import Criterion, read_instruments

_MICRO = 1_000_000
_DAYS_PER_WEEK = 7
# Further than any score goes, in millionths: a criterion that sets no limit has this one.
_NO_LIMIT = 10**13
# Percent are kept in thousandths.
_MILLI = 1_000


@dataclass(frozen=True, slots=True)
class Windows:
    """When a score counts, in days and weeks.

    Attributes
    ----------
    weeks
        Weeks since the first day at which the response is asked for.
    lookback_days
        Longest time before the first day at which a value is still the baseline.
    window_days
        Furthest that a value may be from a week, before or after it.
    durable_weeks
        How long a durable response holds at least.
    """

    weeks: tuple[int, ...] = ()
    lookback_days: int = 90
    window_days: int = 28
    durable_weeks: int = 24


def build_responses(
    engine: Engine,
    episodes: Mapping[str, TableName],
    assessments: TableName,
    patients: TableName,
    *,
    criteria: Sequence[Criterion],
    windows: Windows,
    cutoff: int,
) -> Mapping[str, TableName]:
    """Responses by every criterion of every counted pair and course, by name of the table.

    ``response_units``
        one row per counted pair (``is_course`` 0) and per pair for its course (1), with
        ``span_key``: the days that it is judged by.
    ``responses``
        one row per span and criterion that is asked of its patient, with ``standing``
        (eligible, not_eligible, no_baseline) and, if eligible, ``ever``, ``at_last``,
        ``durable`` and ``lost``: yes, no, missing, not_observed; NULL: no question.
    ``responses_at_week``
        one row per eligible span, criterion and week, with ``answer``: yes, no, missing,
        not_observed.
    ``response_criteria``, ``response_weeks``
        one row per criterion, with ``criterion_key``, its place from 1; one row per week.

    Parameters
    ----------
    engine
        Where the tables live.
    episodes
        ``pairs`` with their end reasons, ``courses`` and ``observation``.
    assessments, patients
        One row per assessment, one row per patient.
    criteria
        What counts as a response.
    windows
        When a score counts.
    cutoff
        Last day that counts, in days since 1970-01-01.

    Raises
    ------
    ProtocolError
        A number of days is negative.

    Notes
    -----
    The first day is that of the pair, or of the course. Baseline is the last value in
    [first day - look-back, first day]; only values after the first day, to the last, are
    on treatment. Only who could newly meet a criterion at baseline is asked. At a week
    counts the value nearest to it within its window, of two equally near the later;
    after a stop there is no response, after a stop in remission the last one holds. Who
    was not observed to the week is not asked; who died before it has no response.
    """
    tables = {
        "pairs": episodes["pairs"],
        "courses": episodes["courses"],
        "observation": episodes["observation"],
        "assessments": assessments,
        "patients": patients,
        **_load_criteria(engine, criteria),
        "response_weeks": _load_weeks(engine, windows.weeks),
    }
    days = {
        "cutoff": cutoff,
        "lookback_days": windows.lookback_days,
        "window_days": windows.window_days,
        "durable_days": windows.durable_weeks * _DAYS_PER_WEEK,
    }
    for name in _STEPS:
        tables[name] = build_step(engine, name, sql=name, tables=tables, days=days, room="outcomes")
    engine.drop(*(tables[name] for name in _WORKING))
    return {name: tables[name] for name in _KEPT}


_STEPS = (
    "response_units",
    "response_spans",
    "response_scores",
    "response_asked",
    "response_visits",
    "responses",
    "responses_at_week",
)
_KEPT = ("response_units", "responses", "responses_at_week", "response_criteria", "response_weeks")
_WORKING = ("response_spans", "response_scores", "response_asked", "response_visits")


def _load_criteria(engine: Engine, criteria: Sequence[Criterion]) -> Mapping[str, TableName]:
    """The criteria as whole numbers, the instruments that they are about, and whom they are about."""
    names = sorted({criterion.instrument for criterion in criteria})
    keys = {name: key for key, name in enumerate(names, start=1)}
    signs = {name: _sign(name, criteria) for name in names}
    rows = [_row(place, found, keys, signs) for place, found in enumerate(criteria, start=1)]
    diseases = [(place, d) for place, found in enumerate(criteria, start=1) for d in found.diseases]
    columns = {
        "instrument_key": pa.array(keys.values(), pa.int64()),
        "instrument": pa.array(keys, pa.string()),
        "sign": pa.array([signs[name] for name in names], pa.int64()),
    }
    return {
        "response_criteria": engine.load("response_criteria", pa.Table.from_pylist(rows, schema=_CRITERIA)),
        "response_instruments": engine.load("response_instruments", pa.table(columns)),
        "response_diseases": engine.load(
            "response_diseases",
            pa.table(
                {
                    "criterion_key": pa.array([place for place, _ in diseases], pa.int64()),
                    "disease": pa.array([disease for _, disease in diseases], pa.string()),
                }
            ),
        ),
    }


def _load_weeks(engine: Engine, weeks: Sequence[int]) -> TableName:
    ordered = sorted(set(weeks))
    columns = {
        "week": pa.array(ordered, pa.int64()),
        "day": pa.array([week * _DAYS_PER_WEEK for week in ordered], pa.int64()),
    }
    return engine.load("response_weeks", pa.table(columns))


def _sign(instrument: str, criteria: Sequence[Criterion]) -> int:
    """1 where lower is better, -1 where higher is: by the instrument, else by what the criteria ask."""
    known = read_instruments().get(instrument)
    if known is not None:
        return 1 if known.direction == "lower_is_better" else -1
    own = [criterion for criterion in criteria if criterion.instrument == instrument]
    return -1 if any(criterion.at_least is not None for criterion in own) else 1


_CRITERIA = pa.schema(
    [
        pa.field(name, pa.string() if name == "criterion" else pa.int64())
        for name in (
            "criterion_key",
            "criterion",
            "instrument_key",
            "sign",
            "best",
            "highest",
            "points",
            "percent",
            "is_change",
            "n_diseases",
        )
    ]
)


def _row(
    place: int, criterion: Criterion, keys: Mapping[str, int], signs: Mapping[str, int]
) -> dict[str, int | str]:
    """One criterion, with the sign of its instrument: a smaller number is better."""
    sign = signs[criterion.instrument]
    limit = criterion.at_most if sign == 1 else criterion.at_least
    return {
        "criterion_key": place,
        "criterion": criterion.criterion,
        "instrument_key": keys[criterion.instrument],
        "sign": sign,
        "best": _best(criterion.instrument, sign),
        "highest": _NO_LIMIT if limit is None else sign * round(limit * _MICRO),
        "points": round((criterion.points or 0) * _MICRO),
        "percent": round((criterion.percent or 0) * _MILLI),
        "is_change": int(bool(criterion.points or criterion.percent)),
        "n_diseases": len(criterion.diseases),
    }


def _best(instrument: str, sign: int) -> int:
    """The best value that the score can have; of an unknown one 0, or no end where higher is better."""
    known = read_instruments().get(instrument)
    if known is None:
        return 0 if sign == 1 else -_NO_LIMIT
    return sign * round((known.low if sign == 1 else known.high) * _MICRO)
