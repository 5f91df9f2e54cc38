"""Invented patients: few drugs and a small window, so that the awkward cases are frequent.

Exposures come in chains, so that gaps of 0 days, of exactly grace_period, and one over
are common, and so are nesting, overlap, duplicates, open ends, supply ends and partial
dates. The window holds a leap day and a New Year.
"""

from dataclasses import replace

from hypothesis import strategies as st

from oracle.days import first_of_month, first_of_year, last_of_month, last_of_year
from oracle.records import Assessment, EventRow, Exposure, Parameters, Patient
from spec.case import ANCHORS, CONCOMITANT, PARTNERS, PlainStudy

FIRST_DAY = 19662  # 2023-11-01
LAST_DAY = FIRST_DAY + 200  # 2024-05-19
DRUGS = (*ANCHORS, *PARTNERS[:3], *CONCOMITANT, "aspirin")  # aspirin has no role
# Chains start around a few days, New Year and the leap day among them, so that drugs meet.
PIVOTS = (FIRST_DAY, FIRST_DAY + 30, FIRST_DAY + 61, FIRST_DAY + 90, FIRST_DAY + 120)
OFFSETS = (-8, -7, -1, 0, 0, 1, 7, 8, 27, 28)
GAPS = (-20, -3, -1, 0, 1, 2, 4, 5, 6, 7, 29, 30, 31)
LENGTHS = (1, 2, 5, 6, 10, 27, 28, 29, 45, 60)
# How the end of an exposure is known; most are recorded.
SHAPES = (*("recorded",) * 11, "supply", "days' supply", "days' supply", "no end", "ongoing", "partial")
NG_PER_MG = 1_000_000


@st.composite
def protocols(draw: st.DrawFn) -> Parameters:
    """Parameters with small windows, so that their boundaries are met."""
    small = st.sampled_from((0, 1, 5, 30))
    by_drug = st.dictionaries(st.sampled_from(DRUGS), small, max_size=2)
    kinds = ("combination", "short_course", "crossover", "undetermined")
    return Parameters(
        cutoff=draw(st.sampled_from((LAST_DAY - 30, LAST_DAY, LAST_DAY + 400))),
        anchor=ANCHORS,
        partner=PARTNERS,
        concomitant=CONCOMITANT,
        grace_period=draw(small),
        min_overlap=draw(st.sampled_from((1, 6, 28, 28, 28))),
        simultaneous_window=draw(st.sampled_from((0, 1, 7))),
        switch_window=draw(st.sampled_from((0, 1, 7, 60))),
        risk_window=draw(small),
        washout=draw(st.sampled_from((0, 0, 1, 30))),
        counted_kinds=tuple(draw(st.lists(st.sampled_from(kinds), unique=True, min_size=1))),
        grace_period_by_drug=tuple(sorted(draw(by_drug).items())),
        risk_window_by_drug=tuple(sorted(draw(by_drug).items())),
        reasons_started=draw(st.sampled_from(((), ("flare",), ("no_response", "flare")))),
        end_reasons=draw(st.sampled_from(((), ("wish", "access")))),
        judgement=draw(st.sampled_from(("last", "last", "best"))),
        no_end=draw(st.sampled_from(("ongoing", "until_next", 1, 14))),
        stockpiling=draw(st.sampled_from((False, False, True))),
    )


@st.composite
def chains(draw: st.DrawFn, drugs: tuple[str, ...] = DRUGS) -> list[Exposure]:
    """Exposures to one drug, each a short or negative gap after the one before."""
    drug = draw(st.sampled_from(drugs))
    start = draw(st.sampled_from(PIVOTS)) + draw(st.sampled_from(OFFSETS))
    exposures = []
    for _ in range(draw(st.integers(1, 4))):
        end = start + draw(st.sampled_from(LENGTHS)) - 1
        exposures.append(draw(_exposure(drug, start, end)))
        start = max(FIRST_DAY - 8, end + 1 + draw(st.sampled_from(GAPS)))
    return exposures


@st.composite
def _exposure(draw: st.DrawFn, drug: str, start: int, end: int) -> Exposure:
    return replace(
        draw(_exposure_without_reasons(drug, start, end)),
        reason_started=draw(st.sampled_from((None, "flare", "no_response", "switch"))),
        end_reason=draw(
            st.sampled_from(
                (None, "wish", "access", "adverse_event", "ineffectiveness", "remission", "death")
            )
        ),
    )


@st.composite
def _exposure_without_reasons(draw: st.DrawFn, drug: str, start: int, end: int) -> Exposure:
    shape = draw(st.sampled_from(SHAPES))
    dose = draw(st.sampled_from((None, 2 * NG_PER_MG, 5 * NG_PER_MG, 100)))
    if shape in ("ongoing", "no end"):
        return Exposure(drug, start, None, is_ongoing=shape == "ongoing", dose_ng_day=dose)
    if shape == "days' supply":
        is_month = draw(st.sampled_from((False, False, False, True)))
        return Exposure(
            drug,
            first_of_month(start) if is_month else start,
            None,
            dose_ng_day=dose,
            supply_days=end - start + 1,
            date_precision="month" if is_month else "day",
        )
    if shape == "partial":
        precision = draw(st.sampled_from(("month", "month", "year")))
        first, last = {
            "month": (first_of_month(start), last_of_month(end)),
            "year": (first_of_year(start), last_of_year(end)),
        }[precision]
        # Either date or both are partial; the row keeps the coarser precision.
        start, end = draw(st.sampled_from(((first, end), (start, last), (first, last))))
        return Exposure(drug, start, end, dose_ng_day=dose, date_precision=precision)
    return Exposure(drug, start, end, dose_ng_day=dose, end_rule=shape)


@st.composite
def _visit(draw: st.DrawFn, days: tuple[int, ...]) -> Assessment:
    """A judgement on or near a day on which something begins or ends."""
    return Assessment(
        day=draw(st.sampled_from(days)) + draw(st.sampled_from((-20, -1, 0, 0, 1, 20))),
        response=draw(st.sampled_from((None, "complete", "partial", "none", "unassessable"))),
        context=draw(st.sampled_from((None, None, "monotherapy", "combination"))),
    )


@st.composite
def _event(draw: st.DrawFn, days: tuple[int, ...]) -> EventRow:
    """An event on or near a day on which something begins or ends; its date may be partial or missing."""
    day = draw(st.sampled_from(days)) + draw(st.sampled_from((-31, -1, 0, 0, 1, 5, 30, 31)))
    first, last = draw(
        st.sampled_from(
            (
                *((day, day),) * 5,
                (first_of_month(day), last_of_month(day)),
                (first_of_year(day), last_of_year(day)),
                (None, None),
            )
        )
    )
    length = draw(st.sampled_from((None, None, -1, 0, 1, 10, 40)))
    return EventRow(
        term=draw(st.sampled_from(("nausea", "nausea", "herpes_zoster", "pneumonia", None))),
        earliest_onset_day=first,
        latest_onset_day=last,
        end_day=None if length is None else day + length,
        severity_grade=draw(st.sampled_from((None, 1, 2, 3))),
        is_serious=draw(st.sampled_from((None, 0, 0, 1))),
    )


@st.composite
def patients(draw: st.DrawFn, name: str = "patient") -> Patient:
    """One patient: some chains in any order, now and then a row twice."""
    drawn = draw(st.lists(chains(), min_size=1, max_size=4))
    if draw(st.sampled_from((True, True, True, False))):  # else few would have an anchor and a partner
        drawn += [draw(chains(ANCHORS)), draw(chains(PARTNERS))]
    exposures = [exposure for chain in drawn for exposure in chain]
    exposures += draw(st.lists(st.sampled_from(exposures), max_size=2))
    # Two rows may differ only in an end that observation does not reach.
    exposures += [_much_longer(e) for e in draw(st.lists(st.sampled_from(exposures), max_size=1))]
    first_days = st.one_of(st.none(), st.none(), st.integers(FIRST_DAY - 40, FIRST_DAY + 60))
    last_days = st.one_of(st.none(), st.none(), st.integers(FIRST_DAY + 40, LAST_DAY + 30))
    return Patient(
        name=name,
        exposures=tuple(draw(st.permutations(exposures))),
        assessments=tuple(draw(st.lists(_visit(_days(exposures)), max_size=6))),
        events=tuple(draw(st.lists(_event(_days(exposures)), max_size=6))),
        observed_from=draw(first_days),
        observed_to=draw(last_days),
        death_day=draw(last_days),
    )


def _much_longer(exposure: Exposure) -> Exposure:
    return exposure if exposure.end_day is None else replace(exposure, end_day=exposure.end_day + 400)


def _days(exposures: list[Exposure]) -> tuple[int, ...]:
    return tuple(d for e in exposures for d in (e.start_day, e.end_day) if d is not None)


@st.composite
def studies(draw: st.DrawFn, size: int = 12) -> PlainStudy:
    """Several patients with one set of parameters."""
    number = draw(st.integers(1, size))
    people = tuple(draw(patients(name=f"patient {i:02d}")) for i in range(number))
    return PlainStudy("invented", people, draw(protocols()))
