"""The audit through the command line: our own reports hold, a changed number does not."""

import re
from pathlib import Path

import pytest
from commands import LETTER, ROOT, Ran, cotreat, csv_rows
from docx import Document
from omop_studies import write_long_study

from cotreat.audit.verdicts.answers import Data
from cotreat.study import read_open_study
from property.narrated import narrate, narrate_effectiveness, narrate_safety

STUDIES = {"letter": LETTER / "study.toml", "psoriasis": ROOT / "examples" / "psoriasis" / "study.toml"}


@pytest.fixture(scope="module", params=[*sorted(STUDIES), "dated"])
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of each kind: two case tables, and dated records of invented patients."""
    if request.param in STUDIES:
        return STUDIES[request.param]
    return write_long_study(tmp_path_factory.mktemp("dated"), n_patients=60)


@pytest.fixture(scope="module")
def words(study: Path) -> str:
    """The Results section that cotreat writes for the study."""
    with read_open_study(study) as opened:
        data = Data(opened.engine, opened.tables, opened.leave_out)
        return "\n\n".join((*narrate(data), *narrate_effectiveness(data), *narrate_safety(data)))


def audited(folder: Path, text: str, study: Path) -> tuple[Ran, list[dict[str, str]]]:
    manuscript = folder / "manuscript.md"
    manuscript.write_text(text, encoding="utf-8")
    ran = cotreat("audit", manuscript, "--study", study, "--out", folder / "audit").requires(0)
    return ran, csv_rows(folder / "audit" / "audit.csv")


def test_every_number_that_cotreat_writes_is_reproduced(words: str, study: Path, tmp_path: Path) -> None:
    _, rows = audited(tmp_path, words, study)
    assert [row for row in rows if row["verdict"] != "reproduced"] == []
    printed = re.findall(
        r"\d[\d.,]*", re.sub(r"95% CI|one-sided 95%|per 100|grade 3|2 diabetes|[A-Z]-\d+|[<≤] \d+", "", words)
    )
    assert len(rows) == len(printed)


def test_a_changed_count_is_not_reproduced(words: str, study: Path, tmp_path: Path) -> None:
    first = re.search(r"(\d+) of (\d+) patients", words)
    assert first is not None
    changed = words.replace(first[0], f"{int(first[1]) + 1} of {first[2]} patients", 1)
    _, rows = audited(tmp_path, changed, study)
    wrong = [row for row in rows if row["verdict"] != "reproduced"]
    assert [row["verdict"] for row in wrong] == ["not_reproduced"]
    assert wrong[0]["number"] == str(int(first[1]) + 1)
    assert f"{first[1]} of {first[2]} patients" in wrong[0]["data_value"]


def test_the_files_of_an_audit_are_inert_and_complete(tmp_path: Path) -> None:
    text = "# <script>alert(1)</script>\n\nWe included 18 patients. The cell =1+1 had &lt;b&gt; a wug."
    audited(tmp_path, text, STUDIES["letter"])
    out = tmp_path / "audit"
    names = {path.name for path in out.iterdir()}
    assert names == {"audit.csv", "audit.docx", "audit.html", "claims.toml", "run.json"}
    page = (out / "audit.html").read_text(encoding="utf-8")
    assert page.count("<script>") == 1
    assert "default-src 'none'" in page
    assert "http://" not in page
    comments = [c.text for c in Document(str(out / "audit.docx")).comments]
    assert any(text.startswith("= 18: reproduced.") for text in comments)


def test_a_corrected_binding_is_used_by_the_next_run(tmp_path: Path) -> None:
    text = "The wug was given to 12 patients."
    _, rows = audited(tmp_path, text, STUDIES["letter"])
    assert [row["verdict"] for row in rows] == ["unbound"]
    claims = tmp_path / "audit" / "claims.toml"
    written = claims.read_text(encoding="utf-8")
    head, _, last = written.rpartition('kind = "nothing"')
    bound = 'kind = "count"\nunit = "patient"\nconditions = ["partner_drug=methotrexate"]'
    claims.write_text(f"{head}{bound}{last}", encoding="utf-8")
    for _ in range(2):
        _, rows = audited(tmp_path, text, STUDIES["letter"])
        assert [(row["verdict"], row["data_value"]) for row in rows] == [
            ("reproduced", "12 of 18 patients (66.7%)")
        ]


def test_without_data_it_says_so(tmp_path: Path) -> None:
    manuscript = tmp_path / "manuscript.md"
    manuscript.write_text("A response was seen in 14 of 22 combinations (63.6%).", encoding="utf-8")
    ran = cotreat("audit", manuscript, "--out", tmp_path / "audit").requires(0)
    assert "No data were given" in ran.out
    assert "No data were given" in (tmp_path / "audit" / "audit.html").read_text(encoding="utf-8")


# The tables of a manuscript.


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole report that cotreat writes of the letter's study."""
    out = tmp_path_factory.mktemp("report") / "report"
    cotreat("run", STUDIES["letter"], "--out", out).requires(0)
    return out


def test_no_number_in_our_own_tables_is_called_wrong(report: Path, tmp_path: Path) -> None:
    cotreat(
        "audit", report / "report.docx", "--study", STUDIES["letter"], "--out", tmp_path / "audit"
    ).requires(0)
    rows = [row for row in csv_rows(tmp_path / "audit" / "audit.csv") if row["sentence"].startswith("Table ")]
    assert [row for row in rows if row["verdict"] not in ("reproduced", "unbound")] == []
    whole = [row for row in rows if row["sentence"].startswith("Table 1: ")]
    assert [row for row in whole if row["verdict"] != "reproduced"] == []
    assert len(whole) > 100
    assert "said of the same" not in (tmp_path / "audit" / "audit.html").read_text(encoding="utf-8")


def test_a_changed_number_in_a_table_is_caught_and_marked(report: Path, tmp_path: Path) -> None:
    page = (report / "report.html").read_text(encoding="utf-8")
    changes = {"17/18 (94.4%)": "16/18 (88.9%)", "7/18 (38.9%)": "7/18 (39.8%)", "42.8 (12.9)": "41.8 (12.9)"}
    for printed, other in changes.items():
        assert page.count(printed) == 1
        page = page.replace(printed, other)
    manuscript = tmp_path / "manuscript.html"
    manuscript.write_text(page, encoding="utf-8")
    cotreat("audit", manuscript, "--study", STUDIES["letter"], "--out", tmp_path / "audit").requires(0)
    rows = csv_rows(tmp_path / "audit" / "audit.csv")
    wrong = [row for row in rows if row["sentence"].startswith("Table ") and row["verdict"] != "unbound"]
    assert [(row["number"], row["verdict"]) for row in wrong if row["verdict"] != "reproduced"] == [
        ("39.8%", "impossible"),
        ("41.8", "not_reproduced"),
        ("16", "not_reproduced"),
        ("88.9%", "not_reproduced"),
    ]
    marked = (tmp_path / "audit" / "audit.html").read_text(encoding="utf-8")
    assert re.search(r'<td>(?:(?!</td>).)*<a class="mark impossible" [^>]*>39\.8%', marked)
    comments = [c.text for c in Document(str(tmp_path / "audit" / "audit.docx")).comments]
    assert any(" 41.8: not reproduced." in text for text in comments)


def test_a_column_whose_number_is_not_that_of_the_study_is_of_some(tmp_path: Path) -> None:
    """Whom a table leaves out may stand elsewhere: the N is looked at, numbers below are not called wrong."""
    manuscript = tmp_path / "manuscript.md"
    for n, word in ((12, "unbound"), (18, "not_reproduced")):
        heading = f"| Characteristic | Patients (N = {n}) |\n|---|---|\n"
        text = f"{heading}| Female, n | 4 |\n| Age, years, mean | 51.5 |\n"
        manuscript.write_text(text, encoding="utf-8")
        cotreat("audit", manuscript, "--study", STUDIES["letter"], "--out", tmp_path / "audit").requires(0)
        rows = {row["number"]: row["verdict"] for row in csv_rows(tmp_path / "audit" / "audit.csv")}
        assert (rows["4"], rows["51.5"]) == (word, word)


def test_a_table_in_a_file_of_its_own_is_held_against_the_text(tmp_path: Path) -> None:
    """Without data: only the manuscript and its table, and it says so."""
    manuscript = tmp_path / "manuscript.md"
    manuscript.write_text("Eighteen patients were included, 11 women (61.1%) and 7 men.", encoding="utf-8")
    table = tmp_path / "table.csv"
    table.write_text(
        'Characteristic,Patients (N = 18)\n"Sex, n/N (%)",\nFemale,12/18 (66.7%)\nMale,7/18 (39.8%)\n'
    )
    ran = cotreat("audit", manuscript, "--table", table, "--out", tmp_path / "audit").requires(0)
    assert "No data were given" in ran.out
    rows = csv_rows(tmp_path / "audit" / "audit.csv")
    cells = {row["number"]: row for row in rows if row["sentence"].startswith("Table 1: ")}
    assert cells["39.8%"]["verdict"] == "impossible"
    assert cells["12"]["note"].endswith(
        "12 (Table 1: Female | Patients (N = 18): 12/18 (66.7%)) and 11 (Eighteen patients were included, "
        "11 women (61.1%) and 7 men.) are said of the same."
    )
    assert "12 + 7 = 19 are more than all 18 patients." in ran.out


def test_a_file_without_a_table_is_one_message(tmp_path: Path) -> None:
    manuscript = tmp_path / "manuscript.md"
    manuscript.write_text("Eighteen patients were included.", encoding="utf-8")
    ran = cotreat("audit", manuscript, "--table", manuscript, "--out", tmp_path / "audit").requires(2)
    assert "manuscript.md: there is no table in it." in ran.err
    assert not (tmp_path / "audit").exists()
