"""How many changed numbers the audit catches, and how many unchanged ones it calls wrong.

Each manuscript is the Results section that cotreat writes for a study, with one digit of one number
changed. Usage: python benchmarks/audit_mutations.py [manuscripts] [seed]

caught: the changed number is not reproduced, impossible, or only under another reading than the stated. The
last are counted apart too: such a number is marked, with what the data give as stated, but not called wrong.
missed: reproduced as stated, not bound, or not derivable.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from cotreat.audit.audited import Audit, build_audit
from cotreat.audit.collected import build_collected
from cotreat.audit.grammar.lexicon import Lexicon, build_lexicon
from cotreat.audit.manuscripts.passages import Manuscript, Passage
from cotreat.audit.verdicts.answers import Data, read_levels
from cotreat.report.content import EstimateIndex
from cotreat.report.narrative import build_results_text
from cotreat.report.narrative_effectiveness import build_effectiveness_text
from cotreat.study import read_open_study, run_study

EXAMPLES = Path(__file__).parents[1] / "examples"
STUDIES = (EXAMPLES / "letter" / "study.toml", EXAMPLES / "psoriasis" / "study.toml")
WRONG = ("not_reproduced", "impossible")


@dataclass(frozen=True)
class Report:
    """A study's Results section, its numbers by place, and what is needed to audit it."""

    paragraphs: tuple[str, ...]
    data: Data
    lexicon: Lexicon
    places: tuple[tuple[int, int, int], ...]


def audit(report: Report, paragraphs: tuple[str, ...]) -> Audit:
    """Audit some paragraphs as if they were a manuscript."""
    manuscript = Manuscript("report.md", tuple(Passage("paragraph", text) for text in paragraphs))
    return build_audit(manuscript, build_collected(manuscript, report.lexicon), report.data)


def read_report(study: Path, stack: ExitStack) -> Report:
    """Run a study and keep its results in words, with where each number stands."""
    index = EstimateIndex(run_study(study).results)
    paragraphs = (*build_results_text(index), *build_effectiveness_text(index))
    opened = stack.enter_context(read_open_study(study))
    data = Data(opened.engine, opened.tables, opened.leave_out)
    data = replace(data, levels=read_levels(data))
    report = Report(paragraphs, data, build_lexicon(opened.protocol, data.levels), ())
    places = (
        (c.passage, c.claim.start, c.claim.end) for c in audit(report, paragraphs).claims if c.claim.numeral
    )
    return replace(report, places=tuple(sorted(set(places))))


def change_digit(number: str, chance: random.Random) -> str:
    """The number with one digit that is another, and no zero in front that was not there."""
    digits = [i for i, sign in enumerate(number) if sign.isdigit()]
    at = chance.choice(digits)
    is_first = at == digits[0] and len(digits) > 1 and number[at + 1 : at + 2].isdigit()
    other = chance.choice([d for d in "0123456789" if d != number[at] and not (d == "0" and is_first)])
    return number[:at] + other + number[at + 1 :]


def mutate(report: Report, chance: random.Random) -> Iterator[tuple[str, ...]]:
    """Change one number of the report."""
    passage, start, end = chance.choice([p for p in report.places if any_digit(report, p)])
    text = report.paragraphs[passage]
    changed = text[:start] + change_digit(text[start:end], chance) + text[end:]
    yield tuple(changed if i == passage else t for i, t in enumerate(report.paragraphs))
    yield (str(passage), str(start), text[start:end])


def any_digit(report: Report, place: tuple[int, int, int]) -> bool:
    """Whether a place holds a digit."""
    passage, start, end = place
    return any(sign.isdigit() for sign in report.paragraphs[passage][start:end])


def main(count: int, seed: int) -> None:
    """Count the changed numbers that the audit reports."""
    chance = random.Random(seed)
    changed: Counter[str] = Counter()
    unchanged: Counter[str] = Counter()
    missed: list[str] = []
    with ExitStack() as stack:
        reports = [read_report(study, stack) for study in STUDIES]
        print(f"{len(reports)} reports with {sum(len(r.places) for r in reports)} numbers")
        started = time.perf_counter()
        for n in range(count):
            report = reports[n % len(reports)]
            paragraphs, (passage, start, was) = mutate(report, chance)
            for c in audit(report, paragraphs).claims:
                is_changed = (c.passage, c.claim.start) == (int(passage), int(start))
                (changed if is_changed else unchanged)[c.verdict.word] += 1
                if is_changed and c.verdict.word in ("reproduced", "unbound", "not_derivable"):
                    missed.append(f"{was} -> {c.claim.text} ({c.verdict.word}): {c.sentence[:90]}")
    caught = sum(changed[word] for word in (*WRONG, "reproduced_otherwise"))
    wrong = sum(unchanged[word] for word in WRONG)
    print(f"{count} manuscripts in {time.perf_counter() - started:.0f} s")
    otherwise = changed["reproduced_otherwise"]
    print(f"changed numbers caught: {caught} of {changed.total()} ({caught / changed.total():.1%})")
    print(f"of these only under another reading: {otherwise} of {caught}; all verdicts: {dict(changed)}")
    print(f"unchanged numbers called wrong: {wrong} of {unchanged.total()} ({wrong / unchanged.total():.3%})")
    print(*missed, sep="\n")


if __name__ == "__main__":
    main(*(int(text) for text in (sys.argv[1:] + ["500", "1"][len(sys.argv) - 1 :])))
