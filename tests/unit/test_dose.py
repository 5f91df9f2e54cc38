"""What people write for a dose, and what it means; what has no reading says why."""

from fractions import Fraction
from time import process_time
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotreat.findings import Unparsed
from cotreat.readers.dose import LONGEST_DOSE, Dose, parse_dose

# fmt: off
WORDS = [
    "15", "2", "1", "mg", "g", "mg/kg", "/", "day", "week", "h", "every", "bid", "1-0-1", "x", "twice",
    "to", "-", "orally", "prn", "ml", "tablets", "of", ".", ",", "(", ")", "½", ".5",
]
# fmt: on


def _dose(text: str, decimal: Literal[".", ","] | None = None) -> Dose:
    dose = parse_dose(text, decimal=decimal)
    assert isinstance(dose, Dose), dose
    return dose


def _unparsed(text: str, decimal: Literal[".", ","] | None = None) -> Unparsed:
    dose = parse_dose(text, decimal=decimal)
    assert isinstance(dose, Unparsed), dose
    return dose


@pytest.mark.parametrize(
    ("text", "amount", "unit", "interval_days", "mg_per_day", "route", "flags"),
    [
        # the doses of the letter
        ("4 mg/day", 4, "mg", 1, 4, None, ()),
        ("4mg/day", 4, "mg", 1, 4, None, ()),
        ("15 mg/week (orally)", 15, "mg", 7, 15 / 7, "oral", ()),
        ("15 mg/week (subcutaneous)", 15, "mg", 7, 15 / 7, "subcutaneous", ()),
        ("2.5 mg/day", 2.5, "mg", 1, 2.5, None, ()),
        ("20 mg/12 h", 20, "mg", 0.5, 40, None, ()),
        ("100 mg/12 h", 100, "mg", 0.5, 200, None, ()),
        ("300 mg/14 days", 300, "mg", 14, 300 / 14, None, ()),
        ("600 mg/14 days", 600, "mg", 14, 600 / 14, None, ()),
        ("40 mg/2 weeks", 40, "mg", 14, 40 / 14, None, ()),
        ("40 mg/day in gradual tapering (orally)", 40, "mg", 1, 40, "oral", ("tapering",)),
        ("15 mg in gradual tapering (orally)", 15, "mg", None, None, "oral", ("tapering",)),
        ("30 mg/day monotherapy", 30, "mg", 1, 30, None, ("monotherapy",)),
        # units
        ("1 g bid", 1, "g", 0.5, 2000, None, ()),
        ("500 mcg/day", 500, "mcg", 1, 0.5, None, ()),
        ("25 µg/day", 25, "mcg", 1, 0.025, None, ()),
        ("25 \N{GREEK SMALL LETTER MU}g/day", 25, "mcg", 1, 0.025, None, ()),
        ("100000 IU/week", 100000, "IU", 7, None, None, ()),
        ("1000 UI al día", 1000, "IU", 1, None, None, ()),
        ("5 ml/day", 5, "mL", 1, None, None, ()),
        ("1 tablet/day", 1, "tablet", 1, None, None, ()),
        ("½ tablet daily", 0.5, "tablet", 1, None, None, ()),
        ("1½ comprimidos al día", 1.5, "tablet", 1, None, None, ()),
        ("1/2 tablet daily", 0.5, "tablet", 1, None, None, ()),
        ("1 pluma cada 14 días", 1, "pen", 14, None, None, ()),
        ("40 mg/0.8 ml every 2 weeks", 40, "mg", 14, 40 / 14, None, ()),
        # intervals, English
        ("5 mg daily", 5, "mg", 1, 5, None, ()),
        ("5 mg a day", 5, "mg", 1, 5, None, ()),
        ("4 mg QD", 4, "mg", 1, 4, None, ()),
        ("4 mg q.d. p.o.", 4, "mg", 1, 4, "oral", ()),
        ("200 mg b.i.d.", 200, "mg", 0.5, 400, None, ()),
        ("50 mg tid", 50, "mg", 1 / 3, 150, None, ()),
        ("5 mg qod", 5, "mg", 2, 2.5, None, ()),
        ("10 mg every other day", 10, "mg", 2, 5, None, ()),
        ("300 mg every other week", 300, "mg", 14, 300 / 14, None, ()),
        ("40 mg eow sc", 40, "mg", 14, 40 / 14, "subcutaneous", ()),
        ("300 mg q2w", 300, "mg", 14, 300 / 14, None, ()),
        ("150 mg q4wk", 150, "mg", 28, 150 / 28, None, ()),
        ("10 mg q12h", 10, "mg", 0.5, 20, None, ()),
        ("every 4 weeks 150 mg", 150, "mg", 28, 150 / 28, None, ()),
        ("300 mg fortnightly", 300, "mg", 14, 300 / 14, None, ()),
        ("100 mg monthly", 100, "mg", 30.4375, 100 / 30.4375, None, ()),
        ("90 mg every 3 months", 90, "mg", 91.3125, 90 / 91.3125, None, ()),
        ("20 mg twice daily", 20, "mg", 0.5, 40, None, ()),
        ("2.5 mg twice a week", 2.5, "mg", 3.5, 5 / 7, None, ()),
        ("1.5 mg 3 times a day", 1.5, "mg", 1 / 3, 4.5, None, ()),
        ("10 mg 3x/week", 10, "mg", 7 / 3, 30 / 7, None, ()),
        ("10 mg 1x/day", 10, "mg", 1, 10, None, ()),
        ("10 mg x 2/day", 10, "mg", 0.5, 20, None, ()),
        ("15 mg once every 2 weeks", 15, "mg", 14, 15 / 14, None, ()),
        ("4 mg at night", 4, "mg", 1, 4, None, ()),
        ("4 mg/24h", 4, "mg", 1, 4, None, ()),
        # intervals, Spanish
        ("2,5 mg al día", 2.5, "mg", 1, 2.5, None, ()),
        ("300 mg cada 14 días", 300, "mg", 14, 300 / 14, None, ()),
        ("300 mg cada dos semanas", 300, "mg", 14, 300 / 14, None, ()),
        ("15 mg semanales vía oral", 15, "mg", 7, 15 / 7, "oral", ()),
        ("15 mg una vez por semana", 15, "mg", 7, 15 / 7, None, ()),
        ("15 mg 1 vez a la semana", 15, "mg", 7, 15 / 7, None, ()),
        ("20 mg dos veces al día", 20, "mg", 0.5, 40, None, ()),
        ("4 mg c/24h", 4, "mg", 1, 4, None, ()),
        ("4 mg c/ 12 h v.o.", 4, "mg", 0.5, 8, "oral", ()),
        ("300 mg quincenal", 300, "mg", 14, 300 / 14, None, ()),
        ("300 mg cada 15 días", 300, "mg", 15, 20, None, ()),
        ("5 mg a días alternos", 5, "mg", 2, 2.5, None, ()),
        ("16 mg/día en pauta descendente", 16, "mg", 1, 16, None, ("tapering",)),
        # intervals, German
        ("300 mg alle 2 Wochen", 300, "mg", 14, 300 / 14, None, ()),
        ("300 mg alle zwei Wochen s.c.", 300, "mg", 14, 300 / 14, "subcutaneous", ()),
        ("40 mg jede 2. Woche", 40, "mg", 14, 40 / 14, None, ()),
        ("jede zweite Woche 40 mg", 40, "mg", 14, 40 / 14, None, ()),
        ("40 mg 14-tägig", 40, "mg", 14, 40 / 14, None, ()),
        ("4 mg tgl.", 4, "mg", 1, 4, None, ()),
        ("4 mg täglich", 4, "mg", 1, 4, None, ()),
        ("4 mg taeglich", 4, "mg", 1, 4, None, ()),
        ("4 mg/d.", 4, "mg", 1, 4, None, ()),
        ("15 mg 1x wöchentlich", 15, "mg", 7, 15 / 7, None, ()),
        ("20 mg morgens und abends", 20, "mg", 0.5, 40, None, ()),
        ("ca. 15 mg/Woche", 15, "mg", 7, 15 / 7, None, ("approximate",)),
        # several at once, and over the day
        ("2 x 500 mg/day", 500, "mg", 0.5, 1000, None, ()),
        ("2 x 500 mg täglich", 500, "mg", 0.5, 1000, None, ()),
        ("2 x 500 mg bid", 1000, "mg", 0.5, 2000, None, ()),
        ("2 x 150 mg every 4 weeks", 300, "mg", 28, 300 / 28, None, ()),
        ("2 x 500 mg", 500, "mg", None, None, None, ("repeated",)),
        ("1 x 4 mg", 4, "mg", None, None, None, ()),
        ("2 comprimidos de 500 mg cada 12 h", 1000, "mg", 0.5, 2000, None, ()),
        ("200 mg/day in 2 divided doses", 100, "mg", 0.5, 200, None, ()),
        ("200 mg/día repartido en dos tomas", 100, "mg", 0.5, 200, None, ()),
        ("500 mg 1-0-1", 500, "mg", 0.5, 1000, None, ()),
        ("1-0-1 500 mg", 500, "mg", 0.5, 1000, None, ()),
        ("500 mg 1-1-1-1", 500, "mg", 0.25, 2000, None, ()),
        ("500 mg 2-0-2", 1000, "mg", 0.5, 2000, None, ()),
        ("500 mg 2-0-1", 1500, "mg", 1, 1500, None, ("unequal",)),
        ("20-0-10 mg", 30, "mg", 1, 30, None, ("unequal",)),
        ("4 mg/day (1-0-0)", 4, "mg", 1, 4, None, ()),
        ("200 mg/day ½-0-½", 100, "mg", 0.5, 200, None, ()),
        ("20-0-10 mg/day", 30, "mg", 1, 30, None, ("unequal",)),
        ("50-0-50 mg al día", 50, "mg", 0.5, 100, None, ()),
        ("500 mg 1-0-1 Tbl.", 500, "mg", 0.5, 1000, None, ()),
        # a daily amount that does not follow
        ("15 mg", 15, "mg", None, None, None, ()),
        ("5 mg/kg every 8 weeks", 5, "mg", 56, None, None, ("per_kg",)),
        ("5 mg/kg/8 weeks iv", 5, "mg", 56, None, "intravenous", ("per_kg",)),
        ("375 mg/m² weekly", 375, "mg", 7, None, None, ("per_m2",)),
        ("15 mg/day prn", 15, "mg", 1, None, None, ("as_needed",)),
        ("max 20 mg/day", 20, "mg", 1, None, None, ("up_to",)),
        ("15 mg every 4-6 weeks", 15, "mg", None, None, None, ("interval_range",)),
        ("600 mg loading dose", 600, "mg", None, None, None, ("loading",)),
        ("80 mg single dose", 80, "mg", None, None, None, ("single_dose",)),
        ("15 mg/week initially", 15, "mg", 7, 15 / 7, None, ("initial",)),
        ("7.5 mg weekly for 3 months", 7.5, "mg", 7, 7.5 / 7, None, ("limited",)),
        ("500 mg daily x 10 days", 500, "mg", 1, 500, None, ("limited",)),
        # spacing and signs
        ("  15   mg / week ", 15, "mg", 7, 15 / 7, None, ()),
        ("Dose: 15 mg/week, orally.", 15, "mg", 7, 15 / 7, "oral", ()),
        ("15 MG/WEEK", 15, "mg", 7, 15 / 7, None, ()),
        ("15 mg/week weekly", 15, "mg", 7, 15 / 7, None, ()),
        ("4 mg al di\N{COMBINING ACUTE ACCENT}a", 4, "mg", 1, 4, None, ()),
    ],
)
def test_a_dose(
    text: str,
    amount: float,
    unit: str,
    interval_days: float | None,
    mg_per_day: float | None,
    route: str | None,
    flags: tuple[str, ...],
) -> None:
    dose = _dose(text)
    assert (dose.amount, dose.low, dose.high, dose.unit) == (amount, amount, amount, unit)
    assert dose.interval_days == interval_days
    assert dose.mg_per_day == mg_per_day
    assert (dose.route, dose.flags) == (route, flags)


def test_a_dose_keeps_its_text() -> None:
    assert _dose(" 15 mg/Week ").text == " 15 mg/Week "


@pytest.mark.parametrize(
    "text",
    [
        "10-15 mg/week",
        "10 to 15 mg/week",
        "10 mg - 15 mg weekly",
        "de 10 a 15 mg semanales",
        "10\N{EN DASH}15 mg/wk",
    ],
)
def test_a_range_is_no_single_dose(text: str) -> None:
    dose = _dose(text)
    assert (dose.amount, dose.low, dose.high, dose.mg_per_day) == (None, 10, 15, None)
    assert (dose.interval_days, dose.flags) == (7, ("range",))


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("20 mg/12 h", Fraction(40)),
        ("300 mg/14 days", Fraction(300, 14)),
        ("15 mg/week", Fraction(15, 7)),
        ("0.1 mg tid", Fraction(3, 10)),
        ("100 mg monthly", Fraction(100) / Fraction("30.4375")),
        ("7 mcg/day", Fraction(7, 1000)),
    ],
)
def test_the_daily_amount_is_the_double_nearest_to_the_exact_one(text: str, exact: Fraction) -> None:
    assert _dose(text).mg_per_day == float(exact)


# --- numbers ---


@pytest.mark.parametrize(
    ("text", "decimal", "amount"),
    [
        ("2,5 mg", None, 2.5),
        ("2.5 mg", None, 2.5),
        ("0,125 mg", None, 0.125),
        ("0.125 mg", None, 0.125),
        ("1,000.5 mg", None, 1000.5),
        ("1.000,5 mg", None, 1000.5),
        ("1.000.000 UI", None, 1000000),
        ("1250 mg", None, 1250),
        ("1.000 mg", ",", 1000),
        ("1,000 mg", ".", 1000),
        ("1.000 mg", ".", 1),
        ("1,125 mg", ",", 1.125),
        ("2,5 mg", ",", 2.5),
        (".5 mg/12h", ".", 0.5),
        ("oral (.25 mg)", ".", 0.25),
    ],
)
def test_a_number(text: str, decimal: Literal[".", ","] | None, amount: float) -> None:
    assert _dose(text, decimal).amount == amount


@pytest.mark.parametrize(
    ("text", "decimal", "proposal"),
    [
        ("1.000 mg/day", None, "1000 mg/day"),
        ("1,000 mg/day", None, "1000 mg/day"),
        ("1.125 mg/day", None, ""),
        ("2,500 mg/day", None, ""),
        ("2,5 mg/day", ".", "2.5 mg/day"),
        ("2.5 mg/day", ",", "2,5 mg/day"),
        ("2.5.3 mg/day", None, ""),
        ("1,00,000 mg/day", None, ""),
        ("1234567890123 mg/day", None, ""),
        (".5 mg/day", None, "0.5 mg/day"),
        (".5 mg/12h", None, "0.5 mg/12h"),
        (".5 mg/day", ",", "0,5 mg/day"),
        (",5 mg", None, "0,5 mg"),
        (",5 mg", ",", "0,5 mg"),  # or what follows the comma of a list
        (",5 mg", ".", "0.5 mg"),
        ("oral.5 mg", ".", ""),
        ("oral,5 mg", ",", ""),
        ("..5 mg", ".", ""),
        (".5.3 mg", ".", ""),
    ],
)
def test_a_number_with_two_readings_is_not_guessed(
    text: str, decimal: Literal[".", ","] | None, proposal: str
) -> None:
    found = _unparsed(text, decimal)
    assert found.proposal == proposal
    assert "has a number without one clear reading" in found.why


# --- no reading ---


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("15 smg/day", "15 mg/day"),
        ("15 mgg/day", ""),  # mg or mcg
        ("15 mg/wekk", "15 mg/week"),
        ("15 mg/weak", "15 mg/week"),
        ("15 smg/dya", "15 mg/day"),
        ("15 mg subcutaneusly weekly", "15 mg subcutaneously weekly"),
        ("15 mg semanalse", "15 mg semanales"),
        ("15 mb/day", ""),  # mg or ml
        ("15 mg folic acid", ""),
        ("15 mg/week since 2020", ""),
        ("15 zzz/day", ""),
        ("aaaa bbbb cccc 15 mg", ""),
    ],
)
def test_an_unknown_word_is_named_and_the_nearest_reading_proposed(text: str, proposal: str) -> None:
    found = _unparsed(text)
    assert (found.text, found.proposal) == (text, proposal)
    assert "has words that the grammar of doses does not know" in found.why
    if proposal:
        _dose(proposal)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("orally", "has no amount with a unit"),
        ("15", "has no amount with a unit"),
        ("15/week", "has no amount with a unit"),
        ("mg", "has no amount with a unit"),
        ("0 mg/day", "has an amount that is zero, or a range whose end is below its start"),
        ("15-10 mg/day", "has an amount that is zero, or a range whose end is below its start"),
        ("15 mg/week and 10 mg/day", "has two doses"),
        ("600 mg loading dose, 300 mg/14 days", "has two doses"),
        ("15 mg/week daily", "has two intervals, or one that is none"),
        ("15 mg/week oral or subcutaneous", "has words that the grammar of doses does not know: 'or'"),
        ("15 mg/week oral subcutaneous", "has two routes"),
        ("300 mg biweekly", "says 'biweekly', which has two meanings"),
        ("25 mg/ml", "is a strength, not a dose"),
        ("300 mg/pen", "is a strength, not a dose"),
        ("200 mg in 2 divided doses", "has divided doses without an interval"),
        ("200 mg/day (1-0-1)", "has a scheme of the day and an amount per day"),
        ("200 mg/d 1-1-1", "has a scheme of the day and an amount per day"),
        ("1-0-1 200 mg daily", "has a scheme of the day and an amount per day"),
        ("2-0-1 500 mg/day", "has a scheme of the day and an amount per day"),
        ("200 mg 1-0-1 in 2 divided doses", "has a scheme of the day and divided doses"),
        ("500 mg 1-0-1 every 2-3 days", "has a scheme of the day and another interval"),
        ("500 mg 1-0-1 weekly", "has a scheme of the day and another interval"),
        ("-5 mg/day", "has parts without a place in a dose: '-'"),
        ("200 mg/0 days", "has parts without a place in a dose: '/', '0', 'days'"),
        ("15 mg 20", "has parts without a place in a dose: '20'"),
        ("300 mg 2 weekly", "has parts without a place in a dose: '2'"),
        ("40 mg 15-1-2024", "has parts without a place in a dose: '15', '-', '1', '-', '2024'"),
        ("500 mg 1-0-1-x", "has parts without a place in a dose: '-', 'x'"),
        ("15 mg [...]", "has parts without a place in a dose: '[', ']'"),
        ("15 mg?", "has parts without a place in a dose: '?'"),
    ],
)
def test_a_text_without_a_reading_says_why(text: str, why: str) -> None:
    found = _unparsed(text)
    assert (found.text, found.why, found.proposal) == (text, why, "")


def test_a_text_that_is_too_long_is_refused_unread() -> None:
    longest = "15 mg" + " " * (LONGEST_DOSE - 5)
    assert _dose(longest).amount == 15
    for text in (longest + " ", "1-" * 10**6, "mg " * 10**6):
        found = _unparsed(text)
        assert len(found.text) < 100
        assert found.why == f"has {len(text)} characters, and at most 500 are read"


@pytest.mark.parametrize(
    "piece", ["1-", "a.", "mg ", "x", "smg wekk ", "1/", "1 x ", "2,", "(", "½", "every "]
)
def test_a_hostile_text_is_read_quickly(piece: str) -> None:
    text = (piece * LONGEST_DOSE)[:LONGEST_DOSE]
    start = process_time()
    assert isinstance(parse_dose(text), Unparsed)
    assert process_time() - start < 5  # seconds; a tenth is usual


@given(st.text(max_size=80))
def test_no_text_breaks_the_grammar(text: str) -> None:
    assert isinstance(parse_dose(text), Dose | Unparsed)


@given(st.lists(st.sampled_from(WORDS), max_size=9))
def test_a_reading_is_always_sound(words: list[str]) -> None:
    dose = parse_dose(" ".join(words))
    if isinstance(dose, Unparsed):
        assert dose.why
        return
    assert 0 < dose.low <= dose.high
    assert dose.amount in (None, dose.low)
    assert dose.interval_days is None or dose.interval_days > 0
    if dose.mg_per_day is not None:
        assert dose.amount is not None
        assert dose.interval_days is not None
        in_mg = {"g": 1000, "mg": 1}[dose.unit] * dose.amount
        assert dose.mg_per_day == pytest.approx(in_mg / dose.interval_days)
