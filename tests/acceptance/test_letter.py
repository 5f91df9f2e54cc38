"""The letter's study through the command line: its numbers counted again from its table, and its files."""

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

import pyarrow.parquet as pq
import pytest
from commands import LETTER, Ran, cotreat, csv_rows, digests, small_study

Row = dict[str, str]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    out = tmp_path_factory.mktemp("letter") / "report"
    return out, cotreat("run", LETTER / "study.toml", "--out", out)


@pytest.fixture(scope="module")
def out(done: tuple[Path, Ran]) -> Path:
    assert done[1].code == 0, done[1].err
    return done[0]


@pytest.fixture(scope="module")
def results(out: Path) -> list[Row]:
    return csv_rows(out / "results.csv")


# The table, read with nothing but the csv module.

with (LETTER / "table1.csv").open(encoding="utf-8", newline="") as table:
    ROWS: list[Row] = list(csv.DictReader(table))
BY_PATIENT: dict[str, list[Row]] = {}
BY_COURSE: dict[str, list[Row]] = {}
for row in ROWS:
    BY_PATIENT.setdefault(row["patient"], []).append(row)
    BY_COURSE.setdefault(row["patient"] + row["course"], []).append(row)
SPELLED = {"cyclosporin": "ciclosporin", "upadacitnib": "upadacitinib"}


def drug(text: str) -> str:
    """The first word of a cell, as the name that the drug has."""
    word = text.split()[0].lower()
    return SPELLED.get(word, word)


def months(row: Row) -> float:
    return float(row["months_combined"].split()[0])


def goes_on(row: Row) -> bool:
    return "ongoing" in row["months_combined"]


def response(row: Row) -> str:
    return row["response_to_combination"]


def events(row: Row) -> list[tuple[str, str]]:
    """Each event with its suspect: what stands before a parenthesis is one or several joined by "and"."""
    groups = re.findall(r"([^(),][^()]*?) \(([^)]*)\)", row["adverse_events"])
    return [(term, suspect) for terms, suspect in groups for term in terms.split(" and ")]


def had_event(rows: Iterable[Row]) -> bool | None:
    """Unknown is not no."""
    cells = [row["adverse_events"] for row in rows]
    if any(cell not in ("", "none") for cell in cells):
        return True
    return None if "" in cells else False


def numbers(results: list[Row], measure: str, unit: str, rule: str = "", group: str = "") -> list[Row]:
    key = {"measure": measure, "unit_of_analysis": unit, "rule": rule, "group": group}
    return [row for row in results if all(row[name] == value for name, value in key.items())]


def counted(results: list[Row], *key: str) -> dict[str, tuple[int, int]]:
    """Numerator and denominator by level, where anybody has it."""
    return {
        row["level"]: (int(row["numerator"]), int(row["denominator"]))
        for row in numbers(results, *key)
        if row["statistic"] == "count" and row["numerator"] != "0"
    }


def summary(results: list[Row], *key: str) -> dict[str, float]:
    return {row["statistic"]: float(row["estimate"]) for row in numbers(results, *key)}


def shares(levels: Iterable[str]) -> dict[str, tuple[int, int]]:
    found = Counter(levels)
    return {level: (n, found.total()) for level, n in found.items()}


def test_it_runs_and_says_what_to_open(done: tuple[Path, Ran]) -> None:
    out, ran = done
    assert ran.code == 0
    assert str(out / "report.html") in ran.out
    assert str(out / "report.docx") in ran.out
    assert "Traceback" not in ran.err


def test_how_many(results: list[Row]) -> None:
    for measure, unit, n in (
        ("patients", "patient", len(BY_PATIENT)),
        ("pairs", "pair", len(ROWS)),
        ("courses", "course", len(BY_COURSE)),
    ):
        (only,) = numbers(results, measure, unit)
        assert (float(only["estimate"]), int(only["numerator"])) == (n, n)


def test_sex_and_age(results: list[Row]) -> None:
    firsts = [rows[0] for rows in BY_PATIENT.values()]
    named = {"F": "female", "M": "male"}
    assert counted(results, "sex", "patient", "first") == shares(named[row["sex"]] for row in firsts)
    for key, rows in ((("age_years", "patient", "first"), firsts), (("age_years", "pair"), ROWS)):
        ages = [float(row["age"]) for row in rows]
        found = summary(results, *key)
        assert found["mean"] == pytest.approx(fmean(ages), abs=1e-12)
        assert found["sd"] == pytest.approx(stdev(ages), abs=1e-12)
        assert (found["median"], found["min"], found["max"]) == (median(ages), min(ages), max(ages))


def test_diseases(results: list[Row]) -> None:
    def levels(rows: Iterable[Row]) -> dict[str, tuple[int, int]]:
        return shares(row["diagnosis"].replace(" ", "_") for row in rows)

    assert counted(results, "disease", "pair") == levels(ROWS)
    assert counted(results, "disease", "patient", "first") == levels(rows[0] for rows in BY_PATIENT.values())


def test_drugs_and_regimens(results: list[Row]) -> None:
    for measure, name in (
        ("anchor_drug", lambda row: drug(row["jak_inhibitor"])),
        ("partner_drug", lambda row: drug(row["added_drug"])),
        ("regimen", lambda row: f"{drug(row['jak_inhibitor'])} + {drug(row['added_drug'])}"),
    ):
        assert counted(results, measure, "pair") == shares(map(name, ROWS))
        for unit, groups in (("patient", BY_PATIENT), ("course", BY_COURSE)):
            ever = Counter(level for rows in groups.values() for level in {name(row) for row in rows})
            expected = {level: (n, len(groups)) for level, n in ever.items()}
            assert counted(results, measure, unit, "any") == expected


def test_durations_of_pairs_and_courses(results: list[Row]) -> None:
    pairs = [months(row) for row in ROWS]
    courses = [max(map(months, rows)) for rows in BY_COURSE.values()]
    going_on = sum(map(goes_on, ROWS)), sum(any(map(goes_on, rows)) for rows in BY_COURSE.values())
    for key, lengths, censored in (
        (("combination_duration_months", "pair"), pairs, going_on[0]),
        (("combination_duration_months", "course", "longest"), courses, going_on[1]),
    ):
        found = summary(results, *key)
        assert found["sum"] == pytest.approx(sum(lengths), abs=1e-12)
        assert found["mean"] == pytest.approx(fmean(lengths), abs=1e-12)
        assert found["sd"] == pytest.approx(stdev(lengths), abs=1e-12)
        assert found["median"] == pytest.approx(median(lengths), abs=1e-12)
        assert (found["min"], found["max"]) == (min(lengths), max(lengths))
        of = {(row["denominator"], row["n_censored"]) for row in numbers(results, *key)}
        assert of == {(str(len(lengths)), str(censored))}


def test_patient_time_of_the_letter(results: list[Row]) -> None:
    # 283 months of courses: parallel partners counted once (docs/definitions of the method, safety).
    assert summary(results, "combination_duration_months", "course", "longest")["sum"] == 283.0
    assert summary(results, "combination_duration_months", "course", "longest")["median"] == 12.0


def test_ongoing(results: list[Row]) -> None:
    for unit, rule, groups in (
        ("pair", "", [[row] for row in ROWS]),
        ("course", "any", list(BY_COURSE.values())),
        ("patient", "any", list(BY_PATIENT.values())),
    ):
        n = sum(any(map(goes_on, rows)) for rows in groups)
        assert counted(results, "ongoing", unit, rule) == {"": (n, len(groups))}


ORDER = ["complete", "partial", "none"]
RULES: list[tuple[str, str, Callable[[list[Row]], str]]] = [
    ("course", "best", lambda rows: min(map(response, rows), key=ORDER.index)),
    ("patient", "best", lambda rows: min(map(response, rows), key=ORDER.index)),
    ("patient", "first", lambda rows: response(rows[0])),
]


@pytest.mark.parametrize("failure", ["", "unassessable_as_failure"])
def test_responses_by_unit_and_rule(results: list[Row], failure: str) -> None:
    # Nobody's response to a combination was unassessable, so both rules give the same.
    assert counted(results, "response", "pair", failure) == shares(map(response, ROWS))
    for unit, rule, answer in RULES:
        groups = BY_COURSE if unit == "course" else BY_PATIENT
        name = ", ".join(part for part in (rule, failure) if part)
        assert counted(results, "response", unit, name) == shares(map(answer, groups.values()))


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        ("disease", lambda row: row["diagnosis"].replace(" ", "_")),
        ("partner_drug", lambda row: drug(row["added_drug"])),
    ],
)
def test_responses_by_group(results: list[Row], variable: str, name: Callable[[Row], str]) -> None:
    for level in {name(row) for row in ROWS}:
        group = f"{variable}={level}"
        pairs = [row for row in ROWS if name(row) == level]
        assert counted(results, "response", "pair", "", group) == shares(map(response, pairs))
        patients: dict[str, list[Row]] = {}
        for row in pairs:
            patients.setdefault(row["patient"], []).append(row)
        best = shares(min(map(response, rows), key=ORDER.index) for rows in patients.values())
        assert counted(results, "response", "patient", "best", group) == best


def test_response_alone_is_of_the_assessable(results: list[Row]) -> None:
    named = {"partial, did not last": "partial"}
    alone = [
        named.get(row["response_to_jak_inhibitor_alone"], row["response_to_jak_inhibitor_alone"])
        for row in ROWS
    ]
    known = [level for level in alone if level != "not assessable"]
    expected = shares(known) | {"unassessable": (len(alone) - len(known), len(alone))}
    assert counted(results, "monotherapy_response", "pair") == expected
    as_failure = shares("none" if level == "not assessable" else level for level in alone)
    assert counted(results, "monotherapy_response", "pair", "unassessable_as_failure") == as_failure


# Worked values of the method for the letter: Wilson with patients as clusters, design effect 1.1448.
def test_the_same_patients_alone_and_combined(results: list[Row]) -> None:
    """Each patient's first case, both responses assessable: counted from the table again."""
    firsts = [rows[0] for rows in BY_PATIENT.values()]
    pairs = [
        (
            row["response_to_jak_inhibitor_alone"].removesuffix(", did not last"),
            # A declared course has the best response of its cases.
            min(map(response, BY_COURSE[row["patient"] + row["course"]]), key=ORDER.index),
        )
        for row in firsts
    ]
    judged = {"none", "partial", "complete"}
    both = [(alone, combined) for alone, combined in pairs if {alone, combined} <= judged]
    wanted = {"unit_of_analysis": "patient", "rule": "first", "group": "", "level": "complete"}
    found = {
        row["statistic"]: row
        for row in results
        if row["measure"] == "response_difference" and all(row[k] == v for k, v in wanted.items())
    }
    improved = sum(alone != "complete" and combined == "complete" for alone, combined in both)
    worsened = sum(alone == "complete" and combined != "complete" for alone, combined in both)
    assert int(found["improved"]["numerator"]) == improved
    assert int(found["worsened"]["numerator"]) == worsened
    assert {int(found[s]["denominator"]) for s in ("difference", "improved", "worsened")} == {len(both)}
    assert int(found["difference"]["n_missing"]) == len(firsts) - len(both)
    assert float(found["difference"]["estimate"]) == pytest.approx((improved - worsened) / len(both))
    assert "not an effect" in found["difference"]["note"]


def test_interval_of_complete_responses(results: list[Row]) -> None:
    rows = numbers(results, "response", "pair")
    (found,) = [row for row in rows if (row["level"], row["statistic"]) == ("complete", "proportion")]
    assert (found["numerator"], found["denominator"], found["n_patients"]) == ("14", "22", "18")
    ends = round(100 * float(found["ci_lower"]), 1), round(100 * float(found["ci_upper"]), 1)
    assert ends == (41.6, 81.1)
    assert (found["ci_method"], found["note"]) == (
        "Wilson, 95 %, patients as clusters",
        "design effect 1.1448",
    )


# Worked value of the method: 8 of 17 known, 1 unknown.
def test_patients_with_an_adverse_event(results: list[Row]) -> None:
    answers = [had_event(rows) for rows in BY_PATIENT.values()]
    known = [answer for answer in answers if answer is not None]
    assert (sum(known), len(known), answers.count(None)) == (8, 17, 1)
    for key, n, of, unknown in (
        (("patients_with_adverse_event", "patient", "any"), 8, 17, 1),
        (
            ("pairs_with_adverse_event", "pair"),
            sum(had_event([row]) is True for row in ROWS),
            sum(had_event([row]) is not None for row in ROWS),
            sum(had_event([row]) is None for row in ROWS),
        ),
    ):
        found = numbers(results, *key)
        expected = {(str(n), str(of), str(unknown))}
        assert {(row["numerator"], row["denominator"], row["n_missing"]) for row in found} == expected


def test_adverse_events_as_listed(results: list[Row]) -> None:
    listed = [event for row in ROWS for event in events(row)]
    assert len(listed) == 13
    (count,) = numbers(results, "adverse_events", "event")
    patients = sum(any(map(events, rows)) for rows in BY_PATIENT.values())
    empty = sum(row["adverse_events"] == "" for row in ROWS)
    assert (count["numerator"], count["n_patients"], count["n_missing"]) == ("13", str(patients), str(empty))
    blamed = Counter(suspect for _, suspect in listed)
    assert counted(results, "adverse_event_attribution", "event") == {
        name: (n, 13) for name, n in blamed.items()
    }
    terms = counted(results, "adverse_event_term", "event")
    assert set(terms.values()) == {(1, 13)}
    assert len(terms) == len({term for term, _ in listed})


def test_adverse_events_by_partner(results: list[Row]) -> None:
    for partner in {drug(row["added_drug"]) for row in ROWS}:
        own = [row for row in ROWS if drug(row["added_drug"]) == partner]
        (count,) = numbers(results, "adverse_events", "event", "", f"partner_drug={partner}")
        assert int(count["numerator"]) == sum(len(events(row)) for row in own)


def test_no_venous_thromboembolism_has_both_upper_bounds(results: list[Row]) -> None:
    # Known of each patient who had no unknown cell, or none of any kind: 4 are not known.
    known = sum("" not in [row["adverse_events"] for row in rows] for rows in BY_PATIENT.values())
    rows = [r for r in numbers(results, "aesi", "patient", "any") if r["level"] == "venous_thromboembolism"]
    shown = [row for row in rows if row["statistic"] == "proportion"]
    assert {(row["numerator"], row["denominator"]) for row in shown} == {("0", str(known))}
    bounds = {row["ci_method"]: float(row["ci_upper"]) for row in shown}
    assert bounds == {
        "Clopper-Pearson, one-sided 95 %": pytest.approx(1 - 0.05 ** (1 / known)),
        "Clopper-Pearson, two-sided 95 %": pytest.approx(1 - 0.025 ** (1 / known)),
    }


def following(row: Row) -> str | None:
    """What followed an ended combination; None: not known."""
    cell = row["jak_inhibitor_afterwards"]
    if cell == "continued":
        return "none"
    after = cell.partition("changed to ")[2]
    return drug(after) if after and "[...]" not in after else None


def test_what_followed(results: list[Row]) -> None:
    ended = [row for row in ROWS if not goes_on(row)]
    known = [level for level in map(following, ended) if level is not None]
    assert counted(results, "next_treatment", "pair") == shares(known)
    counts = {(row["n_missing"], row["n_censored"]) for row in numbers(results, "next_treatment", "pair")}
    assert counts == {(str(len(ended) - len(known)), str(len(ROWS) - len(ended)))}


def test_why_combinations_ended(results: list[Row]) -> None:
    meaning = {
        "complete response reached": ["remission"],
        "no further improvement": ["ineffectiveness"],
        "no response": ["ineffectiveness"],
        "JAK inhibitor stopped working": ["ineffectiveness"],
        "no response, adverse event": ["ineffectiveness", "adverse_event"],
        "adverse event": ["adverse_event"],
        "patient's wish": ["patient_preference"],
        "not funded": ["access"],
    }
    ended = [meaning[row["why_combination_ended"]] for row in ROWS if not goes_on(row)]
    found = Counter(reason for reasons in ended for reason in reasons)
    expected = {reason: (n, len(ended)) for reason, n in found.items()}
    assert counted(results, "end_reason", "pair") == expected


def test_doses(results: list[Row]) -> None:
    weekly = [
        float(re.findall(r"(\d+) mg/week", row["added_drug"])[0])
        for row in ROWS
        if drug(row["added_drug"]) == "methotrexate"
    ]
    found = summary(results, "partner_dose_mg_week", "pair", "", "partner_drug=methotrexate")
    assert found["mean"] == pytest.approx(fmean(weekly), abs=1e-9)
    assert (found["min"], found["max"]) == (min(weekly), max(weekly))
    # "15 smg/day" is no dose: two of the three others are 15 and one is 30 mg a day, and one is unknown.
    rows = numbers(results, "anchor_dose_mg_day", "pair", "", "anchor_drug=upadacitinib")
    assert {(row["denominator"], row["n_missing"]) for row in rows} == {("4", "1")}


def test_every_share_has_both_counts_and_an_interval(results: list[Row]) -> None:
    for row in results:
        if row["statistic"] == "proportion" and row["estimate"]:
            share = int(row["numerator"]) / int(row["denominator"])
            assert float(row["estimate"]) == share, row
            lower, upper = float(row["ci_lower"] or 0), float(row["ci_upper"] or 1)
            assert lower <= share <= upper, row


def test_results_are_sorted_by_their_key(results: list[Row]) -> None:
    names = ["measure", "unit_of_analysis", "rule", "group", "level", "statistic", "ci_method"]
    keys = [tuple(row[name] for name in names) for row in results]
    assert keys == sorted(set(keys))
    estimate = ["estimate", "ci_lower", "ci_upper", "ci_method", "numerator", "denominator", "unit"]
    assert list(results[0]) == [*names[:6], *estimate, "n_patients", "n_missing", "n_censored", "note"]


def test_the_files_that_are_written(out: Path) -> None:
    names = set(digests(out))
    drawn = (
        "combinations",
        "drug_survival",
        "drug_survival_by_regimen",
        "end_reasons_over_time",
        "event_rates",
        "multiverse",
        "reasons",
        "response",
        "swimmer",
    )
    figures = {f"figures/{name}.{kind}" for name in drawn for kind in ("svg", "png")}
    whole = {"report.html", "report.docx", "results.csv", "findings.csv", "run.json"}
    whole |= {"checklists.docx", "checklists.csv"}
    episodes = {"episodes/pairs.parquet", "episodes/courses.parquet"}
    tables = {name for name in names if name.startswith("tables/")}
    assert names == figures | whole | episodes | tables
    assert tables
    assert all(name.endswith(".csv") for name in tables)


def test_episodes_hold_every_pair_and_course(out: Path) -> None:
    pairs = pq.read_table(out / "episodes" / "pairs.parquet").to_pylist()
    assert [row["case_id"] for row in pairs] == [row["case"] for row in ROWS]
    assert [row["duration_days"] for row in pairs] == [months(row) * 30.4375 for row in ROWS]
    courses = pq.read_table(out / "episodes" / "courses.parquet").to_pylist()
    assert [row["course_key"] for row in courses] == list(range(1, len(BY_COURSE) + 1))
    assert {row["partners"] for row in courses if row["n_pairs"] == 2} == {"prednisone + tacrolimus"}


def test_the_report_needs_no_network_and_shows_the_findings(out: Path) -> None:
    html = (out / "report.html").read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?:https?:)?//(?!doi\.org)""", html)
    assert "<script" not in html
    for finding in csv_rows(out / "findings.csv"):
        if finding["severity"] == "warning":
            assert escape(finding["why"], quote=False) in html.replace("&#39;", "'").replace("&#34;", '"')


def test_findings_of_the_letter(out: Path) -> None:
    findings = csv_rows(out / "findings.csv")
    line = {row["case"]: str(n) for n, row in enumerate(ROWS, start=2)}
    warned = {(f["code"], f["row"]) for f in findings if f["severity"] == "warning"}
    empty = {("adverse_events_unknown", line[row["case"]]) for row in ROWS if not row["adverse_events"]}
    assert warned == empty | {
        ("dose_not_read", line["20"]),
        ("next_treatment_missing", line["14"]),
        ("reason_contradicts_response", line["19"]),
    }
    assert not [f for f in findings if f["severity"] == "error"]


def test_run_json_says_how_to_repeat_the_run(out: Path) -> None:
    facts: dict[str, Any] = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert facts["software"] == "cotreat"
    assert {"protocol", "protocol_sha256", "cutoff", "sources", "counts", "seed", "version"} <= set(facts)
    (source,) = facts["sources"]
    assert (source["rows_read"], source["rows_used"]) == (len(ROWS), len(ROWS))
    named = {name: digest for name, digest in digests(out).items() if name != "run.json"}
    assert facts["files"] == named
    # Nothing of the machine: no path of the study or of the folder.
    assert str(LETTER) not in (out / "run.json").read_text(encoding="utf-8")


def test_a_second_run_into_the_same_folder_gives_the_same_bytes(out: Path) -> None:
    before = digests(out)
    cotreat("run", LETTER / "study.toml", "--out", out).requires(0)
    after = digests(out)
    assert {k: v for k, v in after.items() if k != "run.json"} == {
        k: v for k, v in before.items() if k != "run.json"
    }
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_check_lists_the_findings_and_writes_nothing(tmp_path: Path) -> None:
    study = tmp_path / "letter"
    shutil.copytree(LETTER, study)
    before = digests(study)
    ran = cotreat("check", study / "study.toml").requires(0)
    assert "15 smg/day" in ran.err
    assert f"{len(ROWS)} rows read" in ran.out
    assert digests(tmp_path / "letter") == before
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]


# What the command does to its folder: with a study of two cases, because it does not matter which.


def test_only_the_findings_are_written_when_a_row_cannot_be_used(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", {}, {"anchor": "Baricitib 4 mg/day"})
    out = tmp_path / "report"
    ran = cotreat("run", study, "--out", out).requires(1)
    assert list(digests(out)) == ["findings.csv"]
    (error,) = [f for f in csv_rows(out / "findings.csv") if f["severity"] == "error"]
    assert (error["code"], error["row"], error["column"]) == ("unknown_drug", "3", "anchor")
    assert "baricitinib" in error["why"]
    assert "row 3" in ran.err
    # Once corrected, the same folder takes the report.
    small_study(tmp_path / "study")
    cotreat("run", study, "--out", out).requires(0)
    assert "report.html" in digests(out)


def test_a_folder_that_holds_other_files_is_left_alone(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study")
    out = tmp_path / "thesis"
    (out / "chapter").mkdir(parents=True)
    (out / "chapter" / "one.docx").write_text("mine", encoding="utf-8")
    ran = cotreat("run", study, "--out", out).requires(2)
    assert "chapter/one.docx" in ran.err
    assert list(digests(out)) == ["chapter/one.docx"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study", "thesis"]


def test_a_report_that_somebody_edited_is_left_alone(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study")
    out = tmp_path / "report"
    cotreat("run", study, "--out", out).requires(0)
    (out / "report.html").write_text("with my comments", encoding="utf-8")
    before = digests(out)
    ran = cotreat("run", study, "--out", out).requires(2)
    assert "report.html" in ran.err
    assert digests(out) == before


def test_a_file_that_was_added_to_a_report_is_left_alone(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study")
    out = tmp_path / "report"
    cotreat("run", study, "--out", out).requires(0)
    (out / "tables" / "notes.txt").write_text("mine", encoding="utf-8")
    ran = cotreat("run", study, "--out", out).requires(2)
    assert "tables/notes.txt" in ran.err
    assert "tables/notes.txt" in digests(out)


# Method, effectiveness: the values that doi:10.1016/j.ad.2025.02.025 gives, with cases 7 and 8 as one course.
def test_drug_survival(results: list[Row]) -> None:
    by_course = {
        (row["statistic"], row["level"]): float(row["estimate"])
        for row in numbers(results, "drug_survival", "course", "longest")
    }
    assert by_course["median", ""] == 12
    assert [round(by_course["survival_at", month], 4) for month in ("6", "12", "24")] == [
        0.6667,
        0.4615,
        0.1538,
    ]
    by_pair = {
        (row["statistic"], row["level"]): float(row["estimate"])
        for row in numbers(results, "drug_survival", "pair")
    }
    assert [round(by_pair["survival_at", month], 4) for month in ("6", "12", "24")] == [
        0.6818,
        0.4870,
        0.1948,
    ]


def test_why_courses_ended_by_month_12(results: list[Row]) -> None:
    found = {
        row["level"]: float(row["estimate"])
        for row in numbers(results, "end_reason_incidence", "course", "longest", "month=12")
    }
    assert {level: round(share, 4) for level, share in found.items()} == {
        "adverse_event": 0.1502,
        "ineffectiveness": 0.1941,
        "remission": 0.0989,
        "other": 0.0952,
    }


def test_the_table_of_rates(out: Path) -> None:
    """Events by the time of the courses for which there is an entry, counted from the table."""
    known = [rows for rows in BY_COURSE.values() if any(row["adverse_events"] for row in rows)]
    years = sum(max(map(months, rows)) for rows in known) * 365.25 / 12 / 365.25
    count = sum(len(events(row)) for row in ROWS)
    rows = csv_rows(out / "tables" / "rates.csv")
    (whole,) = (row for row in rows if row[""] == "All")
    assert whole["Events / patient-years"] == f"{count}/{years:.1f}"
    assert whole["Events per 100 patient-years (95% CI)"].startswith(f"{100 * count / years:.1f} (")
    by_regimen = [row["Events / patient-years"].split("/")[0] for row in rows if "By regimen" in row.values()]
    assert sum(int(n) for n in by_regimen if n.isdigit()) == count
    # No entry about events is not none: such a regimen has a line, and no number in it.
    unknown = {row[""] for row in rows if row["Events / patient-years"] == "\N{EN DASH}"}
    assert {"Baricitinib + ciclosporin", "Baricitinib + tacrolimus"} <= unknown
    drawn = (out / "figures" / "event_rates.svg").read_text(encoding="utf-8")
    assert "Baricitinib + ciclosporin: not estimated" in drawn


def test_the_checklists_show_what_the_letter_left_out(out: Path) -> None:
    with (out / "checklists.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {(row["checklist"], row["item"]): row for row in csv.DictReader(file)}
    left_out = {key for key, row in rows.items() if row["status"] == "Open"}
    # Ethics and consent, limits of the study and the funding stand nowhere in it; the patients' table does.
    assert {("STROBE", "19"), ("STROBE", "22"), ("CARE", "13"), ("PROCESS", "8 consent")} <= left_out
    assert rows["STROBE", "14a"]["status"] == "Answered"
    assert "dates" in rows["STROBE", "5"]["still_open"]
    assert rows["STROBE", "2"]["where"] == "Letter, first two paragraphs"
