"""How long a study of many cases in one .xlsx takes, and how much memory.

    python benchmarks/case_table.py [--cases 10000]

Makes an invented case table in a temporary folder, runs the whole study in a process of
its own, and prints seconds and peak memory. The bar for 10,000 cases on 2 cores: under
30 s and 1.5 GB.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

STUDY = """
[study]
name = "Invented: many cases"
[source]
reader = "case_table"
file = "cases.xlsx"
none = ["None"]
unknown = [""]
ongoing = ["ongoing"]
[source.columns]
case = "Case"
patient = "Patient"
course = "Course"
sex = "Sex"
age_years = "Age"
disease = "Disease"
comorbidity = "Comorbidities"
prior_therapy = "Earlier therapies"
anchor = "JAK inhibitor"
partner = "Partner"
monotherapy_response = "Response to the JAK inhibitor alone"
reason_started = "Reason"
duration = "Months"
response = "Response"
end_reason = "End reason"
anchor_end = "Afterwards"
adverse_events = "Adverse events"
[values]
reason_started.partial_response = ["Partial response"]
reason_started.no_response = ["No response"]
end_reason.remission = ["Remission"]
end_reason.ineffectiveness = ["No response"]
end_reason.adverse_event = ["Adverse event"]
[roles]
anchor = { classes = ["jak_inhibitor"] }
partner = { classes = ["conventional_immunomodulator", "systemic_corticosteroid", "biologic"] }
"""
HEADINGS = [
    "Case", "Patient", "Course", "Sex", "Age", "Disease", "Comorbidities", "Earlier therapies",
    "JAK inhibitor", "Response to the JAK inhibitor alone", "Reason", "Partner", "Months", "Response",
    "End reason", "Afterwards", "Adverse events",
]  # fmt: skip


def make_row(case: int, draw: random.Random) -> list[str | int | float]:
    """One invented case; every third patient has a second one."""
    patient = case - case % 3 // 2
    goes_on = draw.random() < 0.2
    months = draw.choice([0.5, 3, 6, 9, 12, 18, 24, 31])
    return [
        case,
        f"P{patient:06d}",
        f"C{case:06d}",
        draw.choice(["Female", "Male"]),
        20 + patient % 60,
        draw.choice(["Alopecia areata", "Atopic dermatitis", "Vitiligo", "Psoriasis"]),
        draw.choice(["None", "Hypertension", "Asthma, smoker", "Glaucoma and cataracts", ""]),
        draw.choice(["Oral corticosteroids, methotrexate", "Cyclosporin", "None", "Azathioprine, dupilumab"]),
        draw.choice(["Baricitinib 4 mg/day", "Upadacitinib 15 mg/day", "Tofacitinib 5 mg/12 h"]),
        draw.choice(["Partial response", "None", "Complete response", "Unassessable"]),
        draw.choice(["Partial response", "No response"]),
        draw.choice(["Methotrexate 15 mg/week (orally)", "Prednisone 10 mg/day", "Dupilumab 300 mg/14 days"]),
        f"{months:g} (ongoing)" if goes_on else months,
        draw.choice(["Complete response", "Partial response", "None"]),
        "ongoing" if goes_on else draw.choice(["Remission", "No response", "Adverse event"]),
        "ongoing" if goes_on else draw.choice(["ongoing", "Failure, switched to upadacitinib 30 mg/day"]),
        draw.choice(["None", "Nausea (methotrexate)", "Acne and headache (upadacitinib)", ""]),
    ]


def make_workbook(path: Path, cases: int) -> None:
    """The case table as .xlsx."""
    draw = random.Random(1)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Cases")
        sheet.write_row(0, 0, HEADINGS)
        for case in range(1, cases + 1):
            sheet.write_row(case, 0, make_row(case, draw))


def main() -> None:
    """Make the workbook, run the study, print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=10_000)
    cases = parser.parse_args().cases
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder)
        (study / "study.toml").write_text(STUDY, encoding="utf-8")
        make_workbook(study / "cases.xlsx", cases)
        started = time.perf_counter()
        command = [sys.executable, "-m", "cotreat.cli", "run", str(study / "study.toml")]
        done = subprocess.run(
            [*command, "--out", str(study / "out")], check=False, capture_output=True, text=True
        )
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
        print("\n".join(done.stderr.splitlines()[:3]))
        print(f"{cases} cases: {seconds:.1f} s, peak memory {peak:.2f} GB, exit code {done.returncode}")


if __name__ == "__main__":
    main()
