"""What people write in one cell, and what it says: one literal cell per line."""

import time
from collections.abc import Callable
from datetime import date
from typing import Literal

import pytest

from cotreat.findings import Unparsed
from cotreat.readers.cell_lists import (
    EventText,
    ListCell,
    parse_event_words,
    parse_events,
    parse_list,
    parse_without_parentheses,
)
from cotreat.readers.cells import (
    AnchorEnd,
    CellWords,
    Duration,
    PartialDate,
    build_cell_words,
    compute_date,
    compute_day,
    compute_word_key,
    parse_anchor_end,
    parse_date,
    parse_duration,
    parse_number,
)
from cotreat.vocabulary import (
    build_term_index,
    build_word_index,
    parse_term,
    read_ae_terms,
    read_word_spellings,
)

MONTH = 30.4375
WORDS = build_cell_words(
    none=["None"],
    unknown=["", "[...]", "n/a"],
    ongoing=["ongoing", "Uninterrupted"],
    switched_to=["switched to"],
    joiners=read_word_spellings("joiner")["and"],
)
# What a protocol without words of its own gets.
SHIPPED = build_cell_words(
    none=read_word_spellings("absence")["none"],
    unknown=read_word_spellings("absence")["unknown"],
    ongoing=read_word_spellings("ongoing")["ongoing"],
    switched_to=["switched to"],
    joiners=read_word_spellings("joiner")["and"],
)
UNITS = build_word_index("duration_unit")
EVENTS = build_term_index(read_ae_terms())


def is_event(text: str) -> bool:
    return any(not isinstance(parse_term(words, EVENTS), Unparsed) for words in parse_event_words(text))


def never(text: str) -> bool:
    return False


# Numbers


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("20", ".", 20.0),
        (" 0.5 ", ".", 0.5),
        ("0,5", ",", 0.5),
        ("1.000", ".", 1.0),
        ("1.000", ",", 1000.0),
        ("1,000", ".", 1000.0),
        ("1.234,5", ",", 1234.5),
        ("12,345,678.9", ".", 12345678.9),
        ("-3", ".", -3.0),
        ("+7", ".", 7.0),
    ],
)
def test_a_number(text: str, decimal: Literal[".", ","], number: float) -> None:
    assert parse_number(text, decimal) == number


@pytest.mark.parametrize(
    ("text", "decimal", "proposal"),
    [
        ("0,5", ".", "0.5"),
        ("0.5", ",", "0,5"),
        ("1,2345", ".", "1.2345"),
        ("", ".", ""),
        ("1,23,456", ".", ""),
        ("1.2.3", ".", ""),
        ("twelve", ".", ""),
        ("12 months", ".", ""),
        ("1e5", ".", ""),
        ("inf", ".", ""),
        ("nan", ".", ""),
        ("0x10", ".", ""),
        ("1_000", ".", ""),
        ("=1+1", ".", ""),
        ("9" * 41, ".", ""),
    ],
)
def test_not_a_number(text: str, decimal: Literal[".", ","], proposal: str) -> None:
    found = parse_number(text, decimal)
    assert isinstance(found, Unparsed)
    assert found.proposal == proposal


# Durations


def duration(
    text: str, decimal: Literal[".", ","] = ".", unit: str = "months", words: CellWords = WORDS
) -> Duration | Unparsed:
    return parse_duration(text, unit=unit, words=words, units=UNITS, decimal=decimal)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20", Duration(20 * MONTH, False)),
        ("0.5", Duration(0.5 * MONTH, False)),
        ("24 (ongoing)", Duration(24 * MONTH, True)),
        ("8 (ongoing)", Duration(8 * MONTH, True)),
        ("8(ONGOING)", Duration(8 * MONTH, True)),
        ("8 ongoing", Duration(8 * MONTH, True)),
        ("8, ongoing", Duration(8 * MONTH, True)),
        ("8; ongoing", Duration(8 * MONTH, True)),
        ("8 - ongoing", Duration(8 * MONTH, True)),
        ("ongoing", Duration(None, True)),
        ("Uninterrupted", Duration(None, True)),
        ("2 years", Duration(2 * 365.25, False)),
        ("2 years (ongoing)", Duration(2 * 365.25, True)),
        ("2 years ongoing", Duration(2 * 365.25, True)),
        ("2 years, ongoing", Duration(2 * 365.25, True)),
        ("6 meses", Duration(6 * MONTH, False)),
        ("6 Monate", Duration(6 * MONTH, False)),
        ("18 mo.", Duration(18 * MONTH, False)),
        ("10 days", Duration(10.0, False)),
        ("3 weeks", Duration(21.0, False)),
        ("0", Duration(0.0, False)),
        ("1 year 6 months", Duration(365.25 + 6 * MONTH, False)),
        ("1 year and 6 months (ongoing)", Duration(365.25 + 6 * MONTH, True)),
        ("1 año y 6 meses", Duration(365.25 + 6 * MONTH, False)),
        ("2 years, 3 weeks, 1 day", Duration(2 * 365.25 + 21 + 1, False)),
        ("1y6m", Duration(365.25 + 6 * MONTH, False)),
        ("1 y 6 m", Duration(365.25 + 6 * MONTH, False)),
    ],
)
def test_a_duration(text: str, expected: Duration) -> None:
    assert duration(text) == expected


def test_a_duration_is_never_rounded() -> None:
    assert duration("7") == Duration(213.0625, False)


def test_a_duration_with_a_decimal_comma() -> None:
    assert duration("0,5", ",") == Duration(15.21875, False)
    assert duration("1.000", ",", unit="days") == Duration(1000.0, False)
    assert duration("1.000", unit="days") == Duration(1.0, False)


def test_a_number_without_a_unit_has_the_unit_of_the_protocol() -> None:
    assert [duration("2", unit=unit) for unit in ("days", "weeks", "months", "years")] == [
        Duration(2.0, False),
        Duration(14.0, False),
        Duration(60.875, False),
        Duration(730.5, False),
    ]


def test_words_of_the_vocabulary_for_going_on() -> None:
    assert duration("24 (en curso)", words=SHIPPED) == Duration(24 * MONTH, True)
    assert duration("24 (bis heute)", words=SHIPPED) == Duration(24 * MONTH, True)
    assert duration("24 months to date", words=SHIPPED) == Duration(24 * MONTH, True)


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("", ""),
        ("6-8", ""),
        ("6 to 8", ""),
        ("-3", ""),
        ("~12", ""),
        (">12", ""),
        ("0,5", "0.5"),
        ("3 (three)", ""),
        ("1e3", ""),
        ("2 yeers", "2 years"),
        ("8 (ongong)", ""),
        ("12 months (stopped)", ""),
        ("24+", ""),
        ("1 year 6", ""),
        ("6 months 1 year", ""),
        ("6 months 8 months", ""),
        ("1 year -6 months", ""),
        ("1 year 6 to 8 months", ""),
        ("2023-05-01", ""),
        ("None", ""),
        ("\x00", ""),
    ],
)
def test_no_duration_and_nothing_guessed(text: str, proposal: str) -> None:
    found = duration(text)
    assert isinstance(found, Unparsed)
    assert found.proposal == proposal


# Lists


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Oral corticosteroids, methotrexate", ("Oral corticosteroids", "methotrexate")),
        ("Glaucoma and cataracts", ("Glaucoma", "cataracts")),
        ("Asma y rinitis", ("Asma", "rinitis")),
        ("Asthma und Rhinitis", ("Asthma", "Rhinitis")),
        ("a, b;c\nd", ("a", "b", "c", "d")),
        ("a,, b, ", ("a", "b")),
        ("Transplant (IgA nephropathy, stage 3), gout", ("Transplant (IgA nephropathy, stage 3)", "gout")),
        ("Transplant (kidney and liver)", ("Transplant (kidney and liver)",)),
        ("attention deficit/hyperactivity disorder", ("attention deficit/hyperactivity disorder",)),
        ("sandal, Andorra", ("sandal", "Andorra")),
        ("methotrexate", ("methotrexate",)),
    ],
)
def test_a_list(text: str, items: tuple[str, ...]) -> None:
    assert parse_list(text, WORDS, never) == ListCell(items, False)


def test_a_known_term_is_not_split_at_its_joining_word() -> None:
    known = {"hand and foot eczema"}
    found = parse_list("hand and foot eczema, asthma and rhinitis", WORDS, lambda item: item in known)
    assert found.items == ("hand and foot eczema", "asthma", "rhinitis")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("methotrexate + prednisone / ciclosporin", ("methotrexate", "prednisone", "ciclosporin")),
        ("methotrexate & prednisone, acitretin", ("methotrexate", "prednisone", "acitretin")),
        ("methotrexate/IL-17 blocker", ("methotrexate/IL-17 blocker",)),
        ("PUVA/UVB", ("PUVA/UVB",)),
    ],
)
def test_signs_split_a_list_only_where_every_part_is_known(text: str, items: tuple[str, ...]) -> None:
    known = {"methotrexate", "prednisone", "ciclosporin", "acitretin", "PUVA/UVB", "PUVA", "UVB"}
    assert parse_list(text, WORDS, lambda item: item in known) == ListCell(items, False)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("cyclosporin [...]", ("cyclosporin",)),
        ("[...] cyclosporin", ("cyclosporin",)),
        ("cyclosporin, [...], methotrexate", ("cyclosporin", "methotrexate")),
        ("cyclosporin, n/a", ("cyclosporin",)),
        ("[...]", ()),
        # Signs alone say nothing, neither that there was something nor that there was not.
        ("-", ()),
        (", ;", ()),
        ("?", ()),
        ("cyclosporin, ?", ("cyclosporin",)),
    ],
)
def test_a_list_that_says_that_it_is_incomplete(text: str, items: tuple[str, ...]) -> None:
    assert parse_list(text, WORDS, never) == ListCell(items, True)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Nausea, hypertension and diabetes", ("Nausea", "hypertension", "diabetes")),
        ("fever of unknown origin", ("fever of unknown origin",)),
        ("prednisone, ND", ("prednisone",)),
    ],
)
def test_a_word_for_unknown_is_not_looked_for_inside_words(text: str, items: tuple[str, ...]) -> None:
    assert parse_list(text, SHIPPED, never).items == items


def test_marks_that_are_known_without_a_protocol() -> None:
    for text in ("methotrexate [...]", "methotrexate, [...]", "methotrexate […]", "methotrexate..."):
        assert parse_list(text, SHIPPED, never) == ListCell(("methotrexate",), True), text
    assert events("gout (methotrexate) [...]", SHIPPED) == ([("gout", "methotrexate")], True)


def test_a_list_that_is_too_long_to_read_is_incomplete() -> None:
    found = parse_list("asthma, " * 2000, WORDS, never)
    assert found.is_incomplete
    assert set(found.items) == {"asthma"}


# Words for nothing, unknown and going on


@pytest.mark.parametrize("text", ["None", " none ", "NONE", "NoNe\n"])
def test_a_word_for_none(text: str) -> None:
    assert WORDS.is_none(text)
    assert not WORDS.is_unknown(text)


@pytest.mark.parametrize("text", ["", "  ", "\t\n", "\u00a0", "[...]", "N/A", "n.a.", "-", "?", "--", "…"])
def test_a_word_for_unknown(text: str) -> None:
    assert WORDS.is_unknown(text)
    assert not WORDS.is_none(text)


def test_none_is_not_unknown_and_unknown_is_not_none() -> None:
    assert not WORDS.is_unknown("none at all")
    assert not WORDS.is_none("")
    assert SHIPPED.is_none("keine")
    assert SHIPPED.is_unknown("k. A.")
    assert SHIPPED.is_unknown("N/A")


def test_a_protocol_may_give_signs_a_meaning() -> None:
    words = build_cell_words(none=["-"], unknown=["?"], ongoing=["->"], switched_to=[], joiners=[])
    assert (words.is_none("-"), words.is_unknown("-")) == (True, False)
    assert (words.is_ongoing("->"), words.is_unknown("->")) == (True, False)
    assert words.is_unknown("?")


def test_words_are_compared_without_case_and_blanks() -> None:
    assert compute_word_key("  Partial\n  RESPONSE ") == "partial response"
    assert compute_word_key("STRASSE") == compute_word_key("Straße")


# Adverse events


def events(text: str, words: CellWords = WORDS) -> tuple[list[tuple[str, ...]], bool]:
    found, is_incomplete = parse_events(text, words, is_event)
    assert all(isinstance(event, EventText) for event in found)
    return [(event.text, *event.suspects) for event in found], is_incomplete


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Hypercolesterolemia and hypertrigliceridemia (baricitinib), gout (methotrexate)",
            [
                ("Hypercolesterolemia", "baricitinib"),
                ("hypertrigliceridemia", "baricitinib"),
                ("gout", "methotrexate"),
            ],
        ),
        (
            "Transminitis and mean corpuscular volume increase (methotrexate)",
            [("Transminitis", "methotrexate"), ("mean corpuscular volume increase", "methotrexate")],
        ),
        (
            "Lymphopenia and herpes simplex infection (baricitinib)",
            [("Lymphopenia", "baricitinib"), ("herpes simplex infection", "baricitinib")],
        ),
        ("6 kg weight increase (upadacitinib)", [("6 kg weight increase", "upadacitinib")]),
        ("Oral intolerance (methotrexate)", [("Oral intolerance", "methotrexate")]),
        ("Nausea, gout (methotrexate)", [("Nausea",), ("gout", "methotrexate")]),
        ("Nausea (baricitinib, methotrexate)", [("Nausea", "baricitinib", "methotrexate")]),
        ("Nausea (baricitinib and methotrexate)", [("Nausea", "baricitinib", "methotrexate")]),
        ("Nausea (baricitinib + methotrexate)", [("Nausea", "baricitinib", "methotrexate")]),
        ("Nausea (baricitinib/methotrexate)", [("Nausea", "baricitinib", "methotrexate")]),
        ("Nausea (combination)", [("Nausea", "combination")]),
        # Not a suspect: the reader reports the word, and attributes the event to nobody.
        ("Nausea (mild)", [("Nausea", "mild")]),
        ("Nausea (mild) (methotrexate)", [("Nausea (mild)", "methotrexate")]),
        ("Herpes (oral (HSV-1)) (baricitinib)", [("Herpes (oral (HSV-1))", "baricitinib")]),
        ("Gout (methotrexate).", [("Gout", "methotrexate")]),
        ("Gout ( methotrexate ) ", [("Gout", "methotrexate")]),
        ("Gout()", [("Gout",)]),
        ("Acné y tos (metotrexato); gota", [("Acné", "metotrexato"), ("tos", "metotrexato"), ("gota",)]),
        ("Nausea\nGout (methotrexate)", [("Nausea",), ("Gout", "methotrexate")]),
    ],
)  # fmt: skip
def test_adverse_events(text: str, expected: list[tuple[str, ...]]) -> None:
    assert events(text) == (expected, False)


@pytest.mark.parametrize(
    "joint", [" and ", " y ", " und ", ". ", "/", " / ", " + ", " & ", " ", " - ", ". And "]
)
def test_a_closed_parenthesis_ends_its_event(joint: str) -> None:
    assert events(f"fatigue (MTX){joint}headache (baricitinib)") == (
        [("fatigue", "MTX"), ("headache", "baricitinib")],
        False,
    )
    assert events(f"fatigue (MTX){joint}headache") == ([("fatigue", "MTX"), ("headache",)], False)


def test_only_what_stands_before_its_own_parenthesis_shares_a_drug() -> None:
    assert events("gout and nausea (MTX) and fatigue and headache (baricitinib)") == (
        [("gout", "MTX"), ("nausea", "MTX"), ("fatigue", "baricitinib"), ("headache", "baricitinib")],
        False,
    )


def test_words_behind_the_last_parenthesis_are_no_event_of_their_own() -> None:
    # The reader does not know such an event and says so.
    assert events("Gout (toe) much worse") == ([("Gout (toe) much worse",)], False)


def test_a_parenthesis_that_is_not_closed_ends_with_the_cell() -> None:
    assert events("Oral intolerance (methotrexate") == ([("Oral intolerance", "methotrexate")], False)
    assert events("Gout, nausea (baricitinib, methotrexate") == (
        [("Gout",), ("nausea", "baricitinib", "methotrexate")],
        False,
    )


def test_parentheses_that_allow_several_readings_are_left_as_written() -> None:
    # The reader does not know such an event and says so.
    assert events("Gout (methotrexate (15 mg))") == ([("Gout (methotrexate (15 mg))",)], False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[...]", []),
        ("Gout [...]", [("Gout",)]),
        ("Gout (methotrexate) [...]", [("Gout", "methotrexate")]),
        ("Gout (methotrexate), [...]", [("Gout", "methotrexate")]),
        ("Gout (methotrexate), n/a", [("Gout", "methotrexate")]),
        # Somebody is blamed, but not for what; signs say nothing at all.
        ("(methotrexate)", []),
        ("()", []),
        ("-", []),
        ("?", []),
        (",", []),
    ],
)
def test_adverse_events_that_leave_something_unknown(text: str, expected: list[tuple[str, ...]]) -> None:
    assert events(text) == (expected, True)


def test_events_are_found_with_the_words_of_the_vocabulary() -> None:
    assert events("Nausea, dyspnea and headache (methotrexate)", SHIPPED) == (
        [("Nausea",), ("dyspnea", "methotrexate"), ("headache", "methotrexate")],
        False,
    )


def test_an_event_is_also_looked_up_without_its_quantity() -> None:
    assert parse_event_words(" 6 kg weight increase") == ("6 kg weight increase", "weight increase")
    assert parse_event_words("10 % weight loss") == ("10 % weight loss", "weight loss")
    assert parse_event_words("weight increase") == ("weight increase",)


def test_a_condition_without_the_remark_behind_it() -> None:
    assert parse_without_parentheses("kidney transplant (IgA nephropathy)") == "kidney transplant"
    assert parse_without_parentheses("psoriasis") == "psoriasis"


# What became of the anchor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Primary failure, switched to [...]", AnchorEnd(False, "Primary failure", "", True)),
        (
            "[...] switched to ruxolitinib 20 mg/12 h",
            AnchorEnd(False, "", "ruxolitinib 20 mg/12 h", True),
        ),
        (
            "Partial response, switched to upadacitnib 30 mg/day monotherapy",
            AnchorEnd(False, "Partial response", "upadacitnib 30 mg/day monotherapy", True),
        ),
        ("Failure, Switched  To\nadalimumab", AnchorEnd(False, "Failure", "adalimumab", True)),
        ("switched to", AnchorEnd(False, "", "", True)),
        ("Uninterrupted", AnchorEnd(True, "", "", False)),
        (" UNINTERRUPTED ", AnchorEnd(True, "", "", False)),
        ("Patient preference", AnchorEnd(False, "Patient preference", "", False)),
        ("[...]", AnchorEnd(False, "", "", False)),
    ],
)
def test_the_end_of_the_anchor(text: str, expected: AnchorEnd) -> None:
    assert parse_anchor_end(text, WORDS) == expected


def test_letters_that_fold_to_two_do_not_shift_the_drug() -> None:
    words = build_cell_words(
        none=[],
        unknown=[],
        ongoing=[],
        switched_to=["gewechselt zu", "Umstellung auf", "außerdem"],
        joiners=[],
    )
    assert parse_anchor_end("Gefäßverschluß, gewechselt zu Ruxolitinib", words) == AnchorEnd(
        False, "Gefäßverschluß", "Ruxolitinib", True
    )
    assert parse_anchor_end("\u0130\u0130 UMSTELLUNG AUF Tofacitinib", words).next_drug == "Tofacitinib"
    assert parse_anchor_end("Versagen, außerdem Tofacitinib", words).next_drug == "Tofacitinib"


def test_the_longest_phrase_for_a_switch_is_found() -> None:
    words = build_cell_words(none=[], unknown=[], ongoing=[], switched_to=["to", "switched to"], joiners=[])
    assert parse_anchor_end("failure, switched to adalimumab", words).reason == "failure"


# Dates


def day(text: str) -> int:
    return compute_day(date.fromisoformat(text))


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2023-05-17", "2023-05-17", "2023-05-17", "day"),
        (" 2023-05-17 ", "2023-05-17", "2023-05-17", "day"),
        ("2023-05-17 00:00:00", "2023-05-17", "2023-05-17", "day"),
        ("2023-05-17T23:59:59.5Z", "2023-05-17", "2023-05-17", "day"),
        ("2024-02-29", "2024-02-29", "2024-02-29", "day"),
        ("2023-05", "2023-05-01", "2023-05-31", "month"),
        ("2023-5", "2023-05-01", "2023-05-31", "month"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("2023-12", "2023-12-01", "2023-12-31", "month"),
        ("2023", "2023-01-01", "2023-12-31", "year"),
        # In the calendar; whether it is plausible is for the reader to say.
        ("0202", "0202-01-01", "0202-12-31", "year"),
        ("3023", "3023-01-01", "3023-12-31", "year"),
    ],
)
def test_a_date(text: str, first: str, last: str, precision: Literal["day", "month", "year"]) -> None:
    assert parse_date(text) == PartialDate(day(first), day(last), precision)


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-30",
        "2023-13",
        "2023-00",
        "0000",
        "9999",
        "2023-02-29",
        "2023-05-17 or later",
        "2023-05-17 (approx.)",
        "2023-05-17-3",
        "17.05.2023",
        "May 2023",
        "45000",
        "",
        "1.2023",
        "\x00",
    ],
)
def test_no_date(text: str) -> None:
    assert isinstance(parse_date(text), Unparsed)


def test_a_date_in_a_form_that_the_protocol_gives() -> None:
    assert parse_date("17.05.2023", ["%d.%m.%Y"]) == PartialDate(day("2023-05-17"), day("2023-05-17"), "day")
    assert parse_date("2023-05-17", ["%d.%m.%Y"]) == PartialDate(day("2023-05-17"), day("2023-05-17"), "day")
    assert parse_date("2023-05", ["%d.%m.%Y"]) == PartialDate(day("2023-05-01"), day("2023-05-31"), "month")
    assert isinstance(parse_date("30.02.2023", ["%d.%m.%Y"]), Unparsed)
    assert isinstance(parse_date("05/17/2023", ["%d.%m.%Y"]), Unparsed)


def test_days_are_counted_from_1970() -> None:
    assert compute_day(date(1970, 1, 1)) == 0
    assert compute_day(date(1969, 12, 31)) == -1
    assert compute_date(19_494) == date(2023, 5, 17)


# Hostile texts

MILLION = 1_000_000
HOSTILE = {
    "letters": "a" * MILLION,
    "digits": "9" * MILLION,
    "blanks inside": "1" + " " * MILLION + "x",
    "blanks and no end": "a" + " (" * (MILLION // 2),
    "open parentheses": "(" * MILLION,
    "closed parentheses": ")" * MILLION,
    "nested parentheses": "(" * (MILLION // 2) + ")" * (MILLION // 2),
    "empty pairs": "()" * (MILLION // 2),
    "commas": "," * MILLION,
    "joining words": "a and " * (MILLION // 6),
    "joining words, open": "(" + "a y " * (MILLION // 4),
    "points": "1." * (MILLION // 2),
    "quantities": "1 kg " * (MILLION // 5),
    "marks": "[...]" * (MILLION // 5),
    "switches": "switched to " * (MILLION // 12),
    "control characters": "".join(map(chr, range(32))) * (MILLION // 32),
    "combining marks": "e" + "\u0301" * MILLION,
    "one-letter terms": "a,b;c\n" * (MILLION // 6),
    "terms": "gout (methotrexate), " * (MILLION // 21),
}
READERS: dict[str, Callable[[str], object]] = {
    "number": parse_number,
    "duration": duration,
    "list": lambda text: parse_list(text, SHIPPED, is_event),
    "events": lambda text: parse_events(text, SHIPPED, is_event),
    "event words": parse_event_words,
    "without parentheses": parse_without_parentheses,
    "anchor end": lambda text: parse_anchor_end(text, WORDS),
    "date": lambda text: parse_date(text, ["%d.%m.%Y"]),
    "unknown": SHIPPED.is_unknown,
    "none": SHIPPED.is_none,
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("reader", READERS)
def test_a_hostile_cell_takes_no_time(reader: str, kind: str) -> None:
    before = time.process_time()
    READERS[reader](HOSTILE[kind])
    assert time.process_time() - before < 1.0


@pytest.mark.parametrize("sign", [chr(code) for code in range(32)] + ["\x7f", "\ufffd", "\u202e", "\ud800"])
def test_a_control_character_is_no_number_no_date_and_no_end(sign: str) -> None:
    text = f"{sign}"
    assert isinstance(parse_number(text), Unparsed)
    assert isinstance(parse_date(text), Unparsed)
    assert isinstance(duration(text), Unparsed)
    assert parse_anchor_end(text, WORDS).next_drug == ""
    assert events(f"gout{sign}") is not None
