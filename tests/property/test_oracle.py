"""What must be true of every patient's episodes, asked of the oracle itself."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from oracle.doses import dose_path
from oracle.episodes import episodes_of_patient
from oracle.eras import eras_of
from oracle.records import Episodes, Exposure, Parameters, Patient
from oracle.states import person_days
from property.patients import patients, protocols

FOUR_YEARS = 1461  # days; the calendar repeats


def _episodes_without_counts(patient: Patient, protocol: Parameters) -> Episodes:
    return replace(episodes_of_patient(patient, protocol), attrition={}, supplies=[])


@given(patients(), protocols())
def test_eras_are_what_sorting_and_merging_gives(patient: Patient, protocol: Parameters) -> None:
    """Not day by day: next start - latest end so far - 1 against grace_period, in order of start."""
    episodes = episodes_of_patient(patient, protocol)
    merged: list[tuple[str, int, int]] = []
    for supply in sorted(episodes.supplies, key=lambda s: (s.drug, s.start_day)):
        if merged and merged[-1][0] == supply.drug:
            drug, first, last = merged[-1]
            if supply.start_day - last - 1 <= protocol.grace(drug):
                merged[-1] = (drug, first, max(last, supply.end_day))
                continue
        merged.append((supply.drug, supply.start_day, supply.end_day))
    found = [(era.drug, era.start_day) for era in episodes.eras]
    assert found == [(drug, first) for drug, first, _ in merged]
    for era, (_, _, last) in zip(episodes.eras, merged, strict=True):
        # Only supply that is supposed to go on ends later than the exposures themselves.
        assert era.end_day == last or (era.is_ongoing and era.end_day == episodes.observation_end)


@given(patients(), protocols())
def test_eras_of_a_drug_are_apart_by_more_than_grace_period(patient: Patient, protocol: Parameters) -> None:
    eras = episodes_of_patient(patient, protocol).eras
    for one, other in pairwise(eras):
        if one.drug == other.drug:
            assert other.start_day - one.end_day - 1 > protocol.grace(one.drug)


@given(patients(), protocols(), st.integers(0, 10))
def test_a_longer_grace_period_never_takes_days_away(
    patient: Patient, protocol: Parameters, more: int
) -> None:
    wider = replace(protocol, grace_period=protocol.grace_period + more)
    episodes = episodes_of_patient(patient, protocol)
    for era in episodes.eras:
        inside = [
            e
            for e in eras_of(episodes.supplies, wider, episodes.observation_end)
            if e.drug == era.drug and e.start_day <= era.start_day and e.end_day >= era.end_day
        ]
        assert len(inside) == 1


@given(patients(), protocols())
def test_nothing_is_after_observation_end(patient: Patient, protocol: Parameters) -> None:
    episodes = episodes_of_patient(patient, protocol)
    for era in episodes.eras:
        assert era.start_day <= era.end_day <= episodes.observation_end
        assert not era.is_ongoing or era.end_day == episodes.observation_end
    ends = [*(s.end_day for s in episodes.states), *(s.end_day for s in episodes.segments)]
    assert all(end <= episodes.observation_end for end in ends)


@given(patients(), protocols(), st.integers(1, 50))
def test_what_is_recorded_later_does_not_matter(patient: Patient, protocol: Parameters, more: int) -> None:
    """Exposures that start after observation_end are gone; later full ends are anywhere later."""
    end = episodes_of_patient(patient, protocol).observation_end

    def known_then(exposure: Exposure) -> Exposure:
        later = exposure.end_day is not None and exposure.end_day > end
        return (
            replace(exposure, end_day=end + more) if later and exposure.date_precision == "day" else exposure
        )

    kept = tuple(known_then(e) for e in patient.exposures if e.start_day <= end)
    if patient.observed_from is None and not kept:
        return
    expected = _episodes_without_counts(patient, protocol)
    assert _episodes_without_counts(replace(patient, exposures=kept), protocol) == expected


@given(patients(), protocols(), st.data())
def test_the_order_of_rows_does_not_matter(
    patient: Patient, protocol: Parameters, data: st.DataObject
) -> None:
    shuffled = replace(patient, exposures=tuple(data.draw(st.permutations(patient.exposures))))
    assert _episodes_without_counts(shuffled, protocol) == _episodes_without_counts(patient, protocol)


@given(patients(), protocols())
def test_every_row_twice_changes_nothing(patient: Patient, protocol: Parameters) -> None:
    twice = replace(patient, exposures=patient.exposures * 2)
    assert _episodes_without_counts(twice, protocol) == _episodes_without_counts(patient, protocol)
    once, doubled = episodes_of_patient(patient, protocol), episodes_of_patient(twice, protocol)
    for pair in once.pairs:
        drug = pair.partner_era.drug
        assert dose_path(doubled.supplies, drug, pair.days) == dose_path(once.supplies, drug, pair.days)


@given(patients(), protocols(), st.integers(1, 60))
def test_a_later_cutoff_does_not_change_a_past_dose(
    patient: Patient, protocol: Parameters, more: int
) -> None:
    """Not even where two supplies differ only in an end that the earlier cut-off does not reach."""
    longer = tuple(replace(e, end_day=e.end_day + 100) for e in patient.exposures if e.end_day is not None)
    patient = replace(patient, exposures=patient.exposures + longer)
    earlier = episodes_of_patient(patient, protocol)
    later = episodes_of_patient(patient, replace(protocol, cutoff=protocol.cutoff + more))
    for supply in earlier.supplies:
        days = range(supply.start_day, earlier.observation_end + 1)
        assert dose_path(earlier.supplies, supply.drug, days) == dose_path(later.supplies, supply.drug, days)


@given(patients(), protocols())
def test_every_row_is_counted_once(patient: Patient, protocol: Parameters) -> None:
    counts = dict(episodes_of_patient(patient, protocol).attrition)
    assert counts.pop("read") == len(patient.exposures) == sum(counts.values())


@given(patients(), protocols(), st.integers(-10, 10))
def test_four_years_later_all_is_the_same(patient: Patient, protocol: Parameters, times: int) -> None:
    by = times * FOUR_YEARS

    def later(day: int | None) -> int | None:
        return None if day is None else day + by

    moved = replace(
        patient,
        exposures=tuple(
            replace(e, start_day=e.start_day + by, end_day=later(e.end_day)) for e in patient.exposures
        ),
        observed_from=later(patient.observed_from),
        observed_to=later(patient.observed_to),
        death_day=later(patient.death_day),
    )
    here = episodes_of_patient(patient, protocol)
    there = episodes_of_patient(moved, replace(protocol, cutoff=protocol.cutoff + by))
    assert [(s.start_day + by, s.state, s.days) for s in here.states] == [
        (s.start_day, s.state, s.days) for s in there.states
    ]
    assert [(p.start_day + by, p.kind, p.order, p.end, p.next_treatment) for p in here.pairs] == [
        (p.start_day, p.kind, p.order, p.end, p.next_treatment) for p in there.pairs
    ]


@given(patients(), protocols())
def test_drug_days_are_conserved(patient: Patient, protocol: Parameters) -> None:
    episodes = episodes_of_patient(patient, protocol)
    assert sum(era.days for era in episodes.eras) == sum(
        segment.days * len(segment.drugs) for segment in episodes.segments
    )


@given(patients(), protocols())
def test_segments_are_disjoint_and_maximal(patient: Patient, protocol: Parameters) -> None:
    segments = episodes_of_patient(patient, protocol).segments
    for one, other in pairwise(segments):
        assert one.end_day < other.start_day
        assert one.end_day + 1 < other.start_day or one.drugs != other.drugs


@given(patients(), protocols())
def test_pairs_and_segments_agree_day_by_day(patient: Patient, protocol: Parameters) -> None:
    episodes = episodes_of_patient(patient, protocol)
    by_pair = [
        (day, pair.anchor_era.drug, pair.partner_era.drug) for pair in episodes.pairs for day in pair.days
    ]
    by_segment = {
        (day, anchor, partner)
        for segment in episodes.segments
        for day in range(segment.start_day, segment.end_day + 1)
        for anchor in segment.drugs
        for partner in segment.drugs
        if protocol.role(anchor) == "anchor" and protocol.role(partner) == "partner"
    }
    assert len(by_pair) == len(set(by_pair))
    assert set(by_pair) == by_segment


@given(patients(), protocols())
def test_kinds_mean_what_they_say(patient: Patient, protocol: Parameters) -> None:
    for pair in episodes_of_patient(patient, protocol).pairs:
        first, second = sorted((pair.anchor_era, pair.partner_era), key=lambda e: (e.start_day, e.end_day))
        assert pair.is_short_course == (len(pair.days) < protocol.min_overlap)
        if pair.kind == "combination":
            assert not pair.is_short_course
        if pair.kind == "crossover":
            assert first.start_day < second.start_day
            assert first.end_day < second.end_day
        if pair.kind == "short_course":
            assert len(pair.days) == min(first.days, second.days)
        if pair.is_ongoing:
            assert pair.end == "ongoing"
            assert pair.kind in ("combination", "undetermined")


@given(patients(), protocols())
def test_courses_and_counted_pairs_agree_day_by_day(patient: Patient, protocol: Parameters) -> None:
    episodes = episodes_of_patient(patient, protocol)
    counted = [pair for pair in episodes.pairs if pair.kind in protocol.counted_kinds]
    days_of_pairs = {(pair.anchor_era.drug, day) for pair in counted for day in pair.days}
    days_of_courses = [
        (course.anchor, day)
        for course in episodes.courses
        for day in range(course.start_day, course.end_day + 1)
    ]
    assert len(days_of_courses) == len(set(days_of_courses))  # courses of one anchor share no day
    assert set(days_of_courses) == days_of_pairs
    assert sum(len(course.pairs) for course in episodes.courses) == len(counted)
    for course in episodes.courses:
        assert course.duration_days == course.end_day - course.start_day + 1
        assert course.is_ongoing == (course.end == "ongoing")


@given(patients(), protocols())
def test_state_days_add_up_to_person_time(patient: Patient, protocol: Parameters) -> None:
    episodes = episodes_of_patient(patient, protocol)
    expected = person_days(episodes.eras, patient.observed_from, episodes.observation_end)
    days = [day for s in episodes.states for day in range(s.start_day, s.end_day + 1)]
    assert days == list(expected)


@given(patients(), protocols())
def test_states_agree_with_what_is_taken(patient: Patient, protocol: Parameters) -> None:
    episodes = episodes_of_patient(patient, protocol)
    for interval in episodes.states:
        for day in range(interval.start_day, interval.end_day + 1):
            roles = {protocol.role(era.drug) for era in episodes.eras if era.covers(day)} - {"concomitant"}
            if len(roles) == 2:
                assert interval.state == "combination"
            elif len(roles) == 1:
                assert interval.state in ("combination", f"{roles.pop()}_only")
    if not episodes.pairs:
        assert "combination" not in {interval.state for interval in episodes.states}


@given(patients(), protocols())
def test_lines_cover_treated_days_in_order(patient: Patient, protocol: Parameters) -> None:
    episodes = episodes_of_patient(patient, protocol)
    lines = episodes.lines
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert all(one.end_day < other.start_day for one, other in pairwise(lines))
    for segment in episodes.segments:
        for day in (segment.start_day, segment.end_day):
            assert sum(line.start_day <= day <= line.end_day for line in lines) == 1
