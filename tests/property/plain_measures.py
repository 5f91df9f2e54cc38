"""Every measure of a case table, counted with lists and loops from the definitions of the method.

Nothing here comes from the package's SQL: a study is a list of cases, a unit is a list
of cases, and a level is true, false or unknown of a unit.
"""

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FAILURE = "unassessable_as_failure"

# Levels of an event of special interest, the terms that make it up, and whether only a serious one counts.
AESI = {
    "herpes_simplex": {"oral_herpes": False, "herpes_simplex": False},
    "serious_infection": {"pneumonia": True, "oral_herpes": True},
    "mace": {"stroke": False},
}

# Terms of which it is known whether they are one; any other may be any.
KNOWN_TERMS = frozenset({"nausea", *(term for terms in AESI.values() for term in terms)})
# Risks of a patient, and the condition that shows each.
RISKS = {"cardiovascular": "hypertension", "lungs": "asthma"}


@dataclass(frozen=True)
class Event:
    """One recorded adverse event; None: not known."""

    term: str | None
    suspects: tuple[str, ...] = ()
    serious: int | None = None


@dataclass(frozen=True)
class Person:
    """What is known of one patient; no comorbidities at all: nothing is recorded."""

    sex: str | None = None
    disease: str | None = None
    comorbidities: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Case:
    """One row of a case table; None: not known. No two cases of a study have the same number."""

    patient: str
    number: int = 0
    anchor: str = "baricitinib"
    partner: str = "methotrexate"
    course: str | None = None
    age: float | None = None
    anchor_dose: float | None = None
    partner_dose: float | None = None
    reason_started: str | None = None
    monotherapy_response: str | None = None
    response: str | None = None
    start: int | None = None
    months: float | None = None
    is_ongoing: int | None = 0
    end_reasons: tuple[str, ...] = ()
    end: str | None = None
    next_treatment: str | None = None
    prior: tuple[str | None, ...] = ()
    events: tuple[Event, ...] = ()
    events_unknown: bool = False

    @property
    def regimen(self) -> str:
        return f"{self.anchor} + {self.partner}"

    @property
    def days(self) -> float | None:
        return None if self.months is None else self.months * 30.4375


@dataclass(frozen=True)
class Study:
    """Patients by identifier, and cases in the order of the rows."""

    people: Mapping[str, Person]
    cases: tuple[Case, ...]

    def course_of(self, case: Case) -> object:
        """Cases of one patient that name the same course share it; a case that names none is alone."""
        return (case.patient, case.course) if case.course is not None else ("alone", case.number)


@dataclass(frozen=True)
class Answer:
    """What is known of a case or unit: levels that it has, that it may have, and whether all are open."""

    has: frozenset[str] = frozenset()
    may_have: frozenset[str] = frozenset()
    is_open: bool = False

    def status(self, level: str) -> bool | None:
        if level in self.has:
            return True
        return None if self.is_open or level in self.may_have else False


UNKNOWN = Answer(is_open=True)


def one(level: str | None) -> Answer:
    return UNKNOWN if level is None else Answer(frozenset([level]))


def several(levels: Iterable[str | None]) -> Answer:
    """A list; a None in it, or no entry at all, says that there may be more."""
    found = list(levels)
    return Answer(frozenset(v for v in found if v is not None), is_open=not found or None in found)


def judged(level: str | None) -> Answer:
    """Who could not be assessed is neither a responder nor a non-responder."""
    if level == "unassessable":
        return Answer(frozenset([level]), may_have=frozenset(["complete", "partial", "none"]))
    return one(level)


def judged_strictly(level: str | None) -> Answer:
    return one("none" if level == "unassessable" else level)


def ended_because(case: Case) -> Answer | None:
    """Does not apply while the case goes on."""
    if case.is_ongoing == 1:
        return None
    return Answer(frozenset(case.end_reasons)) if case.end_reasons else UNKNOWN


def partner_withdrawn(case: Case) -> Answer | None:
    """Asked of a case that is known to have ended, in complete response."""
    if case.is_ongoing != 0 or case.response != "complete":
        return None
    stopped = {"partner_stopped": 1, "anchor_stopped": 0, "both_stopped": 0}
    return yes_no(stopped.get(case.end or ""))


def followed_by(case: Case) -> Answer | None:
    return None if case.next_treatment == "not_observed" else one(case.next_treatment)


def yes_no(flag: int | None) -> Answer:
    return one(None if flag is None else "yes" if flag else "no")


def had_event(case: Case) -> Answer:
    if case.events:
        return Answer(frozenset(["yes"]), is_open=case.events_unknown)
    return UNKNOWN if case.events_unknown else one("no")


def term_of(event: Event) -> Answer:
    return one(event.term)


def blamed_of(event: Event) -> Answer:
    """Suspects; an event without one is attributed to nobody knows whom."""
    return Answer(frozenset(event.suspects), is_open=not event.suspects)


def interest_of(event: Event) -> Answer:
    if event.term not in KNOWN_TERMS:
        possible = (level for level, terms in AESI.items() if event.serious != 0 or not all(terms.values()))
        return Answer(frozenset(), frozenset(possible))
    has: set[str] = set()
    may_have: set[str] = set()
    for level, terms in AESI.items():
        if event.term in terms:
            needs_serious = terms[event.term]
            if not needs_serious or event.serious == 1:
                has.add(level)
            elif event.serious is None:
                may_have.add(level)
    return Answer(frozenset(has), frozenset(may_have))


def risks_of(person: Person, age: float | None) -> Answer:
    """Risks that a patient has or may have; `any` of them too."""
    known: dict[str, bool | None] = {"age_65": None if age is None else age >= 65}
    recorded = person.comorbidities
    for flag, term in RISKS.items():
        known[flag] = True if term in recorded else None if None in recorded or not recorded else False
    has = {flag for flag, yes in known.items() if yes}
    may_have = {flag for flag, yes in known.items() if yes is None}
    if has:
        return Answer(frozenset({*has, "any"}), frozenset(may_have))
    return Answer(frozenset(), frozenset({*may_have, "any"} if may_have else may_have))


def of_events(of_event: Callable[[Event], Answer]) -> Callable[[Case], Answer]:
    """Of a case: what its events say, open when events may be missing."""

    def of_case(case: Case) -> Answer:
        found = any_of([of_event(event) for event in case.events]) or Answer()
        return Answer(found.has, found.may_have, found.is_open or case.events_unknown)

    return of_case


def any_of(answers: Iterable[Answer | None]) -> Answer | None:
    """Yes when one says yes; no when all are known and none does; None when no answer applies."""
    found = [answer for answer in answers if answer is not None]
    if not found:
        return None
    return Answer(
        frozenset().union(*(a.has for a in found)),
        frozenset().union(*(a.may_have for a in found)),
        any(a.is_open for a in found),
    )


OF_EVENT: Mapping[str, Callable[[Event], Answer]] = {
    "adverse_event_term": term_of,
    "adverse_event_attribution": blamed_of,
    "aesi": interest_of,
}


def answer_of(study: Study, name: str, rule: str, case: Case) -> Answer | None:
    """What one case says about a category; None when the question does not apply to it."""
    person = study.people[case.patient]
    if name in ("monotherapy_response", "response"):
        level = case.monotherapy_response if name == "monotherapy_response" else case.response
        return (judged_strictly if rule.endswith(FAILURE) else judged)(level)
    if name in OF_EVENT:
        return of_events(OF_EVENT[name])(case)
    simple: Mapping[str, Callable[[], Answer | None]] = {
        "sex": lambda: one(person.sex),
        "disease": lambda: one(person.disease),
        "comorbidity": lambda: several(person.comorbidities),
        "prior_therapy": lambda: several(case.prior),
        "risk_flag": lambda: risks_of(person, case.age),
        "anchor_drug": lambda: one(case.anchor),
        "partner_drug": lambda: one(case.partner),
        "regimen": lambda: one(case.regimen),
        "drug_set": lambda: one(drugs_of_course(study, case)),
        "reason_started": lambda: one(case.reason_started),
        "end_reason": lambda: ended_because(case),
        "next_treatment": lambda: followed_by(case),
        "partner_withdrawn_in_response": lambda: partner_withdrawn(case),
        "ongoing": lambda: yes_no(case.is_ongoing),
        "short_course": lambda: yes_no(None if case.days is None else int(case.days < 28)),
        "patients_with_adverse_event": lambda: had_event(case),
        "pairs_with_adverse_event": lambda: had_event(case),
        "has_adverse_event": lambda: had_event(case),
    }
    return simple[name]()


def drugs_of_course(study: Study, case: Case) -> str:
    """The anchor of the longest case of its course, and the partners of all its cases by name."""
    cases = [other for other in study.cases if study.course_of(other) == study.course_of(case)]
    longest = max(cases, key=lambda one: (-1.0 if one.days is None else one.days, -one.number))
    return " + ".join([longest.anchor, *sorted({one.partner for one in cases})])


def best_of(study: Study, name: str, rule: str, cases: Sequence[Case]) -> Answer:
    """The best response; unknown as long as an unknown one could be better."""
    order = ["complete", None, "partial", "none", "unassessable"]
    levels = [c.monotherapy_response if name == "monotherapy_response" else c.response for c in cases]
    best = min(levels, key=order.index)
    return (judged_strictly if rule.endswith(FAILURE) else judged)(best)


def end_of_course(cases: Sequence[Case]) -> Answer | None:
    """Why a course ended: the reason of its longest pair; it has not ended while one of its pairs goes on."""
    if any(case.is_ongoing == 1 for case in cases):
        return None
    longest = max(cases, key=lambda case: (-1.0 if case.days is None else case.days, -case.number))
    return ended_because(longest)


def combined(study: Study, name: str, rule: str, cases: Sequence[Case]) -> Answer | None:
    """One answer of a unit from its cases, by the rule."""
    word = rule.removesuffix(FAILURE).removesuffix(", ")
    if word == "best":
        return best_of(study, name, rule, cases)
    if word == "longest":
        return end_of_course(cases)
    used = {"first": cases[:1], "last": cases[-1:]}.get(word, cases)
    return any_of([answer_of(study, name, rule, case) for case in used])


@dataclass
class Counted:
    """One level of a category: how many units have it, and how many could have been seen to."""

    numerator: int = 0
    denominator: int = 0
    n_missing: int = 0
    patients: dict[str, list[int]] = field(default_factory=dict)

    def add(self, patient: str, status: bool | None) -> None:
        if status is None:
            self.n_missing += 1
            return
        units = self.patients.setdefault(patient, [0, 0])
        units[0] += 1
        units[1] += status
        self.denominator += 1
        self.numerator += status


def units_of(study: Study, unit: str, cases: Sequence[Case]) -> list[list[Case]]:
    """The cases of each unit, those with a start by it, then the others in the order of the rows."""
    keys: Mapping[str, Callable[[Case], Any]] = {
        "pair": lambda case: case.number,
        "course": study.course_of,
        "patient": lambda case: case.patient,
    }
    found: dict[Any, list[Case]] = {}
    for case in sorted(cases, key=lambda c: (c.start is None, c.start or 0, c.number)):
        found.setdefault(keys[unit](case), []).append(case)
    return list(found.values())


def count_category(
    study: Study, name: str, unit: str, rule: str, cases: Sequence[Case], levels: Iterable[str]
) -> tuple[dict[str, Counted], int]:
    """Each level counted, and how many units the question does not apply to."""
    if unit == "event":
        answers = [(c.patient, OF_EVENT[name](e)) for c in cases for e in c.events]
        censored = 0
    else:
        units = units_of(study, unit, cases)
        combinations = [(own[0].patient, combined(study, name, rule, own)) for own in units]
        answers = [(patient, answer) for patient, answer in combinations if answer is not None]
        censored = len(units) - len(answers)
    seen = {level for _, answer in answers for level in (*answer.has, *answer.may_have)}
    counted: dict[str, Counted] = {}
    for level in sorted(seen | set(levels)):
        counted[level] = Counted()
        for patient, answer in answers:
            counted[level].add(patient, answer.status(level))
    return counted, censored


@dataclass
class Numbers:
    """The values of a number, with the patient of each, and what is not known or still going on."""

    values: list[tuple[str, float]] = field(default_factory=list)
    n_missing: int = 0
    n_censored: int = 0


def collect_numbers(study: Study, name: str, unit: str, cases: Sequence[Case]) -> Numbers:
    """One value per unit: the first of a patient; the longest of a course, unknown when one of its is."""
    found = Numbers()
    for own in units_of(study, unit, cases):
        if name == "combination_duration_months":
            value = None if any(c.months is None for c in own) else max(c.months or 0.0 for c in own)
        else:
            first = own[0]
            value = {
                "age_years": first.age,
                "anchor_dose_mg_day": first.anchor_dose,
                "partner_dose_mg_week": None
                if first.partner_dose is None
                else round(first.partner_dose * 7, 9),
            }[name]
        if value is None:
            found.n_missing += 1
            continue
        found.values.append((own[0].patient, value))
        if name == "combination_duration_months" and any(c.is_ongoing == 1 for c in own):
            found.n_censored += 1
    return found


def summarize(values: Sequence[float]) -> dict[str, float | None]:
    """Every statistic of a list of numbers."""
    ordered = sorted(values)
    if not ordered:
        return {}
    quartiles = statistics.quantiles(ordered, n=4, method="inclusive") if len(ordered) > 1 else ordered * 3
    return {
        "mean": statistics.fmean(ordered),
        "sd": statistics.stdev(ordered) if len(ordered) > 1 else None,
        "q1": quartiles[0],
        "median": quartiles[1],
        "q3": quartiles[2],
        "min": ordered[0],
        "max": ordered[-1],
        "sum": math.fsum(ordered),
    }


def known_levels(answer: Answer) -> frozenset[str]:
    """The levels under which a case is found; `none` when it is known to have no other."""
    is_known = not answer.is_open and not answer.may_have
    return answer.has or (frozenset(["none"]) if is_known else frozenset())


def select(
    study: Study, *, where: Mapping[str, str], short_courses: bool = True, ongoing: bool = True
) -> list[Case]:
    """The cases that are known to have every level, without those known to be short or to go on."""
    found: list[Case] = []
    for case in study.cases:
        answers = {name: answer_of(study, name, "", case) for name in where}
        if any(answer is None or where[name] not in known_levels(answer) for name, answer in answers.items()):
            continue
        if not short_courses and case.days is not None and case.days < 28:
            continue
        if not ongoing and case.is_ongoing == 1:
            continue
        found.append(case)
    return found


def split(study: Study, by: str, cases: Sequence[Case]) -> dict[str, list[Case]]:
    """Cases by level; `unknown` holds those of which no level is known. Others are in no group."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        answer = answer_of(study, by, "", case)
        if answer is None:
            continue
        for level in known_levels(answer) or {"unknown"}:
            groups.setdefault(level, []).append(case)
    return groups
