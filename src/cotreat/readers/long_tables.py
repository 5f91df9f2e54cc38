"""What each long table holds: its fields, their standard headings, and how each is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

FieldKind = Literal["patient", "start", "end", "exact", "term", "number", "text", "flag", "dose"]
DATE_KINDS: frozenset[FieldKind] = frozenset({"start", "end", "exact"})
WORD_KINDS: frozenset[FieldKind] = frozenset({"term", "flag", "dose"})


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
    about
        What a cell holds, for the page that lists the fields.
    column
        Column of the study table that it fills; empty when it fills none directly.
    words
        Vocabulary of a term: drug, disease, adverse_event, ... ; a closed one leaves an
        unknown word unknown, an open one keeps it as written.
    is_required
        Whether a row without it cannot be used.
    alternative
        The field that may stand in its place where it is required.
    low, high
        Lowest and highest plausible number; None: any. What lies outside is unknown.
    """

    name: str
    kind: FieldKind
    heading: str
    about: str
    column: str = ""
    words: str = ""
    is_required: bool = False
    alternative: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def is_date(self) -> bool:
        """Whether it holds a date."""
        return self.kind in DATE_KINDS


_PATIENT = LongField("patient", "patient", "patient_id", "the patient's number or code", is_required=True)
_LONGEST_SUPPLY = 3660  # days, ten years

LONG_TABLES: Mapping[str, tuple[LongField, ...]] = MappingProxyType(
    {
        "patients": (
            _PATIENT,
            LongField("sex", "term", "sex", "female, male, other", "sex", "sex"),
            LongField("birth_date", "exact", "birth_date", "date of birth", "birth_day"),
            LongField(
                "age_years",
                "number",
                "age_years",
                "age where no birth is known",
                "age_years",
                low=0,
                high=120,
            ),
            LongField("disease", "term", "disease", "the disease that is treated", "disease", "disease"),
            LongField(
                "observed_from",
                "start",
                "observed_from",
                "first day on which anything could have been recorded",
                "observed_from",
            ),
            LongField(
                "observed_to",
                "end",
                "observed_to",
                "last day on which anything could have been recorded, such as the last visit",
                "observed_to",
            ),
            LongField("death_date", "exact", "death_date", "date of death", "death_day"),
        ),
        "exposures": (
            _PATIENT,
            LongField("drug", "term", "drug", "drug or brand", "drug", "drug", is_required=True),
            LongField("start_date", "start", "start_date", "first day", "start_day", is_required=True),
            LongField("end_date", "end", "end_date", "last day taken", "end_day"),
            LongField("ongoing", "flag", "is_ongoing", "yes while it is still taken", "is_ongoing"),
            LongField(
                "days_supply",
                "number",
                "days_supply",
                "days that the supply lasts",
                "supply_days",
                low=1,
                high=_LONGEST_SUPPLY,
            ),
            LongField(
                "quantity_mg", "number", "quantity_mg", "amount supplied, in mg in all", "supply_days", low=0
            ),
            LongField("dose_text", "dose", "dose", "`15 mg/week (orally)`", "dose_text"),
            LongField("route", "term", "route", "oral, subcutaneous, ...", "route", "route"),
            LongField(
                "reason_started",
                "term",
                "reason_started",
                "why it was started",
                "reason_started",
                "reason_started",
            ),
            LongField("end_reason", "term", "end_reason", "why it was stopped", "end_reason", "end_reason"),
        ),
        "assessments": (
            _PATIENT,
            LongField("date", "exact", "date", "day of the visit", "day", is_required=True),
            LongField(
                "instrument",
                "term",
                "instrument",
                "SALT, EASI, ...",
                "instrument",
                "instrument",
                is_required=True,
                alternative="response",
            ),
            LongField("value", "number", "value", "the score", "value"),
            LongField(
                "response",
                "term",
                "response",
                "a judgement: complete, partial, none, unassessable",
                "response",
                "response",
            ),
            LongField(
                "context",
                "term",
                "context",
                "what was judged, `monotherapy` or `combination`; empty: what the dates say",
                "context",
                "context",
            ),
        ),
        "laboratory": (
            _PATIENT,
            LongField("date", "exact", "date", "day of the sample", "day", is_required=True),
            LongField("test", "term", "test", "lymphocytes, ALT, ...", "test", "test", is_required=True),
            LongField("value", "number", "value", "the result", "value"),
            LongField("unit", "text", "unit", "its unit", "unit"),
            LongField("lln", "number", "lln", "lower limit of normal", "lln"),
            LongField("uln", "number", "uln", "upper limit of normal", "uln"),
        ),
        "adverse_events": (
            _PATIENT,
            LongField(
                "term",
                "term",
                "term",
                "one event; `none`: there was none",
                "term",
                "adverse_event",
                is_required=True,
            ),
            LongField("onset_date", "exact", "onset_date", "first day", "onset_day"),
            LongField("end_date", "end", "end_date", "last day", "end_day"),
            LongField(
                "severity",
                "term",
                "severity",
                "CTCAE grade 1 to 5, or mild to fatal",
                "severity_grade",
                "severity",
            ),
            LongField("serious", "flag", "serious", "yes or no", "is_serious"),
            LongField("outcome", "text", "outcome", "as recorded", "outcome"),
            LongField(
                "suspects", "text", "suspects", "blamed drugs, `methotrexate, adalimumab`, or `combination`"
            ),
            LongField(
                "event_id", "text", "event_id", "its number among the patient's, for judgements of cause"
            ),
        ),
        "conditions": (
            _PATIENT,
            LongField(
                "term",
                "term",
                "term",
                "one disease or risk factor; `none`: there is none",
                "term",
                "comorbidity",
                is_required=True,
            ),
            LongField("start_date", "start", "start_date", "since when", "start_day"),
            LongField(
                "kind", "term", "kind", "comorbidity, disease or risk_factor", "kind", "condition_kind"
            ),
        ),
        "prior_therapies": (
            _PATIENT,
            LongField(
                "therapy",
                "term",
                "therapy",
                "one earlier drug or other therapy; `none`: there was none",
                "drug",
                "therapy",
                is_required=True,
            ),
            LongField("failed", "flag", "failed", "yes where it did not help", "is_failed"),
        ),
        "causality_answers": (
            _PATIENT,
            LongField(
                "event_id", "text", "event_id", "number of the event, as in adverse_events", is_required=True
            ),
            LongField(
                "drug",
                "term",
                "drug",
                "the judged drug, or `combination`",
                "drug",
                "suspect",
                is_required=True,
            ),
            LongField("judge", "text", "judge", "who judged", "judge"),
            LongField(
                "method",
                "term",
                "method",
                "who_umc, naranjo or dips",
                "method",
                "causality_method",
                is_required=True,
            ),
            LongField(
                "item",
                "term",
                "item",
                "question of the method, `after_drug`",
                "item",
                "causality_item",
                is_required=True,
                alternative="category",
            ),
            LongField("answer", "term", "answer", "yes, no or unknown", "answer", "causality_answer"),
            LongField(
                "category",
                "term",
                "category",
                "what was judged without items, `probable`",
                "category",
                "causality_category",
            ),
        ),
    }
)
