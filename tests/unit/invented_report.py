"""An invented study for the tests of the report: cases, and estimates counted in the plainest way."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from statistics import fmean, median, stdev
from typing import Any

import pyarrow as pa

from cotreat.analysis.results import Estimate, Listing, Result
from cotreat.findings import Finding, Findings
from cotreat.protocol import Protocol
from cotreat.report.blocks import Blocks
from cotreat.report.content import ReportInput
from cotreat.report.document import build_report
from cotreat.study_tables.schema import SCHEMAS

_HEAD = [
    "case_id",
    "patient_id",
    "sex",
    "age_years",
    "disease",
    "anchor",
    "partner",
    "reason_started",
    "monotherapy_response",
    "response",
    "duration_months",
    "is_ongoing",
    "end_reason",
    "next_treatment",
    "adverse_events",
]
_ROWS = """
1  A01 female 31 alopecia_areata   baricitinib  methotrexate partial_response partial  complete 14 0 remission none none
2  A02 male   45 alopecia_areata   baricitinib  methotrexate partial_response partial  partial 9.5 0 adverse_event upadacitinib nausea(methotrexate)
3  A03 female 27 atopic_dermatitis upadacitinib dupilumab    no_response      none     complete 22 1 - - -
4  A04 female 52 atopic_dermatitis upadacitinib prednisone   loss_of_response complete complete 0.5 0 remission none none
5  A04 female 52 atopic_dermatitis upadacitinib ciclosporin  loss_of_response unassessable partial 6 0 ineffectiveness adalimumab hypertension(ciclosporin)
6  A05 male   60 vitiligo          ruxolitinib  prednisone   partial_response partial  none 3 0 ineffectiveness none herpes_zoster(ruxolitinib)
7  A06 male   38 alopecia_areata   baricitinib  methotrexate no_response      none     unassessable 2 0 patient_preference none none
8  A07 female 44 alopecia_areata   baricitinib  methotrexate partial_response partial  complete 31 1 - - none
9  A07 female 44 alopecia_areata   baricitinib  dutasteride  partial_response partial  complete 12 1 - - none
10 A08 -      -  alopecia_areata   baricitinib  methotrexate -                -        - - 0 - - -
11 A09 female 33 atopic_dermatitis upadacitinib dupilumab    no_response      none     partial 18 0 remission none acne(upadacitinib);nausea(dupilumab)
""".strip()  # noqa: E501 - a table reads as a table

GROUPS = (
    ("disease", "disease"),
    ("partner_drug", "partner"),
    ("regimen", "regimen"),
    ("reason_started", "reason_started"),
)


def cases() -> list[dict[str, Any]]:
    """The cases; None where nothing is recorded."""
    rows: list[dict[str, Any]] = []
    for line in _ROWS.splitlines():
        row: dict[str, Any] = {k: None if v == "-" else v for k, v in zip(_HEAD, line.split(), strict=True)}
        row["age_years"] = float(row["age_years"]) if row["age_years"] else None
        row["duration_months"] = float(row["duration_months"]) if row["duration_months"] else None
        row["is_ongoing"] = int(row["is_ongoing"])
        row["regimen"] = f"{row['anchor']} + {row['partner']}"
        events = row["adverse_events"]
        row["adverse_events"] = events.replace("(", " (").replace(";", "; ") if events else None
        rows.append(row)
    return rows


def share(
    measure: str,
    unit: str,
    hits: int,
    of: int,
    *,
    rule: str = "",
    group: str = "",
    level: str = "",
    missing: int = 0,
    censored: int | None = None,
    method: str = "Wilson, 95 %",
) -> Estimate:
    """A proportion with an interval that is invented but keeps its order."""
    p = hits / of if of else None
    return Estimate(
        measure,
        unit,
        rule,
        group,
        level,
        "proportion",
        p,
        None if p is None else max(0.0, p - 0.21),
        None if p is None else min(1.0, p + 0.19),
        method if of else "",
        hits if of else None,
        of,
        "1",
        of,
        missing,
        censored,
        "" if of else "nobody whose answer is known",
    )


def count(measure: str, unit: str, n: int, *, group: str = "", patients: int | None = None) -> Estimate:
    return Estimate(
        measure, unit, "", group, "", "count", float(n), numerator=n, unit=measure, n_patients=patients
    )


def _by_level(
    measure: str,
    unit: str,
    answers: Iterable[str | None],
    *,
    rule: str = "",
    group: str = "",
    levels: Sequence[str] = (),
    censored: int | None = None,
) -> list[Estimate]:
    found = list(answers)
    known = [a for a in found if a is not None]
    counts = Counter(known)
    return [
        share(
            measure,
            unit,
            counts[level],
            len(known),
            rule=rule,
            group=group,
            level=level,
            missing=len(found) - len(known),
            censored=censored,
        )
        for level in sorted({*counts, *levels})
    ]


def _numbers(
    measure: str,
    unit: str,
    values: Sequence[float | None],
    unit_text: str,
    *,
    rule: str = "",
    group: str = "",
    censored: int | None = None,
) -> list[Estimate]:
    known = sorted(v for v in values if v is not None)
    n = len(known)
    numbers = {
        "mean": fmean(known) if n else None,
        "sd": stdev(known) if n > 1 else None,
        "median": median(known) if n else None,
        "q1": known[n // 4] if n else None,
        "q3": known[(3 * n) // 4] if n else None,
        "min": known[0] if n else None,
        "max": known[-1] if n else None,
    }
    return [
        Estimate(
            measure,
            unit,
            rule,
            group,
            "",
            statistic,
            value,
            value * 0.8 if value is not None and statistic in ("mean", "median") else None,
            value * 1.2 if value is not None and statistic in ("mean", "median") else None,
            "patient bootstrap, percentile, 95 %"
            if value is not None and statistic in ("mean", "median")
            else "",
            None,
            n,
            unit_text,
            n,
            len(values) - n,
            censored,
            "" if value is not None else "no known value",
        )
        for statistic, value in numbers.items()
    ]


def _assessable(row: dict[str, Any], column: str) -> str | None:
    return None if row[column] == "unassessable" else row[column]


def _events(row: dict[str, Any]) -> bool | None:
    return None if row["adverse_events"] is None else row["adverse_events"] != "none"


def estimates(rows: list[dict[str, Any]]) -> list[Estimate]:
    """What the analysis makes of such a study, in the shapes that it gives."""
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(row["patient_id"], row)
    patients = list(first.values())
    found = [count("patients", "patient", len(patients), patients=len(patients))]
    found += [
        count(m, u, len(rows), patients=len(patients)) for m, u in (("pairs", "pair"), ("courses", "course"))
    ]
    found += _by_level(
        "sex", "patient", [p["sex"] for p in patients], rule="first", levels=("female", "male")
    )
    found += _by_level("disease", "patient", [p["disease"] for p in patients], rule="first")
    found += [
        share("comorbidity", "patient", 5, 8, rule="any", level="none", missing=1),
        share("comorbidity", "patient", 2, 8, rule="any", level="asthma", missing=1),
        share("comorbidity", "patient", 1, 8, rule="any", level="crohn_disease", missing=1),
        share("prior_therapy", "patient", 7, 9, rule="any", level="oral_corticosteroid"),
        share("prior_therapy", "patient", 3, 9, rule="any", level="ciclosporin"),
    ]
    found += _numbers("age_years", "patient", [p["age_years"] for p in patients], "years", rule="first")
    found += _by_level("anchor_drug", "pair", [r["anchor"] for r in rows])
    found += _by_level("partner_drug", "pair", [r["partner"] for r in rows])
    found += _by_level("regimen", "pair", [r["regimen"] for r in rows])
    found += _by_level("reason_started", "pair", [r["reason_started"] for r in rows])
    found += _by_level("monotherapy_response", "pair", [_assessable(r, "monotherapy_response") for r in rows])
    found += _numbers(
        "anchor_dose_mg_day", "pair", [4.0, 4.0, 4.0, 2.0], "mg/day", group="anchor_drug=baricitinib"
    )
    found += _numbers(
        "partner_dose_mg_week", "pair", [15.0, 15.0, 10.0, None], "mg/week", group="partner_drug=methotrexate"
    )
    found += [
        share("ongoing", "pair", sum(r["is_ongoing"] for r in rows), len(rows)),
        share("ongoing", "patient", 2, len(patients), rule="any"),
    ]
    ended = [r["end_reason"] for r in rows if not r["is_ongoing"]]
    ongoing = len(rows) - len(ended)
    found += _by_level("end_reason", "pair", ended, censored=ongoing)
    found += _by_level(
        "next_treatment", "pair", [r["next_treatment"] for r in rows if not r["is_ongoing"]], censored=ongoing
    )
    for group, members in _grouped(rows):
        found += _group_estimates(group, members)
    failure = ["none" if r["response"] == "unassessable" else r["response"] for r in rows]
    found += _by_level("response", "pair", failure, rule="unassessable_as_failure")
    found += _by_level("response", "patient", [_assessable(p, "response") for p in patients], rule="first")
    found += _safety()
    return found


def _grouped(rows: list[dict[str, Any]]) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    yield "", rows
    for variable, column in GROUPS:
        for level in sorted({r[column] or "unknown" for r in rows}):
            yield f"{variable}={level}", [r for r in rows if (r[column] or "unknown") == level]


def _group_estimates(group: str, rows: list[dict[str, Any]]) -> list[Estimate]:
    levels = ("complete", "none", "partial")
    found = _by_level(
        "response", "pair", [_assessable(r, "response") for r in rows], group=group, levels=levels
    )
    months = [r["duration_months"] for r in rows]
    found += _numbers(
        "combination_duration_months",
        "pair",
        months,
        "months",
        group=group,
        censored=sum(r["is_ongoing"] for r in rows),
    )
    pairs = [_events(r) for r in rows]
    known = [e for e in pairs if e is not None]
    found.append(
        share(
            "pairs_with_adverse_event",
            "pair",
            sum(known),
            len(known),
            group=group,
            missing=len(pairs) - len(known),
        )
    )
    by_patient: dict[str, list[bool | None]] = {}
    for row in rows:
        by_patient.setdefault(row["patient_id"], []).append(_events(row))
    any_ = [True if True in e else None if None in e else False for e in by_patient.values()]
    known = [e for e in any_ if e is not None]
    found.append(
        share(
            "patients_with_adverse_event",
            "patient",
            sum(known),
            len(known),
            rule="any",
            group=group,
            missing=len(any_) - len(known),
        )
    )
    events = sum(len(r["adverse_events"].split(";")) for r in rows if _events(r))
    found.append(count("adverse_events", "event", events, group=group, patients=sum(known)))
    return found


def _safety() -> list[Estimate]:
    terms = (("nausea", 2), ("acne", 1), ("herpes_zoster", 1), ("hypertension", 1))
    drugs = (
        ("ciclosporin", 1),
        ("dupilumab", 1),
        ("methotrexate", 1),
        ("ruxolitinib", 1),
        ("upadacitinib", 1),
    )
    found = [share("adverse_event_term", "event", n, 5, level=term) for term, n in terms]
    found += [
        share("adverse_event_term", "patient", n, 7, rule="any", level=term, missing=2) for term, n in terms
    ]
    found += [share("adverse_event_attribution", "event", n, 5, level=drug) for drug, n in drugs]
    found += [
        share("adverse_event_attribution", "patient", n, 7, rule="any", level=drug, missing=2)
        for drug, n in drugs
    ]
    found.append(share("aesi", "patient", 1, 7, rule="any", level="herpes_zoster", missing=2))
    for level in ("serious_infection", "venous_thromboembolism", "mace"):
        both = share(
            "aesi",
            "patient",
            0,
            7,
            rule="any",
            level=level,
            missing=2,
            method="Clopper-Pearson, two-sided 95 %",
        )
        found += [both, one_sided(both)]
    return found


def one_sided(e: Estimate) -> Estimate:
    """The one-sided bound beside a zero."""
    return Estimate(
        e.measure,
        e.unit_of_analysis,
        e.rule,
        e.group,
        e.level,
        e.statistic,
        e.estimate,
        None,
        0.348,
        "Clopper-Pearson, one-sided 95 %",
        e.numerator,
        e.denominator,
        "1",
        e.n_patients,
        e.n_missing,
    )


def listings(rows: list[dict[str, Any]]) -> dict[str, Listing]:
    """The listings of the cases, in the columns that the analysis gives."""
    lanes = {p: i for i, p in enumerate(dict.fromkeys(r["patient_id"] for r in rows), start=1)}
    case_rows = [
        r
        | {
            "comorbidities": "none" if i % 2 else "asthma; crohn_disease",
            "prior_therapies": "oral_corticosteroid; ciclosporin" if i % 3 else None,
            "anchor_dose": f"{r['anchor'].capitalize()} 4 mg/day",
            "partner_dose": "15 mg/week (orally)",
        }
        for i, r in enumerate(rows)
    ]
    swimmer = [
        {
            "lane": lanes[r["patient_id"]],
            "course": i,
            "has_dates": 0,
            "start_months": 0.0,
            "adverse_events": "; ".join(e.split(" (")[0] for e in r["adverse_events"].split("; "))
            if r["adverse_events"]
            else None,
        }
        | {
            k: r[k]
            for k in (
                "patient_id",
                "disease",
                "case_id",
                "anchor",
                "partner",
                "duration_months",
                "is_ongoing",
                "response",
                "end_reason",
            )
        }
        for i, r in enumerate(rows, start=1)
    ]
    return {
        "cases": Listing("cases", pa.Table.from_pylist(case_rows)),
        "swimmer": Listing("swimmer", pa.Table.from_pylist(swimmer)),
    }


PROTOCOL: dict[str, Any] = {
    "study": {"name": "JAK inhibitors with a second drug", "citation": "invented"},
    "source": {
        "reader": "case_table",
        "file": "cases.csv",
        "columns": {"patient": "p", "anchor": "a", "partner": "b", "duration": "d"},
    },
    "roles": {"anchor": {"classes": ["jak_inhibitor"]}, "partner": {"drugs": ["methotrexate", "dupilumab"]}},
    "definitions": {"response": "Physician's judgement as recorded."},
}


def protocol(**changed: Any) -> Protocol:
    """The protocol; `source` and `roles` replace these parts, anything else goes to the study."""
    parts = {name: changed.pop(name) for name in ("source", "roles") if name in changed}
    study = {**PROTOCOL["study"], **changed}
    return Protocol.model_validate_json(json.dumps(PROTOCOL | {"study": study} | parts))


def report_input(
    rows: list[dict[str, Any]] | None = None,
    *,
    results: Iterable[Estimate] | None = None,
    findings: Iterable[Finding] = (),
    with_listings: bool = True,
    cutoff: date | None = None,
    **changed: Any,
) -> ReportInput:
    """The invented study as input of a report; anything in it can be replaced."""
    given = cases() if rows is None else rows
    sources = [
        {
            "source_id": 1,
            "file": "cases.csv",
            "sheet": "",
            "sha256": "0" * 64,
            "about": "UTF-8, comma",
            "rows_read": len(given),
            "rows_used": len(given),
            "rows_left_out": 0,
        }
    ]
    attrition = [
        {"step": 1, "table": "declared_pairs", "reason": "read", "rows": len(given), "patients": None},
        {"step": 2, "table": "declared_pairs", "reason": "used", "rows": len(given), "patients": 9},
    ]
    return ReportInput(
        results=Result.of(estimates(given) if results is None else results),
        listings=listings(given) if with_listings else {},
        protocol=protocol(**changed),
        findings=Findings.of(findings),
        sources=pa.Table.from_pylist(sources, schema=SCHEMAS["sources"].arrow),
        attrition=pa.Table.from_pylist(attrition, schema=SCHEMAS["attrition"].arrow),
        cutoff=cutoff,
        version="0.0.0",
    )


HOSTILE = "<script>alert(1)</script> & \"q\" 'a' $x_1$ =1+1 \x00\x1b\u202e ]]> {{ 7*7 }}"


def hostile_input() -> ReportInput:
    """The invented study with a text that wants to be code in every place that takes free text."""
    rows = cases()
    for row in rows:
        row |= {"case_id": HOSTILE, "patient_id": f"{HOSTILE}{row['patient_id']}", "disease": HOSTILE}
        row |= {"partner": HOSTILE, "regimen": f"{row['anchor']} + {HOSTILE}", "reason_started": HOSTILE}
        row |= {"end_reason": HOSTILE, "response": row["response"]}
    finding = Finding("warning", "unknown_drug", HOSTILE, HOSTILE, 3, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    return report_input(rows, findings=[finding], name=HOSTILE, citation=HOSTILE)


@cache
def report() -> Blocks:
    """The report of the invented study, made once."""
    return build_report(report_input(findings=[Finding("info", "unused_column", "cases.csv")]))


@cache
def hostile_report() -> Blocks:
    """The report of the study full of hostile texts, made once."""
    return build_report(hostile_input())
