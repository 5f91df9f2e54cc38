"""One case of the definitions: three literals and a sentence."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from oracle.days import day_of, last_of_month, last_of_year
from oracle.records import Assessment, EventRow, Exposure, LabResult, Parameters, Patient
from spec.table import Value, parse_cells, parse_table, parse_value

ANCHORS = ("baricitinib", "upadacitinib")
PARTNERS = ("cyclosporin", "dupilumab", "methotrexate", "prednisone")
CONCOMITANT = ("cetirizine",)
CUTOFF = "2030-12-31"  # later than any case observes, unless the case says otherwise


class Study(Protocol):
    """What an engine is given: named patients and one set of parameters."""

    @property
    def name(self) -> str: ...
    @property
    def patients(self) -> tuple[Patient, ...]: ...
    @property
    def protocol(self) -> Parameters: ...


@dataclass(frozen=True)
class Case:
    """One literal case.

    Attributes
    ----------
    name
        Unique within its chapter.
    about
        One sentence: the rule that the case shows.
    exposures
        One row per exposure: drug, start_day, end_day, and if wanted patient, dose (mg
        per day), end_rule, reason_started and end_reason. A day may be partial (2023-05,
        2023); an end may be `ongoing`.
    assessments
        One row per visit: date, and if wanted patient, instrument, value, response, context.
    events
        One row per recorded adverse event: term, onset (may be partial or empty), and if
        wanted patient, end, severity_grade, is_serious.
    laboratory
        One row per laboratory result in the unit of its test: date, test, value, and if wanted
        patient, lln, uln.
    step
        What is built: a key of `spec.steps.STEP_COLUMNS`.
    expected
        The rows that come out; only the columns named here are compared.
    parameters
        Parameters that differ from the defaults, by their name in the protocol.
    observed_from, observed_to, death
        Days of every patient of the case.
    disease
        Of every patient of the case.
    gaps
        Engines that do not give this answer yet, each with the reason; a gap that has
        closed fails until it is taken out.
    """

    name: str
    about: str
    exposures: str
    step: str
    expected: str
    assessments: str = ""
    events: str = ""
    laboratory: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    observed_from: str | None = "2020-01-01"
    observed_to: str | None = "2024-12-31"
    death: str | None = None
    disease: str | None = None
    gaps: Mapping[str, str] = field(default_factory=dict)

    def within(self, place: str) -> "Case":
        """The case with its chapter in its name, which makes the name unique."""
        return replace(self, name=f"{place}: {self.name}")

    @property
    def patients(self) -> tuple[Patient, ...]:
        """The patients of the case, by name; a case without a patient column has one."""
        records = {name: tuple(map(_parse_exposure, rows)) for name, rows in _by_patient(self.exposures)}
        visits = {name: tuple(map(_parse_assessment, rows)) for name, rows in _by_patient(self.assessments)}
        events = {name: tuple(map(_parse_event, rows)) for name, rows in _by_patient(self.events)}
        results = {name: tuple(map(_parse_result, rows)) for name, rows in _by_patient(self.laboratory)}
        return tuple(
            Patient(
                name=name,
                exposures=exposures,
                assessments=visits.get(name, ()),
                disease=self.disease,
                events=events.get(name, ()),
                laboratory=results.get(name, ()),
                observed_from=_day_or_none(self.observed_from),
                observed_to=_day_or_none(self.observed_to),
                death_day=_day_or_none(self.death),
            )
            for name, exposures in sorted(records.items())
        )

    @property
    def protocol(self) -> Parameters:
        """Every parameter of the case, defaults included."""
        given: dict[str, Any] = {name: _frozen(value) for name, value in self.parameters.items()}
        given["cutoff"] = day_of(date.fromisoformat(str(given.get("cutoff", CUTOFF))))
        roles: dict[str, Any] = {"anchor": ANCHORS, "partner": PARTNERS, "concomitant": CONCOMITANT}
        return Parameters(**{**roles, **given})

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are compared."""
        return tuple(parse_cells(self.expected)[0])

    @property
    def expected_rows(self) -> list[dict[str, Value]]:
        """The rows that must come out."""
        return parse_table(self.expected)


@dataclass(frozen=True)
class PlainStudy:
    """Patients with one set of parameters, without text tables."""

    name: str
    patients: tuple[Patient, ...]
    protocol: Parameters


def by_parameters(cases: Sequence[Study]) -> dict[Parameters, list[Study]]:
    """Cases that share all their parameters, together."""
    groups: dict[Parameters, list[Study]] = {}
    for case in cases:
        groups.setdefault(case.protocol, []).append(case)
    return groups


def _by_patient(text: str) -> Iterable[tuple[str, list[dict[str, str]]]]:
    """The rows of a text table of each patient, as cells by heading."""
    heading, rows = parse_cells(text)
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        cells = dict(zip(heading, row, strict=True))
        found.setdefault(cells.pop("patient", "patient"), []).append(cells)
    return found.items()


def _parse_assessment(cells: dict[str, str]) -> Assessment:
    unknown = set(cells) - {"date", "instrument", "value", "response", "context"}
    if unknown:
        msg = f"no such column of an assessment: {sorted(unknown)}"
        raise ValueError(msg)
    return Assessment(
        day=day_of(date.fromisoformat(cells["date"])),
        instrument=cells.get("instrument") or None,
        value=float(cells["value"]) if cells.get("value") else None,
        response=cells.get("response") or None,
        context=cells.get("context") or None,
    )


def _parse_event(cells: dict[str, str]) -> EventRow:
    unknown = set(cells) - {"term", "onset", "end", "severity_grade", "is_serious"}
    if unknown:
        msg = f"no such column of an adverse event: {sorted(unknown)}"
        raise ValueError(msg)
    first, last, _ = read_partial_date(cells["onset"]) if cells["onset"] else (None, None, "day")
    grade, serious = (parse_value(c, cells.get(c, "")) for c in ("severity_grade", "is_serious"))
    return EventRow(
        term=cells["term"] or None,
        earliest_onset_day=first,
        latest_onset_day=last,
        end_day=read_partial_date(cells["end"])[1] if cells.get("end") else None,
        severity_grade=None if grade is None else int(grade),
        is_serious=None if serious is None else int(serious),
    )


def _parse_result(cells: dict[str, str]) -> LabResult:
    unknown = set(cells) - {"date", "test", "value", "lln", "uln"}
    if unknown:
        msg = f"no such column of a laboratory result: {sorted(unknown)}"
        raise ValueError(msg)
    value, lln, uln = (float(cells[c]) if cells.get(c) else None for c in ("value", "lln", "uln"))
    return LabResult(day_of(date.fromisoformat(cells["date"])), cells["test"], value, lln, uln)


def _parse_exposure(cells: dict[str, str]) -> Exposure:
    unknown = set(cells) - {
        "drug",
        "start_day",
        "end_day",
        "dose",
        "supply",
        "end_rule",
        "reason_started",
        "end_reason",
    }
    if unknown:
        msg = f"no such column of an exposure: {sorted(unknown)}"
        raise ValueError(msg)
    is_ongoing = cells["end_day"] == "ongoing"
    start_day, _, start_precision = read_partial_date(cells["start_day"])
    end_day, end_precision = None, "day"
    if cells["end_day"] and not is_ongoing:
        _, end_day, end_precision = read_partial_date(cells["end_day"])
    dose = parse_value("dose", cells.get("dose", ""))
    return Exposure(
        drug=cells["drug"],
        start_day=start_day,
        end_day=end_day,
        is_ongoing=is_ongoing,
        dose_ng_day=None if dose is None else int(dose),
        date_precision=max(start_precision, end_precision, key=("day", "month", "year").index),
        end_rule=cells.get("end_rule") or "recorded",
        supply_days=int(cells["supply"]) if cells.get("supply") else None,
        reason_started=cells.get("reason_started") or None,
        end_reason=cells.get("end_reason") or None,
    )


def read_partial_date(text: str) -> tuple[int, int, str]:
    """The first and last day that a date can mean, and its precision."""
    if re.fullmatch(r"\d{4}", text):
        first = day_of(date(int(text), 1, 1))
        return first, last_of_year(first), "year"
    if re.fullmatch(r"\d{4}-\d{2}", text):
        first = day_of(date.fromisoformat(f"{text}-01"))
        return first, last_of_month(first), "month"
    day = day_of(date.fromisoformat(text))
    return day, day, "day"


def _day_or_none(text: str | None) -> int | None:
    return None if text is None else day_of(date.fromisoformat(text))


def _frozen(value: object) -> object:
    if isinstance(value, Mapping):
        return tuple(sorted(value.items()))
    return tuple(value) if isinstance(value, list) else value
