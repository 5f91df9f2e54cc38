"""What a dose says: amount, unit, interval, route, and nothing guessed.

A dose is read by a grammar whose words are data. Every word must be understood: one
unknown word, two doses or two intervals, and the text has no reading; a misspelt word
comes back with the reading that was probably meant, which is never used unconfirmed.
Arithmetic is exact until the last step: 20 mg/12 h are 40 mg per day, 15 mg/week 15/7.
"""

import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Literal

from cotreat.findings import Unparsed
from cotreat.readers.dose_steps import MG_PER_UNIT, DoseDraft, parse_dose_draft
from cotreat.vocabulary.dose_lexemes import parse_dose_corrections, parse_dose_lexemes

LONGEST_DOSE = 500  # characters; a longer text is no dose, and is refused unread
_SHOWN = 80
# Flags that say: the amount taken per day does not follow from the amount and the interval.
_NOT_DAILY = frozenset({"per_kg", "per_m2", "range", "interval_range", "as_needed", "up_to"})
_MOST_CORRECTED = 2


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose as it is written.

    Attributes
    ----------
    amount
        Amount of one administration, in `unit`; above 0. None for a range.
    low, high
        The bounds of a range, both included; otherwise both are the amount.
    unit
        mg, g, mcg, ng, mL, L, IU, MU, or what is counted: tablet, capsule, pen and so on.
    interval_days
        Days from one administration to the next: 0.5 for "every 12 h", 30.4375 for
        "monthly"; None when the text gives none, or several.
    mg_per_day
        mg per day, averaged over the interval; for a tapered dose the one written. None
        when it does not follow: no interval, no unit of mass, per kg or m2, a range,
        "as needed", "up to".
    route
        oral, subcutaneous, intravenous, intramuscular, topical or intralesional.
    flags
        What else the text says, each once, in its order: tapering, titrated, loading,
        initial, maintenance, monotherapy, as_needed, up_to, approximate, single_dose, limited
        (for a stated time), per_kg, per_m2, range, interval_range, repeated ("2 x 500
        mg" without an interval), unequal (different amounts over the day: then the
        amount is the sum of one day).
    text
        The text that was read, in Unicode's composed form.
    """

    amount: float | None
    low: float
    high: float
    unit: str
    interval_days: float | None
    mg_per_day: float | None
    route: str | None
    flags: tuple[str, ...]
    text: str


def parse_dose(text: str, *, decimal: Literal[".", ","] | None = None) -> Dose | Unparsed:
    """The dose that a text states, or why it has no reading and what may be meant.

    Parameters
    ----------
    text
        Such as "15 mg/week (orally)", "300 mg cada 14 días", "500 mg 1-0-1". At most
        500 characters are read.
    decimal
        The decimal sign of the source. None: it is seen from the number, and a number
        such as "1.000", which can be one or a thousand, has no reading.

    Examples
    --------
    >>> dose = parse_dose("20 mg/12 h")
    >>> dose.amount, dose.interval_days, dose.mg_per_day
    (20.0, 0.5, 40.0)
    >>> parse_dose("15 smg/day").proposal
    '15 mg/day'
    """
    if len(text) > LONGEST_DOSE:
        why = f"has {len(text)} characters, and at most {LONGEST_DOSE} are read"
        return Unparsed(text[:_SHOWN] + "…", why)
    if not text.strip():
        return Unparsed(text, "is empty")
    text = unicodedata.normalize("NFC", text)
    lexemes = parse_dose_lexemes(text, decimal=decimal)
    if isinstance(lexemes, Unparsed):
        return replace(lexemes, text=text)
    draft = parse_dose_draft(lexemes)
    if draft.unread:
        return Unparsed(text, _why_unread(draft), _propose(text, draft, decimal))
    return _finish(text, draft)


def _why_unread(draft: DoseDraft) -> str:
    words = [repr(lexeme.text) for lexeme in draft.unread if lexeme.is_unknown]
    if words:
        return f"has words that the grammar of doses does not know: {', '.join(words)}"
    if not draft.unit:
        return "has no amount with a unit"
    return f"has parts without a place in a dose: {', '.join(repr(lexeme.text) for lexeme in draft.unread)}"


def _finish(text: str, draft: DoseDraft) -> Dose | Unparsed:
    """The dose of a draft in which every word was understood."""
    _settle_scheme(draft)
    _settle_count(draft)
    _settle_parts(draft)
    if not draft.unit:
        draft.problems.append("has no amount with a unit")
    elif draft.low <= 0 or draft.high < draft.low:
        draft.problems.append("has an amount that is zero, or a range whose end is below its start")
    if draft.problems:
        return Unparsed(text, draft.problems[0])
    return Dose(
        amount=float(draft.low) if draft.low == draft.high else None,
        low=float(draft.low),
        high=float(draft.high),
        unit=draft.unit,
        interval_days=float(1 / draft.rate) if draft.rate else None,
        mg_per_day=_mg_per_day(draft),
        route=draft.route,
        flags=tuple(dict.fromkeys(draft.flags)),
        text=text,
    )


def _mg_per_day(draft: DoseDraft) -> float | None:
    """The daily amount, exact until here; None when it does not follow."""
    if draft.rate is None or draft.unit not in MG_PER_UNIT or _NOT_DAILY.intersection(draft.flags):
        return None
    return float(draft.low * MG_PER_UNIT[draft.unit] * draft.rate)


def _settle_scheme(draft: DoseDraft) -> None:
    """1-0-1: the parts of the day at which something is taken, and how much.

    200 mg/day (1-0-1) is 200 mg in all or each time; 20-0-10 mg/day and 4 mg/day 1-0-0 are clear.
    """
    taken = [part for part in draft.scheme if part]
    if not taken:
        return
    if draft.rate == 1 and not draft.is_scheme_of_amounts and sum(taken) != 1:
        draft.problems.append("has a scheme of the day and an amount per day")
    elif draft.rate not in (None, 1) or "interval_range" in draft.flags:
        draft.problems.append("has a scheme of the day and another interval")
    if draft.parts is not None:
        draft.problems.append("has a scheme of the day and divided doses")
    if len(set(taken)) == 1:
        factor, draft.rate = taken[0], Fraction(len(taken))
    else:
        factor, draft.rate = sum(taken, Fraction(0)), Fraction(1)
        draft.flags.append("unequal")
    draft.low, draft.high = draft.low * factor, draft.high * factor


def _settle_count(draft: DoseDraft) -> None:
    """2 x 500 mg: spread over the day when taken per day, otherwise taken at once."""
    if draft.count is None or draft.count == 1:
        return
    if draft.rate is None:
        draft.flags.append("repeated")
    elif draft.rate == 1:
        draft.rate = draft.count
    else:
        draft.low, draft.high = draft.low * draft.count, draft.high * draft.count


def _settle_parts(draft: DoseDraft) -> None:
    """200 mg/day in 2 divided doses: 100 mg every half day."""
    if draft.parts is None:
        return
    if draft.rate is None:
        draft.problems.append("has divided doses without an interval")
    else:
        draft.low, draft.high = draft.low / draft.parts, draft.high / draft.parts
        draft.rate = draft.rate * draft.parts


def _propose(text: str, draft: DoseDraft, decimal: Literal[".", ","] | None) -> str:
    """The text with its unknown words replaced by the nearest ones that give one dose; else empty."""
    unknown = [lexeme for lexeme in draft.unread if lexeme.is_unknown]
    if len(unknown) > _MOST_CORRECTED:
        return ""
    readings: dict[Dose, tuple[int, str]] = {}
    for corrections in product(*(parse_dose_corrections(lexeme.text) for lexeme in unknown)):
        corrected = text
        for lexeme, (_, word) in reversed(list(zip(unknown, corrections, strict=True))):
            corrected = corrected[: lexeme.start] + word + corrected[lexeme.end :]
        lexemes = parse_dose_lexemes(corrected, decimal=decimal)
        again = lexemes if isinstance(lexemes, Unparsed) else parse_dose_draft(lexemes)
        dose = again if isinstance(again, Unparsed) or again.unread else _finish("", again)
        if isinstance(dose, Dose):
            distance = sum(edits for edits, _ in corrections)
            readings[dose] = min(readings.get(dose, (distance, corrected)), (distance, corrected))
    nearest = min((distance for distance, _ in readings.values()), default=0)
    best = [proposal for distance, proposal in readings.values() if distance == nearest]
    return best[0] if len(best) == 1 else ""
