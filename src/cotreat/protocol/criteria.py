"""The response criteria of one study: those of the vocabulary, and its own."""

from collections.abc import Mapping

from cotreat.errors import ProtocolError
from cotreat.protocol.model import OwnCriterion, Protocol
from cotreat.protocol.parts import compute_nearest
from cotreat.vocabulary import Criterion, parse_criteria, read_criteria, read_instruments


def read_study_criteria(protocol: Protocol) -> tuple[Criterion, ...]:
    """The criteria that the protocol names, in its order.

    A criterion of the protocol's own goes before one of its file, and that before the
    vocabulary's.

    Raises
    ------
    ProtocolError
        A criterion is unknown or says nothing, or the file of criteria cannot be read.
    """
    response = protocol.response
    own = {level: _own(level, found) for level, found in response.own.items()}
    known = {**read_criteria(), **_of_file(protocol), **own}
    # What the protocol defines itself is meant to be used.
    wanted = tuple(dict.fromkeys((*response.criteria, *own)))
    unknown = next((name for name in wanted if name not in known), None)
    if unknown is not None:
        near = compute_nearest(unknown, tuple(known))
        msg = f"`response.criteria` names {unknown!r}, which is no criterion{near}."
        raise ProtocolError(msg)
    for name in wanted:
        _require_sense(known[name])
    return tuple(known[name] for name in wanted)


def _own(level: str, own: OwnCriterion) -> Criterion:
    return Criterion(
        criterion=level,
        name=own.name or level,
        instrument=own.instrument,
        at_most=own.at_most,
        at_least=own.at_least,
        points=own.points,
        percent=own.percent,
        diseases=own.diseases,
    )


def _of_file(protocol: Protocol) -> Mapping[str, Criterion]:
    name = protocol.response.criteria_file
    if name is None:
        return {}
    path = protocol.folder / name
    try:
        found = parse_criteria(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        msg = f"The file of criteria {path} cannot be used: {why}."
        raise ProtocolError(msg) from error
    return {criterion.criterion: criterion for criterion in found}


def _require_sense(criterion: Criterion) -> None:
    """Refuse a criterion that nobody could meet, or that everybody would."""
    wrong = criterion.wrong
    instrument = read_instruments().get(criterion.instrument)
    is_lower = instrument is not None and instrument.direction == "lower_is_better"
    if not wrong and is_lower and criterion.at_least is not None:
        wrong = f"asks for `at_least`, but a lower {criterion.instrument} is better: use `at_most`"
    if wrong:
        msg = f"The response criterion `{criterion.criterion}` {wrong}."
        raise ProtocolError(msg)
