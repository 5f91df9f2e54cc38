"""Parts that the report's tables share: cells, rows of levels, summaries of a measurement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_label, compute_unit_noun
from cotreat.report.numbers import (
    NOT_ESTIMATED,
    compute_count_text,
    compute_interval_text,
    compute_number_text,
    compute_recorded_text,
    compute_share_text,
)

ABSENT = "\N{EN DASH}"
CI_HEADING = "95% CI, %"
_ON_PATIENTS = "exact on patients"
_NO_REASON = "no reason was recorded"


class Notes:
    """Notes below a table, in the order of their marks; the same text has one mark."""

    def __init__(self) -> None:
        """No notes yet."""
        self._marked: dict[str, str] = {}
        self._method = ""

    def mark(self, text: str) -> str:
        """The mark of a note, such as ``[a]``; the note is added when it is new."""
        return f"[{self._marked.setdefault(text, _letters(len(self._marked)))}]"

    def method(self, estimate: Estimate) -> str:
        """The mark of how the interval of an estimate was made.

        Empty for the method of the table's first interval, which is named without a mark.
        """
        text = _method_text(estimate)
        self._method = self._method or text
        return "" if text == self._method else f" {self.mark(f'Interval: {text}')}"

    def lines(self, *others: str) -> tuple[str, ...]:
        """The notes: first these, then the interval method, then the marked ones."""
        unless = " unless marked" if any(text.startswith("Interval: ") for text in self._marked) else ""
        method = f"CI: confidence interval ({self._method}{unless})." if self._method else ""
        marked = (f"[{mark}] {_sentence(text)}" for text, mark in self._marked.items())
        return tuple(line for line in (*others, method, *marked) if line)


def _method_text(estimate: Estimate) -> str:
    """The method; that it counted patients stands in the estimate's note."""
    method = estimate.ci_method.replace(" %", "%")
    return f"{method}, {_ON_PATIENTS}" if method and _ON_PATIENTS in estimate.note else method


def _letters(place: int) -> str:
    quotient, rest = divmod(place, 26)
    return (_letters(quotient - 1) if quotient else "") + chr(ord("a") + rest)


def _sentence(text: str) -> str:
    stripped = text.strip()
    stripped = stripped[:1].upper() + stripped[1:]
    return stripped if stripped.endswith((".", "!", "?")) else f"{stripped}."


def compute_reason_cell(estimate: Estimate, notes: Notes) -> str:
    """A dash and the mark of a note that says why there is no number."""
    return f"{ABSENT} {notes.mark(f'{NOT_ESTIMATED.capitalize()}: {estimate.note or _NO_REASON}')}"


def compute_share_cell(estimate: Estimate | None, notes: Notes) -> str:
    """``14/22 (63.6%)``; where it cannot be estimated the mark of a note that says why."""
    if estimate is None:
        return ABSENT
    numerator, denominator = estimate.numerator, estimate.denominator
    if estimate.estimate is None or numerator is None or not denominator:
        return compute_reason_cell(estimate, notes)
    return compute_share_text(numerator, denominator)


def compute_interval_cell(estimate: Estimate | None, notes: Notes, *, is_share: bool = True) -> str:
    """``41.6 to 81.1``, in percent for a share, with the mark of its method if it needs one."""
    if estimate is None or estimate.estimate is None:
        return ABSENT
    text = compute_interval_text(estimate.ci_lower, estimate.ci_upper, is_share=is_share)
    return f"{text}{notes.method(estimate)}" if text else ABSENT


def compute_count_cell(estimate: Estimate | None, notes: Notes) -> str:
    """A count; where it cannot be shown the mark of a note that says why."""
    if estimate is None:
        return ABSENT
    if estimate.estimate is None:
        return compute_reason_cell(estimate, notes)
    return compute_count_text(int(estimate.estimate))


def compute_level_order(estimates: Iterable[Estimate], order: Sequence[str] = ()) -> list[Estimate]:
    """Estimates of one measure as they are read: in this order, else the most frequent first."""

    def key(e: Estimate) -> tuple[int, int, str]:
        place = order.index(e.level) if e.level in order else len(order)
        return place, -(e.numerator or 0), compute_label(e.level, e.measure)

    return sorted(estimates, key=key)


def compute_unknown_text(estimates: Sequence[Estimate], unit: str) -> str:
    """How many units have no known answer, such as ``1 patient``; empty when it is not recorded."""
    missing = [e.n_missing for e in estimates if e.n_missing is not None]
    if not missing:
        return ""
    least, most = min(missing), max(missing)
    span = (
        compute_count_text(most)
        if least == most
        else f"{compute_count_text(least)} to {compute_count_text(most)}"
    )
    # An incomplete list leaves a level unknown where it is not named, and another one not.
    return f"{span} {compute_unit_noun(unit, most)}{'' if least == most else ', by row'}"


@dataclass(frozen=True, slots=True)
class LevelTable:
    """What a table of one measure by level is called and how its rows are ordered."""

    name: str
    caption: str
    heading: str
    order: tuple[str, ...] = ()
    unknown: str = "Unknown"
    left_out: tuple[str, ...] = ()


def table_levels(
    index: EstimateIndex, measure: str, unit: str, rule: str, spec: LevelTable, *, notes: tuple[str, ...] = ()
) -> TableBlock | None:
    """One row per level of a measure: n/N (%) and interval; None when there are no estimates."""
    found = [e for e in index.levels(measure, unit, rule) if e.level not in spec.left_out]
    estimates = compute_level_order(found, spec.order)
    if not estimates or not index.has_known(measure, unit, rule):
        return None
    marks = Notes()
    rows = [
        Row(
            (
                compute_label(e.level, measure),
                compute_share_cell(e, marks),
                compute_interval_cell(e, marks),
            )
        )
        for e in estimates
    ]
    unknown = compute_unknown_text(estimates, unit)
    if unknown:
        rows.append(Row((spec.unknown, unknown, "")))
    columns = (
        Column(spec.heading),
        Column(f"{compute_unit_noun(unit, None).capitalize()}, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
    )
    return TableBlock(spec.name, spec.caption, columns, tuple(rows), marks.lines(*notes))


@dataclass(frozen=True, slots=True)
class Summary:
    """A measurement summed up: how many values, and their mean, quantiles and extremes."""

    by_statistic: dict[str, Estimate]

    @property
    def any(self) -> Estimate | None:
        """One of the estimates, for what they share: counts, unit, note."""
        return next(iter(self.by_statistic.values()), None)

    def text(self, statistic: str, decimals: int = 1, *, keep_zeros: bool = True) -> str:
        """One statistic as text; empty when it is not estimated."""
        estimate = self.by_statistic.get(statistic)
        if estimate is None or estimate.estimate is None:
            return ""
        return compute_number_text(estimate.estimate, decimals, keep_zeros=keep_zeros)

    @property
    def is_single(self) -> bool:
        """Whether there is one value only, so that it has no spread."""
        return self.any is not None and self.any.denominator == 1

    def mean_sd(self, *, keep_zeros: bool = True) -> str:
        """``14.0 (9.5)``; of a single value the value."""
        mean, sd = (self.text(s, keep_zeros=keep_zeros) for s in ("mean", "sd"))
        return f"{mean} ({sd})" if mean and sd else mean or ABSENT

    def median_iqr(self, *, keep_zeros: bool = True) -> str:
        """``12.5 [6.0 to 20.0]``; of a single value the value."""
        median, q1, q3 = (self.text(s, keep_zeros=keep_zeros) for s in ("median", "q1", "q3"))
        return f"{median} [{q1} to {q3}]" if median and q1 and q3 and not self.is_single else median or ABSENT

    def range(self) -> str:
        """``0.5 to 32.0``: extremes as recorded, with the same decimals; of a single value a dash."""
        found = [self.by_statistic.get(s) for s in ("min", "max")]
        ends = [e.estimate for e in found if e is not None and e.estimate is not None]
        if len(ends) < 2 or self.is_single:
            return ABSENT
        decimals = max(len(compute_recorded_text(end).partition(".")[2]) for end in ends)
        low, high = (compute_number_text(end, decimals) for end in ends)
        return f"{low} to {high}"


def build_summary(index: EstimateIndex, measure: str, unit: str, rule: str = "", group: str = "") -> Summary:
    """The estimates of one measurement by statistic; empty when there are none."""
    wanted = ("median", "mean", "sd", "q1", "q3", "min", "max", "sum")
    found = ((s, index.find(measure, unit, s, rule=rule, group=group)) for s in wanted)
    return Summary({s: e for s, e in found if e is not None})
