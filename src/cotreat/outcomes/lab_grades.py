"""The CTCAE grade of one laboratory value, and why it is not gradable.

Where a limit or the value before treatment is missing, the grade is known only as far as it does
not depend on it: *not gradable is not grade 0*.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast

from cotreat.vocabulary.ctcae import DECIMALS, LARGEST_LIMIT, LabCriterion

Position = Literal["low", "normal", "high"]
NoGrade = Literal["", "no_value", "no_criterion", "no_limit", "no_baseline", "no_limit_and_baseline"]


@dataclass(frozen=True, slots=True)
class LabGrade:
    """The grade of one value, as far as it is known.

    Attributes
    ----------
    lowest, highest
        Grades between which it lies whatever the missing limit or value before treatment was;
        None where there is no value, or no criterion.
    reason
        Why it is not gradable; empty when it is.
    """

    lowest: int | None
    highest: int | None
    reason: NoGrade = ""

    @property
    def grade(self) -> int | None:
        """The grade, 0 to 4; None: not gradable."""
        return self.lowest if self.lowest == self.highest else None


def compute_lab_grade(
    criterion: LabCriterion,
    value: float | None,
    *,
    limit: float | None = None,
    baseline: float | None = None,
    position: Position | None = None,
    is_molar: bool = False,
) -> LabGrade:
    """The grade of one value, between which grades it lies, and why it is not gradable.

    Parameters
    ----------
    criterion
        Of `read_ctcae`.
    value
        In the unit of the test.
    limit
        The lower limit of normal for a decrease, the upper for an increase, in the same unit; one that is
        not above 0 is none.
    baseline
        The patient's value before treatment, in the same unit.
    position
        Where that value lay in its own limits; None: judged by `limit`, as far as it tells.
    is_molar
        Whether the value was recorded in moles.

    Notes
    -----
    NCI, CTCAE 5.0 (2017) and 6.0 (2025). Values are compared as whole numbers of 10^-9. Worked numbers:
    0.5 x 10^9/L lymphocytes are grade 2 in 5.0; 1.03 x 10^9/L neutrophils are grade 2 in 5.0 and 1 in 6.0.

    Examples
    --------
    >>> from cotreat.vocabulary.ctcae import read_ctcae
    >>> lymphopenia = read_ctcae("5.0")["lymphopenia"]
    >>> compute_lab_grade(lymphopenia, 0.81, limit=1.0).grade
    1
    >>> compute_lab_grade(lymphopenia, 0.81)
    LabGrade(lowest=0, highest=1, reason='no_limit')
    """
    if not criterion.bounds:
        return LabGrade(None, None, "no_criterion")
    if value is None:
        return LabGrade(None, None, "no_value")
    whole = compute_whole(value)
    own_limit = compute_whole(limit) if limit is not None and 0 < limit < LARGEST_LIMIT else None
    own_baseline = None if baseline is None else compute_whole(baseline)
    found = Compared(criterion, whole, own_limit, own_baseline, position, is_molar)
    lowest, highest = found.range
    return LabGrade(lowest, highest, "" if lowest == highest else found.missing)


@dataclass(frozen=True, slots=True)
class Compared:
    """One value beside its bounds, all in whole numbers of 10^-9 of the unit."""

    criterion: LabCriterion
    value: int
    limit: Fraction | int | None
    baseline: Fraction | int | None
    position: Position | None
    is_molar: bool

    @property
    def missing(self) -> NoGrade:
        """What is not known of it that its grade may depend on."""
        if self.limit is not None or not self.criterion.needs_limit:
            return "no_baseline"
        needs_baseline = self.criterion.baseline_rule not in ("", "low")
        return "no_limit_and_baseline" if needs_baseline and self.baseline is None else "no_limit"

    @property
    def range(self) -> tuple[int, int]:
        """The lowest and the highest grade that are possible."""
        fixed = self._by_value()
        low, high = _RANGES[self.criterion.baseline_rule](self)
        return max(fixed, low), max(fixed, high)

    def _by_value(self) -> int:
        bounds = self.criterion.bounds.items()
        at = {g: b.molar_value if self.is_molar and b.molar_value is not None else b.value for g, b in bounds}
        return max(
            (g for g, bound in at.items() if bound is not None and self._passes(compute_whole(bound))),
            default=0,
        )

    def by_limit(self, limit: Fraction | int) -> int:
        """The grade by multiples of a limit."""
        of = ((g, b) for g, b in self.criterion.bounds.items() if b.limit_multiple is not None)
        return max(
            (
                g
                for g, b in of
                if self._passes(cast("Fraction", b.limit_multiple) * limit + compute_whole(b.limit_plus))
            ),
            default=0,
        )

    def by_baseline(self, baseline: Fraction | int, *, is_open: bool = False) -> int:
        """The grade by multiples of a value before treatment; `is_open`: it was beyond that value."""
        of = ((g, b) for g, b in self.criterion.bounds.items() if b.baseline_multiple is not None)
        return max(
            (
                g
                for g, b in of
                if self._passes(
                    cast("Fraction", b.baseline_multiple) * baseline,
                    includes=b.baseline_includes and not is_open,
                )
            ),
            default=0,
        )

    def _passes(self, bound: Fraction | int, *, includes: bool = False) -> bool:
        if includes and self.value == bound:
            return True
        return self.value > bound if self.criterion.is_above else self.value < bound

    def is_high(self) -> bool | None:
        """Whether the value before treatment was above the upper limit."""
        if self.position is not None:
            return self.position == "high"
        if self.baseline is None or self.limit is None:
            return None
        return self.baseline > self.limit

    def without_baseline(self) -> tuple[int, int]:
        """By the limit alone."""
        if self.limit is not None:
            grade = self.by_limit(self.limit)
            return grade, grade
        return 0, self.criterion.highest_by_limit

    def beside(self) -> tuple[int, int]:
        """By the limit or by the value before treatment, whichever is worse."""
        low, high = self.without_baseline()
        if self.baseline is None:
            return low, max(high, self.criterion.highest_by_baseline)
        own = self.by_baseline(self.baseline)
        return max(low, own), max(high, own)

    def beside_if_low(self) -> tuple[int, int]:
        """By the value before treatment too, if it is known to have been low."""
        return (
            self.beside() if self.position == "low" and self.baseline is not None else self.without_baseline()
        )

    def instead_if_high(self) -> tuple[int, int]:
        """By the value before treatment in place of the limit, if it was high."""
        is_high, limit, baseline = self.is_high(), self.limit, self.baseline
        if is_high and baseline is not None:
            own = self.by_baseline(baseline)
            return own, own
        if is_high is False:
            return self.without_baseline()
        if limit is not None:
            # The value before treatment is not known: normal, or anything above the limit.
            return 0, max(self.by_limit(limit), self.by_baseline(limit, is_open=True))
        if baseline is not None:
            # The limit is not known: below the value before treatment, or from it on.
            return 0, max(self.by_baseline(baseline), self.by_limit(baseline))
        return 0, max(self.criterion.highest_by_limit, self.criterion.highest_by_baseline)

    def together(self) -> tuple[int, int]:
        """By the limit and by the value before treatment, whichever is less."""
        by_limit = self.without_baseline()
        own = (0, self.criterion.highest_by_baseline)
        if self.baseline is not None:
            own = (self.by_baseline(self.baseline),) * 2
        return min(by_limit[0], own[0]), min(by_limit[1], own[1])


_RANGES = {
    "": Compared.without_baseline,
    "always": Compared.beside,
    "low": Compared.beside_if_low,
    "high": Compared.instead_if_high,
    "both": Compared.together,
}


def compute_whole(value: float) -> int:
    """A value in whole numbers of 10^-9 of its unit."""
    return int(value * DECIMALS + 0.5) if value >= 0 else -int(-value * DECIMALS + 0.5)
