"""Figures: what they show, that they fit, and that the same data give the same bytes."""

import io
import re
import struct
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import pyarrow as pa
import pytest
from invented_report import HOSTILE, cases, estimates, hostile_input, listings, share

from cotreat.analysis.results import Estimate, Listing
from cotreat.report.blocks import FigureBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.figures import (
    SMALL_PT,
    WIDTH_MM,
    compute_axis_ticks,
    compute_fitted_text,
    compute_text_width,
    compute_wrapped_lines,
)
from cotreat.report.figures_bars import plot_reasons, plot_response
from cotreat.report.figures_swimmer import plot_swimmer

SVG = "{http://www.w3.org/2000/svg}"


def lanes(n: int, **same: Any) -> Listing:
    """A swimmer listing of n patients with one case each."""
    row = {
        "disease": "vitiligo", "anchor": "baricitinib", "partner": "methotrexate", "course": 1,
        "has_dates": 0, "start_months": 0.0, "duration_months": 6.0, "is_ongoing": 0,
        "response": "complete", "end_reason": "remission", "adverse_events": "none",
    }  # fmt: skip
    made = [row | {"lane": i, "patient_id": f"P{i}", "case_id": str(i)} | same for i in range(1, n + 1)]
    return Listing("swimmer", pa.Table.from_pylist(made))


def texts(figure: FigureBlock) -> list[str]:
    """What a reader can read in the drawing."""
    tree = ElementTree.fromstring(figure.svg)  # noqa: S314 - made here
    return ["".join(element.itertext()) for element in tree.iter(f"{SVG}text")]


def sizes(figure: FigureBlock) -> set[float]:
    """Sizes of the texts in points: a unit of the drawing is a point."""
    return {float(size) for size in re.findall(r"font(?:-size)?: ?(?:bold |700 )?([\d.]+)px", figure.svg)}


def swimmer(rows: Sequence[dict[str, Any]] | None = None) -> FigureBlock:
    return plot_swimmer(listings(list(rows) if rows else cases())["swimmer"])[0]


def test_the_swimmer_plot_names_every_patient_case_and_partner() -> None:
    shown = texts(swimmer())
    for word in ("A01", "A09", "11", "Ruxolitinib", "Methotrexate", "Dutasteride", "length unknown"):
        assert word in shown
    assert shown.count("A04") == 1  # two cases, one lane
    assert shown.count("Ongoing") == 4  # three cases and the key


def test_unknown_and_none_are_different_signs() -> None:
    event, unknown = lanes(1, adverse_events="nausea").table, lanes(1, lane=2, adverse_events=None).table
    mixed = Listing("swimmer", pa.concat_tables([event, unknown], promote_options="permissive"))
    none, some = texts(plot_swimmer(lanes(1))[0]), texts(plot_swimmer(mixed)[0])
    assert {"\N{EN DASH}", "None recorded"} <= set(none)
    assert not {"?", "Unknown"} & set(none)
    assert {"?", "Unknown"} <= set(some)
    assert not {"\N{EN DASH}", "None recorded"} & set(some)


def test_the_alternative_text_says_what_the_swimmer_plot_shows() -> None:
    assert swimmer().alt == (
        "Swimmer plot of 9 patients with 11 combinations, one bar each. The longest is case 8 with 31 "
        "months. Ongoing: 3 of 11. Partner drugs: methotrexate 5, dupilumab 2, prednisone 2, ciclosporin "
        "1, dutasteride 1. Response: complete response 5, partial response 3, no response 1, not "
        "assessable 1, unknown 1. With adverse events: 4; unknown whether: 2."
    )


def test_more_adverse_events_than_signs_are_counted() -> None:
    assert "\N{MULTIPLICATION SIGN} 5" in texts(plot_swimmer(lanes(1, adverse_events="a; b; c; d; e"))[0])


def test_without_dates_each_combination_starts_at_its_own_start() -> None:
    assert "the source has no dates" in swimmer().caption
    dated = plot_swimmer(lanes(2, has_dates=1))[0]
    assert "the patient's first combination" in dated.caption


@pytest.mark.parametrize(("n", "parts"), [(0, 0), (1, 1), (40, 1), (61, 1), (100, 2), (200, 4)])
def test_from_one_to_two_hundred_lanes_every_part_fits_a_page(n: int, parts: int) -> None:
    if n == 0:
        assert plot_swimmer(Listing("swimmer", lanes(1).table.slice(0, 0))) == ()
        return
    figures = plot_swimmer(lanes(n))
    assert len(figures) == parts
    assert all(figure.height_mm < 230 for figure in figures)
    assert max(f.height_mm for f in figures) - min(f.height_mm for f in figures) < 8
    named = [text for figure in figures for text in texts(figure) if re.fullmatch(r"P\d+", text)]
    assert named == [f"P{i}" for i in range(1, n + 1)]
    assert min(size for figure in figures for size in sizes(figure)) >= SMALL_PT


def test_partners_beyond_seven_share_a_fill_and_are_counted() -> None:
    table = lanes(10).table.to_pylist()
    for i, row in enumerate(table):
        row["partner"] = f"drug_{i}"
    shown = texts(plot_swimmer(Listing("swimmer", pa.Table.from_pylist(table)))[0])
    assert "3 other partner drugs" in shown
    assert "Drug 6" in shown
    assert "Drug 7" not in shown


def test_long_identifiers_lose_their_middle() -> None:
    shown = texts(plot_swimmer(lanes(1, patient_id="Hospital-North/2021-000123"))[0])
    assert [t for t in shown if t.startswith("Hosp") and t.endswith("123") and "…" in t]


def test_reasons_are_bars_with_their_counts() -> None:
    figure = plot_reasons(EstimateIndex(estimates(cases())))
    assert figure is not None
    assert {"5/10 (50.0%)", "2/10 (20.0%)"} <= set(texts(figure))
    assert figure.caption.endswith("Unknown in 1 combination.")
    assert "Partial response to the anchor drug alone" in " ".join(texts(figure))
    assert (
        "Partial response to the anchor drug alone: 5/10 (50.0%); No response to the anchor drug alone: 3/10"
        in figure.alt
    )


def test_reasons_beyond_fifteen_share_a_bar_that_counts_them() -> None:
    many = [share("reason_started", "pair", 20 - i, 210, level=f"reason_{i:02}") for i in range(20)]
    figure = plot_reasons(EstimateIndex(many))
    assert figure is not None
    assert {"6 other reasons", "21/210 (10.0%)"} <= set(texts(figure))
    assert "Reason 14" not in texts(figure)


def test_response_prints_the_counts_in_the_bars() -> None:
    figure = plot_response(EstimateIndex(estimates(cases())))
    assert figure is not None
    shown = texts(figure)
    assert {"All combinations", "5/9 (55.6%)", "Upadacitinib + dupilumab", "1/2 (50.0%)"} <= set(shown)
    assert (
        "All combinations, 9 assessable: complete 5, partial 3, no response 1, not assessable or unknown 2"
        in figure.alt
    )


def test_a_combination_without_an_assessable_response_has_no_bar() -> None:
    levels = ("complete", "partial", "none")
    found: list[Estimate] = [
        share("response", "pair", n, 6, level=level) for level, n in zip(levels, (3, 2, 1), strict=True)
    ]
    found += [
        share("response", "pair", 0, 0, level=level, group="regimen=a + b", missing=2) for level in levels
    ]
    figure = plot_response(EstimateIndex(found))
    assert figure is not None
    assert "no assessable response" in texts(figure)
    assert "0/0" in texts(figure)


def test_no_figure_without_numbers() -> None:
    nothing = EstimateIndex(
        [share("reason_started", "pair", 0, 0, level="x"), share("response", "pair", 0, 0, level="complete")]
    )
    assert plot_reasons(nothing) is None
    assert plot_response(nothing) is None
    assert plot_reasons(EstimateIndex([])) is None


def test_the_same_data_give_the_same_bytes_whatever_the_user_has_set() -> None:
    first = swimmer()
    with mpl.rc_context({"font.size": 20, "svg.hashsalt": "mine", "savefig.dpi": 50, "text.usetex": False}):
        second = swimmer()
    assert first == second


def test_pictures_have_300_dots_per_inch() -> None:
    figure = swimmer()
    width, height = struct.unpack(">II", figure.png[16:24])
    assert width == pytest.approx(WIDTH_MM / 25.4 * 300, abs=1)
    assert height == pytest.approx(figure.height_mm / 25.4 * 300, abs=1)
    assert io.BytesIO(figure.png).read(8) == b"\x89PNG\r\n\x1a\n"


def test_drawings_are_inert_and_their_ids_their_own() -> None:
    inputs = hostile_input()
    figures = [
        *plot_swimmer(inputs.listings["swimmer"]),
        plot_reasons(inputs.estimates),
        plot_response(inputs.estimates),
    ]
    seen: set[str] = set()
    for figure in figures:
        assert figure is not None
        tree = ElementTree.fromstring(figure.svg)  # noqa: S314 - made here
        assert not [element for element in tree.iter() if element.tag.endswith("script")]
        assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]+"', "", figure.svg)
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        assert not seen & set(ids)
        seen |= {i for i in ids if i}
        used = set(re.findall(r'(?:href="|url\()#([^")]+)', figure.svg))
        assert used <= set(ids)


def test_dollar_signs_are_not_read_as_a_formula() -> None:
    shown = texts(plot_swimmer(lanes(1, partner="$x_1$"))[0])
    assert "$x 1$" in shown
    assert HOSTILE  # the hostile text holds such a formula too


def test_letters_that_the_font_lacks_raise_no_warning() -> None:
    assert "患者" in "".join(texts(plot_swimmer(lanes(1, patient_id="患者"))[0]))


def test_a_width_does_not_depend_on_what_was_drawn_before() -> None:
    before = [compute_text_width(f"case {i}", 7.0, is_bold=i % 2 == 0) for i in range(4)]
    compute_text_width.cache_clear()
    plot_swimmer(lanes(1))
    compute_text_width.cache_clear()
    assert [compute_text_width(f"case {i}", 7.0, is_bold=i % 2 == 0) for i in range(4)] == before


def test_texts_fit_their_width() -> None:
    assert compute_fitted_text("short", 40) == "short"
    long = compute_fitted_text("a very long label that goes on and on", 20)
    assert compute_text_width(long) <= 20
    assert "…" in long
    lines = compute_wrapped_lines("uncontrolled on conventional treatment of the skin", 40)
    assert (
        lines == ["uncontrolled on", "conventional treatment of", "the skin"][: len(lines)] or len(lines) == 2
    )
    assert all(compute_text_width(line) <= 40 for line in lines)


@pytest.mark.parametrize(
    ("largest", "steps", "last"),
    [
        (31.0, (6.0, 12.0), 36.0),
        (0.5, (1.0,), 1.0),
        (36.0, (6.0, 12.0), 36.0),
        (9000.0, (12.0, 240.0), 9120.0),
    ],
)
def test_axes_end_at_or_after_the_largest_value(
    largest: float, steps: tuple[float, ...], last: float
) -> None:
    ticks = compute_axis_ticks(largest, steps)
    assert ticks[0] == 0
    assert ticks[-1] == last


def test_combinations_of_one_course_are_joined_where_there_are_no_dates() -> None:
    key = "Taken together (one course)"

    def two(**second: Any) -> FigureBlock:
        rows = lanes(2, lane=1, patient_id="P1").table.to_pylist()
        return plot_swimmer(Listing("swimmer", pa.Table.from_pylist([rows[0], rows[1] | second])))[0]

    parallel, sequential = two(), two(course=2)
    assert key in texts(parallel)
    assert key not in texts(sequential)
    assert key not in texts(plot_swimmer(lanes(2, has_dates=1, lane=1))[0])
    # The courses of two patients can have the same number.
    assert key not in texts(plot_swimmer(lanes(2))[0])


def test_two_reasons_for_ending_are_both_named() -> None:
    shown = texts(plot_swimmer(lanes(1, end_reason="ineffectiveness; adverse_event"))[0])
    assert "Ineffectiveness; adverse event" in shown


def test_what_is_known_of_no_combination_has_no_column() -> None:
    figure = plot_swimmer(lanes(3, response=None, end_reason=None, case_id=None), has_events=False)[0]
    assert not {"Response", "Events", "Reason for ending", "Case", "None recorded", "?"} & set(texts(figure))
    assert figure.caption.endswith(
        "Known of no combination, and not shown: response, adverse events and reason for ending."
    )
    assert "The longest is one of patient P1 with 6 months." in figure.alt


def test_signs_on_a_bar_stand_on_their_day_and_are_in_the_key() -> None:
    marked = plot_swimmer(lanes(1, has_dates=1, marks="dose 1.5;complete 3;event 4.25"))[0]
    shown = texts(marked)
    assert "Dose changed" in shown
    assert "Signs on a bar stand on their day" in marked.caption
    plain = plot_swimmer(lanes(1, has_dates=1))[0]
    assert "Dose changed" not in texts(plain)
    assert "not placed in time" in plain.caption
    # Events that the study does not analyse are not drawn either.
    without = plot_swimmer(lanes(1, has_dates=1, marks="event 4.25"), has_events=False)[0]
    assert "Signs on a bar" not in without.caption
