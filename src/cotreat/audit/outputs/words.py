"""What a verdict is called, its sign, and the binding of a number in words."""

from dataclasses import dataclass

from cotreat.audit.audited import AuditedClaim
from cotreat.audit.verdicts.verdict import Word
from cotreat.audit.verdicts.wording import compute_filter_text, compute_measured_text
from cotreat.report.labels import compute_rule_phrase, compute_unit_noun


@dataclass(frozen=True, slots=True)
class VerdictStyle:
    """How a verdict is shown: never by colour alone.

    Attributes
    ----------
    word
        The verdict.
    name, sign
        In words, and as one sign.
    meaning
        What it says, and what it does not.
    """

    word: Word
    name: str
    sign: str
    meaning: str


STYLES: tuple[VerdictStyle, ...] = (
    VerdictStyle(
        "not_reproduced",
        "not reproduced",
        "\N{MULTIPLICATION SIGN}",
        "The data give another number under every declared reading. Why is not known: a slip of the text, "
        "other data, or a definition that the audit does not have.",
    ),
    VerdictStyle(
        "impossible",
        "impossible",
        "!",
        "No data could give this number, in this unit or of this total, or a recorded value is beyond it.",
    ),
    VerdictStyle(
        "reproduced_otherwise",
        "reproduced under another reading",
        "\N{ALMOST EQUAL TO}",
        "The data give this number under another reading, which is named. One of many can fit by chance.",
    ),
    VerdictStyle("reproduced", "reproduced", "=", "The data give this number, rounded as printed."),
    VerdictStyle(
        "not_derivable", "not in the data", "\N{WHITE CIRCLE}", "The data of the study do not hold it."
    ),
    VerdictStyle(
        "unbound", "not bound", "?", "What the number is about is not clear to the audit: nothing is said."
    ),
)
_ASPECTS = {
    "count": "count",
    "denominator": "total",
    "missing": "number of unknown",
    "censored": "number of ongoing",
    "proportion": "share",
    "ci_lower": "lower end of the 95% interval",
    "ci_upper": "upper end of the 95% interval",
    "upper_bound": "one-sided upper bound",
    "value": "value",
    "mean": "mean",
    "sd": "standard deviation",
    "median": "median",
    "q1": "first quartile",
    "q3": "third quartile",
    "min": "smallest",
    "max": "largest",
    "each": "value of each",
    "every": "all of them",
    "none": "none of them",
    "rank": "rank",
    "others": "levels left out of the list",
    "cited": "cited case",
    "amount": "laboratory value",
    "time": "time",
}


def compute_style(word: Word) -> VerdictStyle:
    """How a verdict is shown."""
    return next(style for style in STYLES if style.word == word)


def compute_binding_text(audited: AuditedClaim) -> str:
    """What a number was taken to be, in words; empty when it is not bound."""
    query = audited.statement.queries[0]
    if audited.statement.why:
        return ""
    parts = [_ASPECTS.get(audited.claim.aspect, audited.claim.aspect)]
    measured = compute_measured_text(query) if query.quantity else ""
    if measured:
        parts.append(f"of {measured}")
    if query.unit:
        parts.append(f"of {compute_unit_noun(query.unit, None)}" if not measured else f"by {query.unit}")
    text = " ".join(parts)
    conditions = compute_filter_text(query)
    rule = compute_rule_phrase(query.rule) if query.rule else ""
    return "; ".join(part for part in (text, conditions, rule) if part)


def compute_evidence_text(audited: AuditedClaim) -> str:
    """What the data give, under which reading, and how many readings were tried, in sentences."""
    verdict = audited.verdict
    parts: list[str] = []
    if verdict.data_value:
        parts.append(f"The data give: {verdict.data_value}")
    if verdict.reading and verdict.reading != "as stated":
        parts.append(f"Reading: {verdict.reading}")
    if verdict.readings_tried > 1:
        parts.append(f"{verdict.readings_tried} readings were tried")
    if verdict.note:
        parts.append(verdict.note)
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts)
