"""The headline numbers of a study under every combination of the choices that its protocol names."""

from collections.abc import Generator, Mapping
from itertools import product

from cotreat.analysis.multiverse import estimate_universe
from cotreat.analysis.results import Result
from cotreat.analysis.selection import StudyTables
from cotreat.engine import Engine, TableName
from cotreat.episodes.study_episodes import build_study_records
from cotreat.errors import ProtocolError
from cotreat.outcomes.headlines import build_headline_eras, build_headline_pairs
from cotreat.progress import Progress
from cotreat.protocol import Protocol, Sensitivity
from cotreat.readers.sources import ReadStudy
from cotreat.study_numbers import (
    build_episode_tables,
    compute_number_settings,
    read_count,
    read_left_out,
)


def estimate_universes(
    engine: Engine, protocol: Protocol, read: ReadStudy, progress: Progress
) -> list[Result]:
    """The headline numbers under every combination of choices; nothing where the protocol names none.

    The episodes of the study itself are to be built afterwards: they take the place of these.

    Parameters
    ----------
    engine
        Holds the study tables.
    protocol
        The study's definitions, with its ``[sensitivity]``.
    read
        What its reader found.
    progress
        Called with the choices that are looked at.

    Raises
    ------
    ProtocolError
        A case table is asked for another grace period.
    """
    asked = protocol.sensitivity
    if asked == Sensitivity():
        return []
    is_declared = read_count(engine, TableName("declared_pairs")) > 0
    if asked.grace_period and is_declared:
        msg = (
            "`sensitivity.grace_period` joins exposures with dates; a case table declares its combinations. "
            "Take the key out."
        )
        raise ProtocolError(msg)
    build = _build_declared if is_declared else _build_dated
    counted = {"short_courses": asked.short_courses, "parallel_partners": asked.parallel_partners}
    return [
        estimate_universe(
            engine,
            tables,
            choices=built | choices,
            units=asked.unit_of_analysis or ("pair",),
            is_dated=tables.is_dated,
            leave_out=read_left_out(engine, read),
        )
        for built, tables in build(engine, protocol, read, progress)
        for choices in _combine(counted)
    ]


_Universes = Generator[tuple[dict[str, str], StudyTables]]


def _combine(grids: Mapping[str, tuple[str, ...]]) -> list[dict[str, str]]:
    """Every combination of the choices that are named."""
    named = {name: grid for name, grid in grids.items() if grid}
    return [dict(zip(named, values, strict=True)) for values in product(*named.values())]


def _vary(protocol: Protocol, choices: Mapping[str, int]) -> Protocol:
    return protocol.model_copy(update={"episodes": protocol.episodes.model_copy(update=dict(choices))})


def _days(name: str, grid: tuple[int, ...]) -> list[dict[str, int]]:
    return [{name: days} for days in grid] or [{}]


def _build_declared(engine: Engine, protocol: Protocol, read: ReadStudy, progress: Progress) -> _Universes:
    for choice in _days("min_overlap", protocol.sensitivity.min_overlap):
        _tell(progress, choice)
        varied = _vary(protocol, choice)
        build_episode_tables(engine, varied, read)
        yield _words(choice), compute_number_settings(varied, is_dated=False)


def _build_dated(engine: Engine, protocol: Protocol, read: ReadStudy, progress: Progress) -> _Universes:
    patients, exposures = TableName("patients"), TableName("exposures")
    cutoff = 0 if read.latest_day is None else read.latest_day
    records = build_study_records(engine, patients, exposures, protocol=protocol, cutoff=cutoff)
    for grace in _days("grace_period", protocol.sensitivity.grace_period):
        varied = _vary(protocol, grace)
        eras = build_headline_eras(engine, records["exposures"], records["observation"], protocol=varied)
        kept: TableName | None = None
        for overlap in _days("min_overlap", protocol.sensitivity.min_overlap):
            choices = grace | overlap
            _tell(progress, choices)
            varied = _vary(protocol, choices)
            kept = build_headline_pairs(engine, eras, protocol=varied, records=kept)["headline_records"]
            yield _words(choices), compute_number_settings(varied, is_dated=True)
        engine.drop("headline_records")


def _tell(progress: Progress, choices: Mapping[str, int]) -> None:
    if choices:
        progress(f"Other choices: {', '.join(f'{name} {days}' for name, days in choices.items())}")


def _words(choices: Mapping[str, int]) -> dict[str, str]:
    return {name: str(days) for name, days in choices.items()}
