"""What each long table holds: its fields, their standard headings, and how each is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

FieldKind = Literal["patient", "start", "end", "exact", "term", "number", "text", "flag", "dose"]


@dataclass(frozen=True, slots=True)
class LongField:
    """One column of a long table.

    Attributes
    ----------
    name
        Field of the protocol.
    kind
        patient: the patient's identifier; start, end, exact: a date, of which a partial
        one becomes the first day, the last day, or no day; term: a word of a vocabulary;
        number; text; flag: yes or no; dose: free text.
    heading
        Standard heading, used when the protocol maps none.
    column
        Column of the study table that it fills; empty when it fills none directly.
    words
        Vocabulary of a term: drug, disease, adverse_event, ... ; a closed one leaves an
        unknown word unknown, an open one keeps it as written.
    is_required
        Whether a row without it cannot be used.
    """

    name: str
    kind: FieldKind
    heading: str
    column: str = ""
    words: str = ""
    is_required: bool = False


_PATIENT = LongField("patient", "patient", "patient_id", is_required=True)

LONG_TABLES: Mapping[str, tuple[LongField, ...]] = MappingProxyType(
    {
        "patients": (
            _PATIENT,
            LongField("sex", "term", "sex", "sex", "sex"),
            LongField("birth_date", "exact", "birth_date", "birth_day"),
            LongField("age_years", "number", "age_years", "age_years"),
            LongField("disease", "term", "disease", "disease", "disease"),
            LongField("observed_from", "start", "observed_from", "observed_from"),
            LongField("observed_to", "end", "observed_to", "observed_to"),
            LongField("death_date", "exact", "death_date", "death_day"),
        ),
        "exposures": (
            _PATIENT,
            LongField("drug", "term", "drug", "drug", "drug", is_required=True),
            LongField("start_date", "start", "start_date", "start_day", is_required=True),
            LongField("end_date", "end", "end_date", "end_day"),
            LongField("ongoing", "flag", "is_ongoing", "is_ongoing"),
            LongField("days_supply", "number", "days_supply"),
            LongField("quantity", "number", "quantity"),
            LongField("dose_text", "dose", "dose"),
            LongField("route", "term", "route", "route", "route"),
            LongField("reason_started", "term", "reason_started", "reason_started", "reason_started"),
            LongField("end_reason", "term", "end_reason", "end_reason", "end_reason"),
        ),
        "assessments": (
            _PATIENT,
            LongField("date", "exact", "date", "day", is_required=True),
            LongField("instrument", "text", "instrument", "instrument", is_required=True),
            LongField("value", "number", "value", "value"),
            LongField("response", "term", "response", "response", "response"),
        ),
        "laboratory": (
            _PATIENT,
            LongField("date", "exact", "date", "day", is_required=True),
            LongField("test", "text", "test", "test", is_required=True),
            LongField("value", "number", "value", "value"),
            LongField("unit", "text", "unit", "unit"),
            LongField("lln", "number", "lln", "lln"),
            LongField("uln", "number", "uln", "uln"),
        ),
        "adverse_events": (
            _PATIENT,
            LongField("term", "term", "term", "term", "adverse_event", is_required=True),
            LongField("onset_date", "exact", "onset_date", "onset_day"),
            LongField("end_date", "end", "end_date", "end_day"),
            LongField("severity", "term", "severity", words="severity"),
            LongField("serious", "flag", "serious", "is_serious"),
            LongField("outcome", "text", "outcome", "outcome"),
            LongField("suspects", "text", "suspects"),
        ),
        "conditions": (
            _PATIENT,
            LongField("term", "term", "term", "term", "comorbidity", is_required=True),
            LongField("start_date", "start", "start_date", "start_day"),
            LongField("kind", "text", "kind", "kind"),
        ),
    }
)
