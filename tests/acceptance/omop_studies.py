"""The invented patients as long tables and as a CDM, and one study of each."""

import csv
from collections.abc import Mapping
from pathlib import Path

from cotreat.synthetic import (
    LONG,
    read_synthetic_concepts,
    read_synthetic_cutoff,
    read_synthetic_reasons,
    write_synthetic_tables,
)

N_PATIENTS, SEED = 400, 3

# What both studies say.
COMMON = """
[values.end_reason]
{ended}
[values.reason_started]
{started}
[roles]
anchor = {{ classes = ["jak_inhibitor"] }}
partner = {{ drugs = ["dupilumab"], classes = ["conventional_immunomodulator", "systemic_corticosteroid"] }}
concomitant = {{ drugs = ["omalizumab"] }}
[response]
criteria = ["salt_le_20", "easi75"]
weeks = [12, 24]
{engine}
"""
STUDY = '[study]\nname = "Invented"\nkind = "case_series"\ncutoff = {cutoff}\n'

# A CDM has no place for these; every other number is the same, byte for byte.
_JUDGED, _BLAMED = "a judged response", "which drug was blamed"
LEFT_OUT: Mapping[str, str] = {
    "response": _JUDGED,
    "response_between_regimens": _JUDGED,
    "response_held_without_partner": _JUDGED,
    "partner_withdrawn_in_response": _JUDGED,
    "monotherapy_response": _JUDGED,
    "reason_started": "why a drug was started",
    "prior_therapy": "what was taken before the records begin",
    "adverse_event_attribution": _BLAMED,
    "attribution": _BLAMED,
    "causality_timing": _BLAMED,
    "causality_dechallenge": _BLAMED,
    "causality_rechallenge": _BLAMED,
}
# Classes of events that ask how severe or serious one was, which a CDM has no place for either.
_ASKS_HOW_SEVERE = ("severity=", "seriousness=", "aesi=serious_infection")


def compute_common(engine: str = "") -> tuple[str, str]:
    """The parts of both protocols before and behind [source]."""
    started, ended = (
        "\n".join(f'{level} = ["{words}"]' for level, words in reasons.items())
        for reasons in read_synthetic_reasons()
    )
    return (
        STUDY.format(cutoff=read_synthetic_cutoff()),
        COMMON.format(started=started, ended=ended, engine=engine),
    )


def write_long_study(folder: Path, n_patients: int = N_PATIENTS) -> Path:
    """Long tables, in which a patient without another condition has the row `none`, as a CDM means it."""
    write_synthetic_tables(
        folder / "data", n_patients=n_patients, seed=SEED, format="csv", tables=tuple(LONG)
    )
    _add_none(folder / "data")
    files = "".join(f'[source.{name}]\nfile = "{name}.csv"\n' for name in LONG)
    head, rest = compute_common()
    path = folder / "study.toml"
    path.write_text(f'{head}[source]\nreader = "tables"\nfolder = "data"\n{files}{rest}', encoding="utf-8")
    return path


def _add_none(data: Path) -> None:
    with (data / "patients.csv").open(encoding="utf-8", newline="") as file:
        patients = [row["patient_id"] for row in csv.DictReader(file)]
    with (data / "conditions.csv").open(encoding="utf-8", newline="") as file:
        with_one = {row["patient_id"] for row in csv.DictReader(file)}
    with (data / "conditions.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{patient},none,,comorbidity\n" for patient in patients if patient not in with_one)


def write_omop_protocol(folder: Path, place: str, engine: str = "") -> Path:
    """A protocol for the CDM at a place; every invented term is named by its concept."""
    concepts = read_synthetic_concepts()
    sets = [
        *(("conditions", term, n, 'kind = "disease"') for term, n in concepts["disease"].items()),
        *(("conditions", term, n, "") for term, n in concepts["condition"].items()),
        *(("adverse_events", term, n, "") for term, n in concepts["adverse_event"].items()),
        *(("laboratory", term, n, "") for term, n in concepts["laboratory"].items()),
        *(("assessments", term, n, "") for term, n in concepts["instrument"].items()),
    ]
    tables = "".join(f"[source.{what}.{term}]\nconcepts = [{n}]\n{more}\n" for what, term, n, more in sets)
    head, rest = compute_common(engine)
    path = folder / "study.toml"
    source = f'[source]\nreader = "omop"\n{place}\nno_end = "ongoing"\nevent_gap = 0\n{tables}'
    path.write_text(f"{head}{source}{rest}", encoding="utf-8")
    return path


def compute_comparable_lines(results: Path) -> list[bytes]:
    """The lines of results.csv that a CDM can carry too, as they stand in the file."""
    with results.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = results.read_bytes().splitlines()
    assert len(lines) == len(rows) + 1
    return [
        line
        for line, row in zip(lines[1:], rows, strict=True)
        if row["measure"] not in LEFT_OUT
        and not any(f"{name}=" in row["group"] for name in LEFT_OUT)
        and not any(asked in row["group"] for asked in _ASKS_HOW_SEVERE)
        and row["level"] != "serious_infection"
    ]
