"""The Results section of a study, from only those estimates that its sentences ask for."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from cotreat.analysis.estimates import estimate
from cotreat.analysis.measures import MEASURES
from cotreat.analysis.results import Estimate
from cotreat.audit.audited import Audit, AuditedClaim, build_audit
from cotreat.audit.collected import build_collected
from cotreat.audit.grammar.lexicon import Lexicon
from cotreat.audit.manuscripts.passages import Manuscript, Passage
from cotreat.audit.verdicts.answers import Data, read_levels
from cotreat.report.content import EstimateIndex
from cotreat.report.narrative import build_results_text
from cotreat.report.narrative_effectiveness import build_effectiveness_text
from cotreat.report.narrative_safety import build_safety_text


class AskedIndex(EstimateIndex):
    """Estimates that are made when a sentence looks for them; the whole registry takes seconds."""

    def __init__(self, data: Data) -> None:
        """Nothing is asked of the data yet."""
        super().__init__(())
        self._data = data
        self._asked: set[tuple[str, str, str]] = set()
        self.measures = set(MEASURES) - set(data.leave_out)

    def levels(
        self, measure: str, unit: str, rule: str = "", group: str = "", statistic: str = "proportion"
    ) -> list[Estimate]:
        self._ask(measure, unit, by=_by(group))
        return super().levels(measure, unit, rule, group, statistic)

    def upper_bound(
        self, measure: str, unit: str, rule: str, group: str, level: str, statistic: str = "proportion"
    ) -> Estimate | None:
        self._ask(measure, unit, by=_by(group))
        return super().upper_bound(measure, unit, rule, group, level, statistic)

    def rules(self, measure: str, unit: str) -> list[str]:
        self._ask(measure, unit)
        return super().rules(measure, unit)

    def groups(self, measure: str, unit: str, rule: str, variable: str) -> list[str]:
        self._ask(measure, unit, by=variable)
        return super().groups(measure, unit, rule, variable)

    def of_measure(self, measure: str) -> list[Estimate]:
        for unit in MEASURES[measure].rules:
            for by in ("", *MEASURES[measure].groups_of(is_dated=self._data.tables.is_dated)):
                self._ask(measure, unit, by=by)
        return super().of_measure(measure)

    def _ask(self, measure: str, unit: str, by: str = "") -> None:
        if measure not in self.measures:
            return
        definition = MEASURES[measure]
        is_dated = self._data.tables.is_dated
        # Other groups, such as weeks, come with the measure itself.
        by = by if by in definition.groups_of(is_dated=is_dated) else ""
        if (measure, unit, by) in self._asked or not (by or definition.is_pooled):
            return
        self._asked.add((measure, unit, by))
        for rule in definition.rules_of(is_dated=is_dated).get(unit, ()):
            for e in estimate(
                self._data.engine, self._data.tables, measure=measure, unit=unit, rule=rule, by=by
            ):
                key = (e.measure, e.unit_of_analysis, e.rule, e.group, e.statistic)
                self._by_key.setdefault(key, []).append(e)


def _by(group: str) -> str:
    """The variables of a group."""
    return " & ".join(part.partition("=")[0] for part in group.split(" & "))


def narrate(data: Data) -> tuple[str, ...]:
    """The paragraphs that cotreat writes about a study."""
    return tuple(build_results_text(AskedIndex(data)))


def narrate_effectiveness(data: Data) -> tuple[str, ...]:
    """The paragraphs about scores, drug survival and what came after."""
    return tuple(build_effectiveness_text(AskedIndex(data)))


def narrate_safety(data: Data) -> tuple[str, ...]:
    """The paragraph about adverse events by exposure; none without days."""
    return build_safety_text(AskedIndex(data))


def add_levels(data: Data) -> Data:
    """The same data, with the levels that they have."""
    return replace(data, levels=read_levels(data))


def audit_paragraphs(data: Data, lexicon: Lexicon, paragraphs: Sequence[str]) -> Audit:
    """An audit of some paragraphs as a manuscript."""
    manuscript = Manuscript("report.md", tuple(Passage("paragraph", text) for text in paragraphs))
    return build_audit(manuscript, build_collected(manuscript, lexicon), data)


def change_digit(paragraphs: Sequence[str], claim: AuditedClaim, draw: Random) -> tuple[str, ...]:
    """The paragraphs with one digit of one number changed; it keeps its number of digits."""
    text = paragraphs[claim.passage]
    number = text[claim.claim.start : claim.claim.end]
    digits = [i for i, sign in enumerate(number) if sign.isdigit()]
    at = draw.choice(digits)
    is_leading = at == digits[0] and number[at + 1 : at + 2].isdigit()
    other = draw.choice([d for d in "0123456789" if d != number[at] and not (d == "0" and is_leading)])
    place = claim.claim.start + at
    changed = text[:place] + other + text[place + 1 :]
    return tuple(changed if i == claim.passage else t for i, t in enumerate(paragraphs))
