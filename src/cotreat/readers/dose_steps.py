"""The grammar of a dose: one step per way to write a part of it.

Each step looks at the lexemes from one place on. It gives the place where it stopped,
or the place where it began when it does not apply; what it understood goes into the draft.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from cotreat.vocabulary.dose_lexemes import Lexeme, Lexemes

MG_PER_UNIT = {"g": Fraction(1000), "mg": Fraction(1), "mcg": Fraction(1, 1000), "ng": Fraction(1, 1_000_000)}
_PUNCTUATION = frozenset("(),;:.")
_MOST_AT_ONCE = 10  # tablets


@dataclass(slots=True)
class DoseDraft:
    """What has been understood so far, before its parts are put together.

    Attributes
    ----------
    low, high, unit
        The amount as written, and its unit; the unit is empty while there is none.
    count
        How often it is taken within the interval: 2 in "2 x 500 mg/day".
    parts
        Into how many the amount is divided.
    scheme
        Parts of the day: 1, 0, 1.
    is_scheme_of_amounts
        Whether the parts are the amounts themselves, as in 20-0-10 mg.
    rate
        Administrations per day.
    route, flags
        As in `Dose`.
    problems
        Why there is no dose, although every word was understood.
    unread
        Lexemes that no step could place.
    """

    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    unit: str = ""
    count: Fraction | None = None
    parts: Fraction | None = None
    scheme: list[Fraction] = field(default_factory=list[Fraction])
    is_scheme_of_amounts: bool = False
    rate: Fraction | None = None
    route: str | None = None
    flags: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])
    unread: list[Lexeme] = field(default_factory=list[Lexeme])


_Step = Callable[[Lexemes, int, DoseDraft], int]


def parse_dose_draft(lexemes: Lexemes) -> DoseDraft:
    """The lexemes from left to right, each by the first step that understands it."""
    draft = DoseDraft()
    at = 0
    while at < len(lexemes.items):
        after = next((end for step in _STEPS if (end := step(lexemes, at, draft)) > at), at)
        if after == at:
            draft.unread.append(lexemes.items[at])
        at = max(after, at + 1)
    return draft


def _set_amount(draft: DoseDraft, low: Fraction, high: Fraction, unit: str) -> None:
    if draft.unit:
        draft.problems.append("has two doses")
    draft.low, draft.high, draft.unit = low, high, unit


def _step_scheme(lexemes: Lexemes, at: int, draft: DoseDraft) -> int:
    """1-0-1, 1-0-1-0 and 20-0-10 mg."""
    parts: list[Fraction] = []
    end = at
    while (part := lexemes.number(end)) is not None:
        parts.append(part)
        end += 1
        if not lexemes.is_sign(end, "-") or lexemes.number(end + 1) is None:
            break
        end += 1
    unit = lexemes.unit(end)
    # Without a unit behind it, 15-1-2024 is a date.
    if len(parts) not in (3, 4) or not any(parts) or (not unit and max(parts) > _MOST_AT_ONCE):
        return at
    if unit and not draft.unit:
        _set_amount(draft, Fraction(1), Fraction(1), unit)
        draft.is_scheme_of_amounts = True
    if draft.scheme:
        draft.problems.append("has two schemes of the day")
    draft.scheme = parts
    return end + 1 if unit else end


def _step_strength(lexemes: Lexemes, at: int, draft: DoseDraft) -> int:
    """2 tablets of 500 mg: taken at once."""
    count, strength_at = lexemes.number(at), at + 2 + lexemes.is_a(at + 2, "of")
    strength, unit = lexemes.number(strength_at), lexemes.unit(strength_at + 1)
    if count is None or strength is None or not lexemes.is_a(at + 1, "count_unit") or unit not in MG_PER_UNIT:
        return at
    _set_amount(draft, count * strength, count * strength, unit)
    return strength_at + 2


def _step_multiple(lexemes: Lexemes, at: int, draft: DoseDraft) -> int:
    """2 x 500 mg."""
    count, amount, unit = lexemes.number(at), lexemes.number(at + 2), lexemes.unit(at + 3)
    if count is None or amount is None or not unit or not lexemes.is_a(at + 1, "times"):
        return at
    _set_amount(draft, amount, amount, unit)
    draft.count = count
    return at + 4


def _step_range(lexemes: Lexemes, at: int, draft: DoseDraft) -> int:
    """10-15 mg, and 10 mg to 15 mg."""
    low = lexemes.number(at)
    middle = at + 1 + bool(lexemes.unit(at + 1))
    high, unit = lexemes.number(middle + 1), lexemes.unit(middle + 2)
    if low is None or high is None or not unit or not lexemes.is_a(middle, "range"):
        return at
    if lexemes.unit(at + 1) not in ("", unit):
        return at
    _set_amount(draft, low, high, unit)
    draft.flags.append("range")
    return middle + 3


def _step_part(lexemes: Lexemes, at: int, draft: DoseDraft) -> int:
    """1/2 tablet."""
    part, whole = lexemes.number(at), lexemes.number(at + 2)
    if (
        part is None
        or not whole
        or not lexemes.is_sign(at + 1, "/")
        or not lexemes.is_a(at + 3, "count_unit")
    ):
        return at
    _set_amount(draft, part / whole, part / whole, lexemes.unit(at + 3))
    return at + 4


def _step_amount(lexemes: Lexemes, at: int, draft: DoseDraft) -> int:
    """15 mg."""
    amount, unit = lexemes.number(at), lexemes.unit(at + 1)
    if amount is None or not unit:
        return at
    _set_amount(draft, amount, amount, unit)
    return at + 2


def _step_body(lexemes: Lexemes, at: int, draft: DoseDraft) -> int:
    """/kg and per m2."""
    if not (draft.unit and lexemes.is_a(at, "per") and lexemes.is_a(at + 1, "body")):
        return at
    draft.flags.append(lexemes.items[at + 1].kinds["body"])
    return at + 2


def _step_content(lexemes: Lexemes, at: int, draft: DoseDraft) -> int:
    """40 mg/0.8 mL, the content of one device; 25 mg/mL is no dose."""
    if not (draft.unit and lexemes.is_sign(at, "/")):
        return at
    end = at + 1 + (lexemes.number(at + 1) is not None)
    if not lexemes.is_a(end, "volume", "count_unit"):
        return at
    if end == at + 1 or not lexemes.is_a(end, "volume"):
        draft.problems.append("is a strength, not a dose")
    return end + 1


def _step_schedule(lexemes: Lexemes, at: int, draft: DoseDraft) -> int:
    """/day, every 2 weeks, weekly, twice daily, 3x/week, x 2/day."""
    times, begin = _times(lexemes, at)
    rate, end = _period(lexemes, begin)
    if end > begin:
        _set_rate(draft, None if rate is None else rate * times)
        return end
    if begin == at or not lexemes.is_a(at, "times"):
        return at
    if lexemes.is_a(begin, "time"):
        draft.flags.append("limited")
        return begin + 1
    draft.count = times
    return begin


def _times(lexemes: Lexemes, at: int) -> tuple[Fraction, int]:
    """How often within a period, and where the period begins: twice, 3 times, 3x, x 3."""
    if lexemes.is_a(at, "count_word"):
        return lexemes.value(at, "count_word"), at + 1
    before, after = lexemes.number(at), lexemes.number(at + 1)
    if before is not None and lexemes.is_a(at + 1, "times"):
        return before, at + 2
    if after is not None and lexemes.is_a(at, "times"):
        return after, at + 2
    return Fraction(1), at


def _period(lexemes: Lexemes, at: int) -> tuple[Fraction | None, int]:
    """Administrations per day, None for a range of intervals; the end is `at` when there is none."""
    if lexemes.is_a(at, "frequency"):
        return lexemes.value(at, "frequency"), at + 1
    if not lexemes.is_a(at, "per", "every"):
        return None, at
    length = lexemes.number(at + 1)
    unit = at + 1 + (length is not None)
    if length is not None and lexemes.is_a(unit, "range") and lexemes.number(unit + 1) is not None:
        return (None, unit + 3) if lexemes.is_a(unit + 2, "time") else (None, at)
    if not lexemes.is_a(unit, "time") or length == 0:
        return None, at
    return 1 / ((length or Fraction(1)) * lexemes.value(unit, "time")), unit + 1


def _set_rate(draft: DoseDraft, rate: Fraction | None) -> None:
    if rate is None:
        draft.flags.append("interval_range")
    elif not rate or draft.rate not in (None, rate):
        draft.problems.append("has two intervals, or one that is none")
    else:
        draft.rate = rate


def _step_duration(lexemes: Lexemes, at: int, draft: DoseDraft) -> int:
    """For 2 weeks."""
    limited = lexemes.is_a(at, "duration") and lexemes.number(at + 1) and lexemes.is_a(at + 2, "time")
    if not limited:
        return at
    draft.flags.append("limited")
    return at + 3


def _step_divided(lexemes: Lexemes, at: int, draft: DoseDraft) -> int:
    """In 2 divided doses."""
    parts = lexemes.number(at)
    if not parts or not lexemes.is_a(at + 1, "divided"):
        return at
    draft.parts = parts
    return at + 2


def _step_word(lexemes: Lexemes, at: int, draft: DoseDraft) -> int:
    """A route, a flag, a word without weight, punctuation, or a word with two meanings."""
    lexeme = lexemes.items[at]
    if "ambiguous" in lexeme.kinds:
        draft.problems.append(f"says {lexeme.text!r}, which has two meanings")
    elif "route" in lexeme.kinds:
        if draft.route not in (None, lexeme.kinds["route"]):
            draft.problems.append("has two routes")
        draft.route = lexeme.kinds["route"]
    elif "flag" in lexeme.kinds:
        draft.flags.append(lexeme.kinds["flag"])
    elif "filler" not in lexeme.kinds and lexeme.text not in _PUNCTUATION:
        return at
    return at + 1


_STEPS: tuple[_Step, ...] = (
    _step_scheme,
    _step_strength,
    _step_multiple,
    _step_range,
    _step_part,
    _step_amount,
    _step_body,
    _step_content,
    _step_schedule,
    _step_duration,
    _step_divided,
    _step_word,
)
