"""Small invented case tables, and the engine's tables that hold them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from cotreat.analysis.selection import StudyTables
from cotreat.engine import Engine, TableName
from cotreat.episodes.declared import build_declared_courses, build_declared_pairs
from cotreat.outcomes.adverse_events import build_declared_events
from cotreat.study_tables.loading import build_study_table, build_study_tables
from property.plain_measures import AESI, KNOWN_TERMS, RISKS, Case, Event, Person, Study

SEED = 7
_SOURCE = {"source_id": 1, "source_row": 1}


def invent(people: Mapping[str, Person], cases: Sequence[Case]) -> Study:
    """A study with its cases numbered in the order of the rows."""
    return Study(people, tuple(replace(case, number=place) for place, case in enumerate(cases, start=1)))


def build_tables(engine: Engine, study: Study) -> StudyTables:
    """The study in the engine, as a case table would be after it was read."""
    keys = {name: key for key, name in enumerate(sorted(study.people), start=1)}
    rows = {
        "patients": [
            {"patient_key": keys[name], "patient_id": name, "sex": person.sex, "disease": person.disease}
            for name, person in study.people.items()
        ],
        "conditions": [
            {"patient_key": keys[name], "term": term, "kind": "comorbidity"}
            for name, person in study.people.items()
            for term in person.comorbidities
        ],
        **_case_rows(study, keys),
    }
    filled = {name: [{**row, **_SOURCE} for row in table] for name, table in rows.items()}
    build_study_tables(engine, {name: build_study_table(name, table) for name, table in filled.items()})
    pairs = build_declared_pairs(engine, TableName("declared_pairs"), min_overlap=28)
    build_declared_courses(engine, pairs)
    build_declared_events(engine, TableName("adverse_events"), TableName("attributions"))
    terms = [(level, term, int(serious)) for level, terms in AESI.items() for term, serious in terms.items()]
    columns = [pa.array(column) for column in zip(*terms, strict=True)]
    engine.load("aesi_terms", pa.table(columns, names=["aesi", "term", "needs_serious"]))
    engine.load("aesi_known_terms", pa.table({"term": sorted(KNOWN_TERMS)}))
    engine.load(
        "risk_flag_terms", pa.table({"flag": pa.array(list(RISKS)), "term": pa.array(list(RISKS.values()))})
    )
    return StudyTables("wilson", SEED, {"aesi": tuple(AESI)})


def _case_rows(study: Study, keys: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
    pairs: list[dict[str, Any]] = []
    prior: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    attributions: list[dict[str, Any]] = []
    for pair_key, case in enumerate(study.cases, start=1):
        own = {"pair_key": pair_key, "patient_key": keys[case.patient]}
        first, other = (*case.end_reasons, None, None)[:2]
        pairs.append(
            {
                **own,
                "case_id": str(pair_key),
                "course_id": case.course,
                "age_years": case.age,
                "anchor": case.anchor,
                "partner": case.partner,
                "start_day": case.start,
                "duration_days": case.days,
                "is_ongoing": case.is_ongoing,
                "anchor_dose_mg_day": case.anchor_dose,
                "partner_dose_mg_day": case.partner_dose,
                "reason_started": case.reason_started,
                "monotherapy_response": case.monotherapy_response,
                "response": case.response,
                "end_reason": first,
                "end_reason_other": other,
                "end": case.end,
                "next_treatment": case.next_treatment,
            }
        )
        prior += [{**own, "drug": drug} for drug in case.prior]
        for event in case.events:
            key = len(events) + 1
            recorded = {"term": event.term, "is_serious": event.serious, "certainty": "recorded"}
            events.append({**own, "event_key": key, **recorded})
            attributions += [{"event_key": key, "drug": drug} for drug in event.suspects]
        if case.events_unknown:
            events.append({**own, "event_key": len(events) + 1, "certainty": "unknown"})
    return {
        "declared_pairs": pairs,
        "prior_therapies": prior,
        "adverse_events": events,
        "attributions": attributions,
    }


def _maybe(*levels: Any) -> st.SearchStrategy[Any]:
    """One of the levels, or not known."""
    return st.sampled_from([*levels, None])


def _list_of(*levels: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    """Some of the levels, each once; a None in it says that the list may go on."""
    return st.lists(st.sampled_from([*levels, None]), max_size=3, unique=True).map(tuple)


RESPONSE = _maybe("complete", "partial", "none", "unassessable")
EVENTS = st.builds(
    Event,
    term=_maybe("oral_herpes", "pneumonia", "stroke", "nausea", "a word of their own"),
    suspects=st.lists(
        st.sampled_from(["baricitinib", "methotrexate", "combination"]), max_size=2, unique=True
    ).map(tuple),
    serious=_maybe(0, 1),
)
PEOPLE = st.builds(
    Person,
    sex=_maybe("female", "male"),
    disease=_maybe("alopecia_areata", "vitiligo"),
    comorbidities=_list_of("asthma", "hypertension"),
)


def cases_of(patient: str) -> st.SearchStrategy[Case]:
    """One case of a patient; cases of one anchor may share a course."""
    return st.builds(
        Case,
        patient=st.just(patient),
        anchor=st.sampled_from(["baricitinib", "upadacitinib"]),
        partner=st.sampled_from(["methotrexate", "prednisone", "tacrolimus"]),
        course=_maybe("A", "B"),
        age=_maybe(30.0, 31.0, 65.5),
        anchor_dose=_maybe(2.0, 4.0),
        partner_dose=_maybe(15 / 7, 300 / 14),
        reason_started=_maybe("no_response", "partial_response"),
        monotherapy_response=RESPONSE,
        response=RESPONSE,
        start=_maybe(None, 100, 200, 300),
        months=_maybe(0.5, 6.0, 12.0, 24.0),
        is_ongoing=_maybe(0, 0, 1),
        end_reasons=st.lists(
            st.sampled_from(["remission", "ineffectiveness", "adverse_event"]), max_size=2, unique=True
        ).map(tuple),
        end=_maybe("partner_stopped", "anchor_stopped", "both_stopped", "ongoing"),
        next_treatment=_maybe("none", "not_observed", "ruxolitinib"),
        prior=_list_of("methotrexate", "phototherapy", "none"),
        events=st.lists(EVENTS, max_size=3).map(tuple),
        events_unknown=st.booleans(),
    ).map(lambda case: replace(case, course=case.course and f"{case.anchor}-{case.course}"))


@st.composite
def case_studies(draw: st.DrawFn, most_patients: int = 5, most_cases: int = 9) -> Study:
    """Some patients, each with at least one case, in any order."""
    names = [f"P{n}" for n in range(1, draw(st.integers(1, most_patients)) + 1)]
    owners = [*names, *draw(st.lists(st.sampled_from(names), max_size=most_cases - most_patients))]
    cases = draw(st.permutations([draw(cases_of(name)) for name in owners]))
    return invent({name: draw(PEOPLE) for name in names}, cases)
