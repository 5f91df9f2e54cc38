"""Writes docs/definitions.md from the literal cases of tests/spec.

    python docs/make_definitions.py

The cases are tests: every engine and the day-by-day reference are held to them, so what
the page says is what the software does.
"""

import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from cotreat.analysis.measures import MEASURES
from cotreat.protocol import Episodes, Safety
from spec.case import Case
from spec.chapters import CHAPTERS

INTRO = """
# Definitions

What every word about drugs over time means, case by case. This page is made from the literal cases that the
tests run on every database engine and on a day-by-day reference in plain Python
(`docs/make_definitions.py`); it is never written by hand. How the same records are counted elsewhere is in
[Other tools](other_tools.md).

## Time

Dates are calendar days, and an interval holds both of its ends: `days = end - start + 1`. A month has 30.4375
days and a year 365.25; durations are stored in days and shown in months. Nothing later than a patient's end
of observation counts: the earliest of the cut-off, death, and the end of what was recorded.

A duration that was only recorded ("20 months") is a real number of days, months x 30.4375, never rounded, and
makes no dates.

## Parameters

| parameter | in the protocol | default | meaning |
|---|---|---|---|
"""

MEANINGS = (
    ("grace_period", "episodes", "longest gap that does not end an era, in uncovered days"),
    ("min_overlap", "episodes", "common days from which a pair is a combination"),
    ("simultaneous_window", "episodes", "days within which two starts, or two stops, are one"),
    ("switch_window", "episodes", "days after an end in which a next treatment is looked for"),
    ("washout", "episodes", "observed days that an era needs before it for its start to be known"),
    ("counted_kinds", "episodes", "kinds of pairs that count as combinations; the others are shown beside"),
    ("risk_window", "safety", "days after an era in which its exposure still counts"),
)
WASHOUT = "0; 365 in a database"


SAFETY = """
## Safety: the numbers in results.csv

`group` has the exposure state, regimen, drug, disease or term that a number is about. Rates are per 100
patient-years; numerators of rates are events, denominators days. What is unknown is in neither, and in
`n_missing`.

| measure | unit | numerator | denominator | `n_missing` |
|---|---|---|---|---|
"""

SAFETY_MEASURES = (
    ("person_time", "patient", "days at risk", "patients with such a day", ""),
    (
        "adverse_event_proportion",
        "patient",
        "patients with at least one event that began, for certain, on these days",
        "patients with such days, of whom it is known whether they had one",
        "patients of whom it is not",
    ),
    (
        "adverse_event_first_rate",
        "patient",
        "first events that began on these days",
        "days at risk up to the first event in any state, its own day included",
        "patients left out because the day of their first event is not known",
    ),
    (
        "adverse_event_rate",
        "event",
        "events that began, for certain, on these days",
        "all days at risk",
        "events whose day or kind is not known well enough",
    ),
    (
        "rate_ratio",
        "event",
        "events of the state",
        "events of both states; the estimate is a ratio of rates",
        "events of any state that are in no ratio",
    ),
    (
        "aesi",
        "patient",
        "patients with an event of special interest on a combination",
        "patients of whom it is known; with `risk_flag`, those with the risk",
        "patients who may have had one",
    ),
    (
        "risk_flag",
        "patient",
        "patients with the risk on the first day of their first combination",
        "patients of whom it is known",
        "patients of whom it is not",
    ),
    (
        "laboratory_grade",
        "patient",
        "patients whose worst result on these days has the grade",
        "patients of whom it is known",
        "patients without a result, or whose results do not tell",
    ),
    (
        "laboratory_shift",
        "patient",
        "patients with this grade before treatment and this worst grade on these days",
        "patients of whom both are known",
        "patients of whom one is not",
    ),
    (
        "laboratory_value",
        "patient",
        "",
        "patients with a value in the months; the estimate is their median",
        "",
    ),
    (
        "attribution",
        "event",
        "events with the drug among their suspects, or as their only one",
        "all events, those without a suspect too",
        "",
    ),
    (
        "causality",
        "event",
        "events attributed to the drug that were judged so by the method",
        "events attributed to the drug that were judged by the method",
        "events attributed to it that were not",
    ),
    (
        "judge_agreement",
        "event",
        "pairs of event and drug of which both judges said the same",
        "pairs of event and drug that both judged; the estimate is kappa",
        "",
    ),
)


def safety_lines() -> list[str]:
    """The measures of safety, each of which the registry has."""
    units = {(m.name, unit) for m in MEASURES.values() for unit in {**m.rules, **m.dated_rules}}
    unknown = [name for name, unit, *_ in SAFETY_MEASURES if (name, unit) not in units]
    if unknown:
        msg = f"not in the registry: {', '.join(unknown)}"
        raise ValueError(msg)
    rows = [f"| `{name}` | {' | '.join(cells)} |" for name, *cells in SAFETY_MEASURES]
    return [SAFETY.strip(), *rows]


def parameter_rows() -> list[str]:
    """The parameters with the defaults that the protocol really has."""
    sections = {"episodes": Episodes(), "safety": Safety()}
    rows: list[str] = []
    for name, section, meaning in MEANINGS:
        value = getattr(sections[section], name)
        shown = (
            WASHOUT
            if name == "washout"
            else ", ".join(value)
            if isinstance(value, tuple)
            else f"{value} days"
        )
        rows.append(f"| `{name}` | `[{section}]` | {shown} | {meaning} |")
    return rows


def case_lines(case: Case) -> list[str]:
    """One case: its rule, what goes in, what comes out."""
    given = [f"{name} = {value}" for name, value in case.parameters.items()]
    days = {"observed from": case.observed_from, "until": case.observed_to, "death": case.death}
    usual = {"observed from": "2020-01-01", "until": "2024-12-31", "death": None}
    given += [f"{name} {day or 'unknown'}" for name, day in days.items() if day != usual[name]]
    return [
        f"### {case.name[0].upper()}{case.name[1:]}",
        "",
        case.about,
        "",
        *([f"With {', '.join(given)}:", ""] if given else []),
        "```text",
        textwrap.dedent(case.exposures).strip(),
        "",
        *([textwrap.dedent(case.assessments).strip(), ""] if case.assessments else []),
        *([textwrap.dedent(case.events).strip(), ""] if case.events else []),
        *([textwrap.dedent(case.laboratory).strip(), ""] if case.laboratory else []),
        f"-> {case.step}",
        textwrap.dedent(case.expected).strip() or "(nothing)",
        "```",
        "",
    ]


def definitions() -> str:
    """The whole page."""
    lines = [INTRO.strip(), *parameter_rows(), ""]
    for chapter in CHAPTERS:
        lines += [f"## {chapter.TITLE}", "", textwrap.dedent(chapter.__doc__ or "").strip(), ""]
        lines += [line for case in chapter.CASES for line in case_lines(case)]
    lines += safety_lines()
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    (ROOT / "docs" / "definitions.md").write_text(definitions(), encoding="utf-8")
