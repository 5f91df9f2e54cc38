"""Rate ratios of a study: which time and which events are compared, and what is refused."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from long_table_study import write_study

from cotreat import Estimate, UsageError
from cotreat.analysis.estimates import estimate
from cotreat.study import OpenStudy, read_open_study

SOURCE = """[source.exposures]
file = "exposures.csv"
[source.adverse_events]
file = "events.csv"
[source.patients]
file = "patients.csv"
[source.conditions]
file = "conditions.csv"
"""


def tables(patients: int) -> dict[str, str]:
    """Each patient: 100 days on the anchor alone with one event, then 200 on both with four, or one."""
    exposures = ["patient_id,drug,start_date,end_date"]
    events = ["patient_id,term,onset_date,serious"]
    people = ["patient_id,sex,birth_date"]
    conditions = ["patient_id,term,kind,start_date"]
    for n in range(1, patients + 1):
        exposures += [f"{n},adalimumab,2023-01-01,2024-12-31", f"{n},methotrexate,2023-04-11,2024-12-31"]
        people.append(f"{n},{'female' if n % 2 else 'male'},{1950 + n}-06-01")
        events.append(f"{n},nausea,2023-{'02' if n % 2 else '04'}-05,no")
        events += [
            f"{n},rash,2023-{month:02d}-{n % 20 + 1:02d},yes" for month in (5, 6, 7, 8) if n % 3 or month == 5
        ]
        if n % 4 == 0:
            conditions.append(f"{n},hypertension,comorbidity,2020-01-01")
    # Nobody knows the day of the one, nor more than the month of the other: neither is in a ratio.
    events += ["1,vertigo,,no", "2,vertigo,2023-06,no"]
    named = {"exposures": exposures, "events": events, "patients": people, "conditions": conditions}
    return {f"{name}.csv": "\n".join([*lines, ""]) for name, lines in named.items()}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, OpenStudy]]:
    """The same records as a database and as a case series."""
    found: dict[str, OpenStudy] = {}
    managers = []
    for kind, more in (("database", '[safety]\ncovariates = ["hypertension"]\n'), ("case_series", "")):
        path = write_study(tmp_path_factory.mktemp(kind), tables(24), source=SOURCE)
        text = path.read_text(encoding="utf-8").replace("[study]", f'[study]\nkind = "{kind}"', 1)
        text = text.replace("2024-12-31", "2023-10-27", 1)
        path.write_text(f"{text}\n[episodes]\nwashout = 0\n{more}", encoding="utf-8")
        managers.append(read_open_study(path))
        found[kind] = managers[-1].__enter__()
    yield found
    for manager in managers:
        manager.__exit__(None, None, None)


def ask(study: OpenStudy, rule: str, by: str = "") -> dict[tuple[str, str], Estimate]:
    found = estimate(study.engine, study.tables, measure="rate_ratio", unit="event", rule=rule, by=by)
    return {(e.group, e.level): e for e in found}


ON_BOTH = ("state=combination", "against_anchor_only")


def test_the_crude_ratio_is_that_of_all_events_and_days(opened: dict[str, OpenStudy]) -> None:
    """24 events in 2,400 days; 16 patients with four and 8 with one in 4,800."""
    one = ask(opened["database"], "crude")[ON_BOTH]
    assert (one.numerator, one.denominator, one.n_patients) == (72, 96, 24)
    assert one.note.startswith("72 events in 4800 days against 24 in 2400; n_missing: events")
    assert one.n_missing == 2
    serious = ask(opened["database"], "crude", "seriousness")
    assert {e.n_missing for e in serious.values()} == {0}
    assert one.estimate == pytest.approx(1.5)
    assert one.ci_method == "exact mid-P, 95 %"


def test_within_patients_who_all_have_both_the_ratio_is_the_crude_one(opened: dict[str, OpenStudy]) -> None:
    one = ask(opened["database"], "within_patient")[ON_BOTH]
    assert one.estimate == pytest.approx(1.5)
    # The variance of the logarithm of a ratio of two counts whose sum is given: 1/72 + 1/24.
    assert (one.ci_lower, one.ci_upper) == (pytest.approx(0.945, abs=0.001), pytest.approx(2.381, abs=0.001))


@pytest.mark.parametrize("rule", ["cohort, gee", "cohort, random_effect"])
def test_a_cohort_is_adjusted_and_a_case_series_is_refused(opened: dict[str, OpenStudy], rule: str) -> None:
    one = ask(opened["database"], rule)[ON_BOTH]
    assert one.estimate
    assert one.ci_lower
    assert one.ci_upper
    assert one.ci_lower < one.estimate < one.ci_upper
    assert "adjusted; described, not an effect" in one.note
    (refused,) = ask(opened["case_series"], rule).values()
    assert refused.estimate is None
    assert "chosen for having had the combination" in refused.note


def test_a_covariate_of_the_protocol_changes_the_model(opened: dict[str, OpenStudy]) -> None:
    study = opened["database"]
    without = replace(study, tables=replace(study.tables, covariates=(), memo={}))
    assert ask(study, "cohort, gee")[ON_BOTH].ci_lower != ask(without, "cohort, gee")[ON_BOTH].ci_lower


def test_few_events_have_the_exact_ratio_only(opened: dict[str, OpenStudy]) -> None:
    """No serious event on the anchor alone: a lower bound and no estimate; no model."""
    key = ("seriousness=serious & state=combination", "against_anchor_only")
    exact = ask(opened["database"], "crude", "seriousness")[key]
    assert (exact.estimate, exact.ci_upper) == (None, None)
    assert exact.ci_lower
    assert exact.ci_lower > 1
    assert "fewer than 5 events" in ask(opened["database"], "within_patient", "seriousness")[key].note


def test_a_state_that_nobody_was_in_has_no_ratio(opened: dict[str, OpenStudy]) -> None:
    one = ask(opened["database"], "crude")["state=combination", "against_partner_only"]
    assert (one.estimate, one.ci_lower) == (None, None)
    assert one.note.endswith("no event, or nobody at risk")


def test_a_filter_is_refused(opened: dict[str, OpenStudy]) -> None:
    study = opened["database"]
    with pytest.raises(UsageError, match="compares the whole study's exposure states"):
        estimate(study.engine, study.tables, measure="rate_ratio", unit="event", where={"state": "none"})
