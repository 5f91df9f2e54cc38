"""A table with German headings, dates and decimal commas: its numbers counted again from the file."""

import csv
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from statistics import fmean, median

import pyarrow.parquet as pq
import pytest
from commands import ROOT, cotreat, csv_rows

STUDY = ROOT / "examples" / "psoriasis"
CUTOFF = date(2024, 12, 31)  # as its study.toml says

with (STUDY / "faelle.csv").open(encoding="latin-1", newline="") as table:
    ROWS = list(csv.DictReader(table, delimiter=";"))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("psoriasis") / "report"
    cotreat("run", STUDY / "study.toml", "--out", folder).requires(0)
    return folder


def day(text: str) -> date:
    return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 - calendar days have no zone


def goes_on(row: dict[str, str]) -> bool:
    return row["Kombination bis"] == "laufend"


def days(row: dict[str, str]) -> int:
    end = CUTOFF if goes_on(row) else day(row["Kombination bis"])
    return (end - day(row["Kombination von"])).days + 1


def number(text: str) -> float:
    return float(text.replace(",", "."))


def statistics_of(out: Path, **key: str) -> dict[str, dict[str, str]]:
    rows = csv_rows(out / "results.csv")
    wanted = {"rule": "", "group": "", "level": "", **key}
    return {
        row["statistic"]: row for row in rows if all(row[name] == value for name, value in wanted.items())
    }


def test_durations_count_both_days_and_are_closed_at_the_cutoff(out: Path) -> None:
    found = statistics_of(out, measure="combination_duration_months", unit_of_analysis="pair")
    months = [days(row) / 30.4375 for row in ROWS]
    assert float(found["sum"]["estimate"]) == pytest.approx(sum(months))
    assert float(found["mean"]["estimate"]) == pytest.approx(fmean(months))
    assert float(found["median"]["estimate"]) == pytest.approx(median(months))
    assert found["sum"]["n_censored"] == str(sum(map(goes_on, ROWS)))
    pairs = pq.read_table(out / "episodes" / "pairs.parquet").to_pylist()
    assert [row["duration_days"] for row in pairs] == [float(days(row)) for row in ROWS]
    assert [row["is_short_course"] for row in pairs] == [int(days(row) < 28) for row in ROWS]


def test_ages_with_a_decimal_comma(out: Path) -> None:
    ages = [number(row["Alter"]) for row in ROWS]
    found = statistics_of(out, measure="age_years", unit_of_analysis="pair")
    assert float(found["mean"]["estimate"]) == pytest.approx(fmean(ages))
    firsts = {row["Patient"]: number(row["Alter"]) for row in reversed(ROWS)}
    found = statistics_of(out, measure="age_years", unit_of_analysis="patient", rule="first")
    assert float(found["mean"]["estimate"]) == pytest.approx(fmean(firsts.values()))


def test_doses_with_a_decimal_comma(out: Path) -> None:
    texts = [row["Kombinationspartner"] for row in ROWS]
    weekly = [number(dose) for text in texts for dose in re.findall(r"Methotrexat ([\d,]+) mg/Woche", text)]
    found = statistics_of(
        out, measure="partner_dose_mg_week", unit_of_analysis="pair", group="partner_drug=methotrexate"
    )
    assert float(found["mean"]["estimate"]) == pytest.approx(fmean(weekly))
    assert float(found["min"]["estimate"]) == min(weekly)


def test_responses(out: Path) -> None:
    level = {"vollständig": "complete", "teilweise": "partial", "kein": "none", "nicht beurteilbar": ""}
    answers = Counter(level[row["Ansprechen auf die Kombination"]] for row in ROWS)
    assessable = len(ROWS) - answers[""]
    for name in ("complete", "partial", "none"):
        count = statistics_of(out, measure="response", unit_of_analysis="pair", level=name)["count"]
        expected = (str(answers[name]), str(assessable), str(answers[""]))
        assert (count["numerator"], count["denominator"], count["n_missing"]) == expected


def test_adverse_events(out: Path) -> None:
    cells = [row["Unerwünschte Wirkungen"] for row in ROWS]
    groups = [group for cell in cells for group in re.findall(r"([^(),][^()]*?) \(", cell)]
    n = sum(len(group.split(" und ")) for group in groups)
    count = statistics_of(out, measure="adverse_events", unit_of_analysis="event")["count"]
    assert (count["numerator"], count["n_missing"]) == (str(n), str(cells.count("")))
    known = [cell for cell in cells if cell]
    with_any = statistics_of(out, measure="pairs_with_adverse_event", unit_of_analysis="pair")["count"]
    hits = sum(cell != "keine" for cell in known)
    assert (with_any["numerator"], with_any["denominator"]) == (str(hits), str(len(known)))


def test_only_the_empty_cell_is_warned_about(out: Path) -> None:
    warned = [(f["code"], f["row"]) for f in csv_rows(out / "findings.csv") if f["severity"] != "info"]
    lines = [str(line) for line, row in enumerate(ROWS, start=2) if not row["Unerwünschte Wirkungen"]]
    assert warned == [("adverse_events_unknown", line) for line in lines]
