"""How long the audit of a long manuscript takes.

The manuscript has as many words as 200 pages: the Results section that cotreat writes for the letter's study
(a number in every fourth word) behind the prose of docs/decisions.md, over and over.
Usage: python benchmarks/audit_speed.py [pages]
"""

import sys
import tempfile
import time
from pathlib import Path

from cotreat.report.content import EstimateIndex
from cotreat.report.narrative import build_results_text
from cotreat.study import run_study
from cotreat.study_audit import write_audit

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "examples" / "letter" / "study.toml"
WORDS_PER_PAGE = 500


def main(pages: int) -> None:
    """Audit the manuscript once; the seconds of the processor are those of all its threads."""
    paragraphs = build_results_text(EstimateIndex(run_study(STUDY).results))
    prose = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8").split("\n\n")
    both = [*prose, *paragraphs * 2]
    n_words = sum(len(text.split()) for text in both)
    with tempfile.TemporaryDirectory() as folder:
        manuscript = Path(folder) / "manuscript.md"
        manuscript.write_text("\n\n".join(both * round(pages * WORDS_PER_PAGE / n_words)), encoding="utf-8")
        wall, processor = time.perf_counter(), time.process_time()
        audit = write_audit(manuscript, study=STUDY, out=Path(folder) / "audit")
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    words = sum(len(passage.text.split()) for passage in audit.manuscript.passages)
    print(f"{words:,} words with {len(audit.claims):,} numbers")
    print(f"{processor:.1f} s of CPU, {wall:.1f} s passed")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
