"""Studies of hardly anybody: they run without a warning and say what cannot be estimated."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from cotreat.analysis.results import Estimate
from cotreat.report.content import EstimateIndex
from cotreat.report.narrative_effectiveness import build_effectiveness_text
from cotreat.study import run_study

PROTOCOL = """
[study]
name = "Invented"
cutoff = 2024-12-31
[source]
reader = "tables"
[source.exposures]
file = "exposures.csv"
no_end = "ongoing"
[source.assessments]
file = "assessments.csv"
[response]
criteria = ["pasi90"]
weeks = [16]
[analysis]
p_values = true
[roles]
anchor = { drugs = ["adalimumab"] }
partner = { drugs = ["methotrexate", "acitretin"] }
"""
ONE = ("2020-01-01", "2020-12-31", "2020-03-01", "2020-08-31")
ONGOING = ("2020-01-01", "", "2020-03-01", "")
FIRST_DAY = ("2020-01-01", "2020-12-31", "2020-03-01", "2020-03-01")


def numbers(folder: Path, patients: Sequence[tuple[str, str, str, str]]) -> EstimateIndex:
    """The results of a study in which every patient took these drugs: anchor from, to, partner from, to."""
    exposures = ["patient_id,drug,start_date,end_date"]
    assessments = ["patient_id,date,instrument,value,response"]
    for key, (anchor_from, anchor_to, partner_from, partner_to) in enumerate(patients, start=1):
        exposures.append(f"{key},adalimumab,{anchor_from},{anchor_to}")
        partner = "methotrexate" if key % 2 else "acitretin"
        exposures.append(f"{key},{partner},{partner_from},{partner_to}")
        assessments += [f"{key},2020-02-15,pasi,12,partial", f"{key},2020-07-01,pasi,1,complete"]
    if not patients:
        exposures.append("1,adalimumab,2020-01-01,2020-12-31")
        assessments.append("1,2020-02-15,pasi,12,partial")
    (folder / "exposures.csv").write_text("\n".join([*exposures, ""]), encoding="utf-8")
    (folder / "assessments.csv").write_text("\n".join([*assessments, ""]), encoding="utf-8")
    (folder / "study.toml").write_text(PROTOCOL, encoding="utf-8")
    return EstimateIndex(run_study(folder / "study.toml").results)


def one(index: EstimateIndex, measure: str, unit: str, statistic: str, **key: str) -> Estimate:
    found = index.find(measure, unit, statistic, **key)
    assert found is not None, (measure, statistic, key)
    return found


def test_without_a_combination_there_is_nothing_to_follow(tmp_path: Path) -> None:
    index = numbers(tmp_path, [])
    assert one(index, "pairs", "pair", "count").estimate == 0
    assert "drug_survival" not in index.measures
    nobody = one(
        index,
        "time_to_next_treatment",
        "patient",
        "incidence_at",
        rule="first",
        group="month=1",
        level="restart",
    )
    assert (nobody.estimate, nobody.denominator, nobody.note) == (None, 0, "nobody was followed so long")
    assert build_effectiveness_text(index) == ()


def test_one_patient_has_a_curve_and_no_interval_around_it(tmp_path: Path) -> None:
    index = numbers(tmp_path, [ONE])
    median = one(index, "drug_survival", "course", "median", rule="from_min_overlap")
    assert (median.estimate, median.n_patients) == (pytest.approx(184 / 30.4375), 1)
    assert (median.ci_lower, median.note) == (None, "one patient: no interval")
    assert "hazard_ratio" not in index.measures
    assert "response_between_regimens" not in index.measures


def test_two_patients_with_ties_everywhere(tmp_path: Path) -> None:
    index = numbers(tmp_path, [ONE] * 2)
    at = one(index, "drug_survival", "course", "survival_at", rule="from_min_overlap", level="6")
    assert (at.estimate, at.denominator) == (1.0, 2)
    after = one(index, "drug_survival", "course", "survival_at", rule="from_min_overlap", level="12")
    assert after.estimate == 0.0
    (ratio,) = [e for e in index.of_measure("hazard_ratio") if e.group.startswith("regimen=")][:1]
    assert ratio.estimate == pytest.approx(1.0)


def test_all_censored(tmp_path: Path) -> None:
    index = numbers(tmp_path, [ONGOING] * 12)
    median = one(index, "drug_survival", "course", "median", rule="from_min_overlap")
    assert (median.estimate, median.numerator) == (None, 0)
    assert median.note == "S stays above one half"
    assert not index.of_measure("hazard_ratio")
    assert "was not reached (0 of 12 courses had ended" in " ".join(build_effectiveness_text(index))


def test_all_ended_on_their_first_day(tmp_path: Path) -> None:
    index = numbers(tmp_path, [FIRST_DAY] * 12)
    at = one(index, "drug_survival", "course", "survival_at", rule="every_kind", level="6")
    assert (at.estimate, at.numerator, at.denominator) == (0.0, 12, 12)
    assert not index.levels("drug_survival", "course", "from_min_overlap", "", "survival_at")
