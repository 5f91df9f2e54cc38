"""The chapters of the definitions, in reading order, and all their cases."""

from types import ModuleType

from spec.adverse_events import events
from spec.adverse_events import pairs as event_pairs
from spec.adverse_events import rates as event_rates
from spec.adverse_events import states as event_states
from spec.case import Case
from spec.courses import courses
from spec.doses import doses
from spec.eras import grace_period, observation_end
from spec.eras import partial_dates as era_dates
from spec.exposures import missing_ends, stockpiling
from spec.laboratory import grades as laboratory_grades
from spec.lines import lines
from spec.outcomes import contrast, followups, judgements, reasons, response
from spec.pairs import end, kind, next_treatment, order
from spec.pairs import partial_dates as pair_dates
from spec.reconciliation import reconciliation
from spec.segments import segments
from spec.states import risk_window, states

# Each module has a TITLE, a docstring and CASES.
CHAPTERS: tuple[ModuleType, ...] = (
    missing_ends,
    stockpiling,
    grace_period,
    observation_end,
    era_dates,
    segments,
    kind,
    pair_dates,
    order,
    end,
    next_treatment,
    courses,
    states,
    risk_window,
    lines,
    doses,
    reconciliation,
    reasons,
    judgements,
    response,
    contrast,
    followups,
    events,
    event_states,
    event_pairs,
    event_rates,
    laboratory_grades,
)


def _named(chapter: ModuleType) -> tuple[Case, ...]:
    """The chapter's cases; each carries its chapter in front of its name."""
    place = chapter.__name__.removeprefix("spec.").replace(".", "/")
    return tuple(case.within(place) for case in chapter.CASES)


CASES: tuple[Case, ...] = tuple(case for chapter in CHAPTERS for case in _named(chapter))
