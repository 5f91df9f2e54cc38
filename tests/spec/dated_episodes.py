"""The steps as cotreat's engines run them, in the shape of the cases."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cotreat.engine import Engine, TableName
from cotreat.episodes.dated import build_dated_episodes
from cotreat.episodes.exposures import (
    build_end_counts,
    build_exposure_counts,
    build_exposures_with_ends,
)
from cotreat.episodes.observation import build_observation
from cotreat.episodes.reconciliation import build_reconciliation
from cotreat.episodes.roles import build_roles
from cotreat.outcomes.adverse_events import build_events
from cotreat.outcomes.contrasts import build_score_contrasts
from cotreat.outcomes.followups import build_followups
from cotreat.outcomes.judgements import build_pair_judgements
from cotreat.outcomes.laboratory import build_laboratory_grades
from cotreat.outcomes.reasons import build_pair_reasons
from cotreat.outcomes.response import Windows, build_responses
from cotreat.outcomes.time_at_risk import build_time_at_risk
from cotreat.protocol import Episodes
from cotreat.study_tables.loading import build_study_table
from cotreat.vocabulary import read_criteria
from oracle.records import Parameters
from spec.case import Study
from spec.rate_rows import RATE_STEPS, rates_of_engine
from spec.study_rows import StudyRows, build_study_rows, rows_by_case
from spec.table import NG_PER_MG, Row

EXPOSURES, PATIENTS, ASSESSMENTS = map(TableName, ("exposures", "patients", "assessments"))

# What the steps call their columns in SQL.
QUERIES = {
    "eras": """
        SELECT patient_key, drug, start_day, end_day, is_ongoing,
            COALESCE(narrow_start_day, start_day) AS latest_start_day,
            COALESCE(narrow_end_day, end_day) AS earliest_end_day
        FROM eras
    """,
    "segments": """
        SELECT s.*, r.regimen FROM segments AS s
        INNER JOIN regimens AS r ON r.regimen_mask = s.regimen_mask
    """,
    "pairs": "SELECT * FROM pairs",
    "recorded outcomes": """
        SELECT p.patient_key, p.anchor, p.partner, p.start_day,
            r.reason_started, r.end_reason, r.end_reason_other, j.monotherapy_response, j.response
        FROM pairs AS p
        INNER JOIN pair_reasons AS r ON r.pair_key = p.pair_key
        INNER JOIN pair_judgements AS j ON j.pair_key = p.pair_key
    """,
    "responses": """
        SELECT u.patient_key, u.unit, u.anchor, u.partner, u.start_day, c.criterion,
            r.standing, r.ever, r.at_last, r.durable, r.lost
        FROM judged_units AS u
        INNER JOIN responses AS r ON r.span_key = u.span_key
        INNER JOIN response_criteria AS c ON c.criterion_key = r.criterion_key
    """,
    "responses at week": """
        SELECT u.patient_key, u.unit, u.anchor, u.partner, u.start_day, c.criterion, r.week, r.answer
        FROM judged_units AS u
        INNER JOIN responses_at_week AS r ON r.span_key = u.span_key
        INNER JOIN response_criteria AS c ON c.criterion_key = r.criterion_key
    """,
    "follow-ups": """
        SELECT p.patient_key, p.anchor, p.partner, p.start_day, f.days, f.held,
            CASE f.kind WHEN 1 THEN 'another drug' WHEN 2 THEN 'restart' WHEN 3 THEN 'death' END
                AS followed_by
        FROM pair_followups AS f INNER JOIN pairs AS p ON p.pair_key = f.pair_key
    """,
    "score contrasts": """
        SELECT c.patient_key, c.anchor, c.partners, c.start_day, x.instrument,
            CAST(x.alone AS DOUBLE) / 1000000 AS alone,
            CAST(x.combined AS DOUBLE) / 1000000 AS combined
        FROM score_contrasts AS x INNER JOIN courses AS c ON c.course_key = x.course_key
    """,
    "courses": "SELECT * FROM courses",
    "states": "SELECT * FROM states",
    "events": "SELECT * FROM events",
    "event pairs": """
        SELECT e.patient_key, e.term, e.earliest_onset_day, p.anchor, p.partner, p.start_day, l.is_certain
        FROM event_pairs AS l
        INNER JOIN events AS e ON e.event_key = l.event_key
        INNER JOIN pairs AS p ON p.pair_key = l.pair_key
    """,
    "laboratory grades": """
        SELECT DISTINCT g.patient_key, c.term, g.day, CAST(g.value_n AS DOUBLE) / 1000000000 AS value,
            g.lowest_grade, g.highest_grade, g.reason, g.is_baseline, g.is_after
        FROM laboratory_grades AS g INNER JOIN laboratory_criteria AS c ON c.criterion_key = g.criterion_key
    """,
    "lines": "SELECT patient_key, line, start_day, end_day, regimen AS drugs FROM lines",
    "doses": """
        SELECT d.patient_key, p.anchor, p.partner, p.start_day, d.drug, d.supplied_days,
            d.dose_first, d.dose_last, d.dose_max, d.dose_mean, d.dose_cumulative
        FROM dose_paths AS d INNER JOIN pairs AS p ON p.pair_key = d.unit_key
        WHERE d.unit = 'pair'
    """,
}
# Counts of a whole study, which have no patient.
WHOLE_STUDY = {
    "attrition": "SELECT reason, exposures AS rows FROM exposure_counts",
    "ends": "SELECT reason, exposures AS rows FROM end_counts",
    "reconciliation": "SELECT from_view, to_view, item, days FROM reconciliation WHERE days <> 0",
}


# A course stands once, though each of its pairs names it.
_JUDGED_UNITS = """
    SELECT p.patient_key, 'pair' AS unit, p.anchor, p.partner, p.start_day, u.span_key
    FROM response_units AS u INNER JOIN pairs AS p ON p.pair_key = u.pair_key
    WHERE u.is_course = 0
    UNION ALL
    SELECT DISTINCT c.patient_key, 'course' AS unit, c.anchor, c.partners, c.start_day, u.span_key
    FROM response_units AS u
    INNER JOIN pairs AS p ON p.pair_key = u.pair_key
    INNER JOIN courses AS c ON c.course_key = p.course_key
    WHERE u.is_course = 1
"""


_RECORDED = ("recorded outcomes", "responses", "responses at week", "score contrasts", "follow-ups")
_EVENTS = ("events", "event pairs", *RATE_STEPS)


class DatedEpisodes:
    """The episodes of the last study that an engine was given, built as far as its steps ask."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._key: object = None
        self._study = StudyRows([], [], [], [], [], {})
        self._parameters = Parameters(cutoff=0, anchor=(), partner=())
        self._built: dict[str, Mapping[str, TableName]] = {}

    def rows(self, cases: Sequence[Study], step: str) -> Mapping[str, Sequence[Row]]:
        """The rows of a step for each case; the study is built once for all its steps."""
        key = tuple((case.name, case.patients, case.protocol) for case in cases)
        if key != self._key:
            self._load(cases)
            self._key = key
        self._build_for(step)
        if step in RATE_STEPS:
            return {cases[0].name: rates_of_engine(self.engine, *RATE_STEPS[step])}
        if step in WHOLE_STUDY:
            return {cases[0].name: self.engine.fetch(WHOLE_STUDY[step]).to_pylist()}
        found = self.engine.fetch(QUERIES[step]).to_pylist()
        return rows_by_case([_in_ng(row) if step == "doses" else _whole(row) for row in found], self._study)

    def _load(self, cases: Sequence[Study]) -> None:
        engine = self.engine
        self._built, self._parameters = {}, cases[0].protocol
        self._study = build_study_rows(cases)
        engine.load("patients", build_study_table("patients", self._study.patients))
        engine.load("exposures", build_study_table("exposures", self._study.exposures))
        engine.load("assessments", build_study_table("assessments", self._study.assessments))
        engine.load("adverse_events", build_study_table("adverse_events", self._study.events))
        engine.load("laboratory", build_study_table("laboratory", self._study.laboratory))
        engine.load("attributions", build_study_table("attributions", []))

    def _build_for(self, step: str) -> None:
        if step == "attrition":
            self._once("observed", self._observe)
            return
        if step == "ends":
            self._once("ended", self._end)
            return
        episodes = self._once("episodes", self._build_episodes)
        if step == "reconciliation":
            self._once("reconciled", self._reconcile)
        elif step in _RECORDED:
            self._once("recorded", lambda: _build_recorded(self.engine, episodes, self._parameters))
        elif step == "laboratory grades":
            self._once("graded", self._build_grades)
        elif step in _EVENTS:
            self._once("events", self._build_events)

    def _once(self, stage: str, build: Callable[[], Mapping[str, TableName]]) -> Mapping[str, TableName]:
        if stage not in self._built:
            self._built[stage] = build()
        return self._built[stage]

    def _observe(self) -> Mapping[str, TableName]:
        engine, parameters = self.engine, self._parameters
        roles = _build_roles(engine, parameters)
        observation = build_observation(engine, PATIENTS, EXPOSURES, cutoff=parameters.cutoff)
        build_exposure_counts(engine, EXPOSURES, roles, observation)
        return {"roles": roles, "observation": observation}

    def _end(self) -> Mapping[str, TableName]:
        engine, parameters = self.engine, self._parameters
        observed = self._once("observed", self._observe)
        observation = observed["observation"]
        ended = build_exposures_with_ends(
            engine, EXPOSURES, observation, no_end=parameters.no_end, stockpiling=parameters.stockpiling
        )
        counts = TableName("exposure_counts")
        is_carried = parameters.stockpiling
        build_end_counts(engine, ended, observed["roles"], observation, counts, stockpiling=is_carried)
        return {"exposures": ended}

    def _build_episodes(self) -> Mapping[str, TableName]:
        engine, parameters = self.engine, self._parameters
        observed = self._once("observed", self._observe)
        exposures = self._once("ended", self._end)["exposures"]
        episodes = build_dated_episodes(
            engine,
            exposures,
            observed["roles"],
            observed["observation"],
            episodes=Episodes(
                grace_period=parameters.grace_period,
                min_overlap=parameters.min_overlap,
                simultaneous_window=parameters.simultaneous_window,
                switch_window=parameters.switch_window,
                counted_kinds=parameters.counted_kinds,
            ),
            washout=parameters.washout,
        )
        return {**episodes, **observed, "exposures": exposures}

    def _reconcile(self) -> Mapping[str, TableName]:
        tables = self._built["episodes"]
        build_reconciliation(self.engine, tables["roles"], tables["observation"], tables)
        return {}

    def _build_grades(self) -> Mapping[str, TableName]:
        grades = build_laboratory_grades(
            self.engine,
            TableName("laboratory"),
            self._built["episodes"]["states"],
            version=self._parameters.ctcae_version,
            lookback=self._parameters.laboratory_lookback,
        )
        return {"laboratory_grades": grades}

    def _build_events(self) -> Mapping[str, TableName]:
        engine, tables = self.engine, self._built["episodes"]
        build_time_at_risk(engine, tables["eras"], tables["overlaps"], tables["states"], tables["roles"])
        build_events(
            engine,
            TableName("adverse_events"),
            TableName("attributions"),
            states=tables["states"],
            overlaps=tables["overlaps"],
            observation=tables["observation"],
        )
        return {}


def _build_recorded(
    engine: Engine, episodes: Mapping[str, TableName], parameters: Parameters
) -> Mapping[str, TableName]:
    pairs, eras, window = episodes["pairs"], episodes["eras"], parameters.simultaneous_window
    build_pair_reasons(
        engine,
        pairs,
        eras,
        episodes["exposures"],
        PATIENTS,
        simultaneous_window=window,
        start_levels=parameters.reasons_started,
        end_levels=parameters.end_reasons,
    )
    takes: Any = parameters.judgement
    build_pair_judgements(engine, pairs, eras, ASSESSMENTS, simultaneous_window=window, takes=takes)
    build_score_contrasts(engine, pairs, episodes["courses"], eras, ASSESSMENTS)
    recorded = engine.create(
        "pairs_with_reasons",
        "SELECT p.pair_key, p.course_key, p.patient_key, p.anchor, p.partner, p.start_day, p.end_day, "
        f'p."end", r.end_reason, j.response FROM {pairs} AS p '
        "INNER JOIN pair_reasons AS r ON r.pair_key = p.pair_key "
        "INNER JOIN pair_judgements AS j ON j.pair_key = p.pair_key",
    )
    build_followups(
        engine,
        {"pairs": recorded, "eras": eras, "observation": TableName("observation")},
        ASSESSMENTS,
        PATIENTS,
        min_overlap=parameters.min_overlap,
    )
    build_responses(
        engine,
        {**episodes, "pairs": recorded, "observation": TableName("observation")},
        ASSESSMENTS,
        PATIENTS,
        criteria=[read_criteria()[name] for name in parameters.criteria],
        windows=Windows(
            parameters.weeks, parameters.lookback_days, parameters.window_days, parameters.durable_weeks
        ),
        cutoff=parameters.cutoff,
    )
    engine.create("judged_units", _JUDGED_UNITS)
    return {}


def _build_roles(engine: Engine, parameters: Parameters) -> TableName:
    roles = dict.fromkeys(parameters.concomitant, "concomitant")
    roles |= dict.fromkeys(parameters.partner, "partner")
    roles |= dict.fromkeys(parameters.anchor, "anchor")
    return build_roles(
        engine,
        roles,
        grace_period=parameters.grace_period,
        risk_window=parameters.risk_window,
        grace_period_by_drug=dict(parameters.grace_period_by_drug),
        risk_window_by_drug=dict(parameters.risk_window_by_drug),
    )


def _whole(row: Row) -> Row:
    """A duration in days is a real number in the study tables; here it is whole."""
    return {k: int(v) if k == "duration_days" and v is not None else v for k, v in row.items()}


def _in_ng(row: Row) -> Row:
    """Doses in ng instead of mg, whole but for the mean."""
    ng = {k.removeprefix("dose_"): v for k, v in row.items()}
    for column in ("first", "last", "max", "cumulative"):
        if ng[column] is not None:
            ng[column] = round(float(str(ng[column])) * NG_PER_MG)
    if ng["mean"] is not None:
        # In mg the mean has been rounded once more; what it was rounded from is the same number.
        exact = int(str(ng["cumulative"])) / int(str(ng["supplied_days"]))
        assert math.isclose(float(str(ng["mean"])) * NG_PER_MG, exact, rel_tol=1e-14)
        ng["mean"] = exact
    return ng
