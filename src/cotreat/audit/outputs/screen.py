"""The audit on a screen: how many numbers have which verdict, and those that do not hold."""

from collections.abc import Iterator

from cotreat.audit.audited import Audit, AuditedClaim
from cotreat.report.inert import compute_legible_text

VERDICTS = (
    ("reproduced", "reproduced"),
    ("reproduced_otherwise", "reproduced under another reading"),
    ("not_reproduced", "not reproduced"),
    ("impossible", "impossible"),
    ("not_derivable", "not in the data"),
    ("unbound", "not bound"),
)
_MOST_LISTED = 20


def table_audit(audit: Audit) -> Iterator[str]:
    """Lines: the verdicts in numbers, then each number that the data do not give."""
    counts = ", ".join(f"{audit.count(word)} {name}" for word, name in VERDICTS if audit.count(word))
    yield f"{len(audit.claims)} numbers: {counts or 'none'}."
    if not audit.study:
        yield "No data were given: only the consistency of the manuscript with itself was looked at."
    for check in audit.checks:
        yield compute_legible_text(f"  together: {check.text}")
    wrong = [c for c in audit.claims if c.verdict.word in ("not_reproduced", "impossible")]
    for claim in wrong[:_MOST_LISTED]:
        yield compute_legible_text(_line(claim))
    if len(wrong) > _MOST_LISTED:
        yield f"  and {len(wrong) - _MOST_LISTED} more."


def _line(audited: AuditedClaim) -> str:
    word = dict(VERDICTS)[audited.verdict.word]
    gives = f" The data give: {audited.verdict.data_value}." if audited.verdict.data_value else ""
    place = f"{audited.section}: " if audited.section else ""
    return f"  {word}: {place}{audited.claim.text!r} in {_shortened(audited.sentence)!r}.{gives}"


def _shortened(text: str, most: int = 100) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
