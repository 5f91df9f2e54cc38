"""Lines of therapy and sets of drugs as figures, from one patient to a million; nobody is lost."""

import re

import pytest

from cotreat.analysis.results import Estimate
from cotreat.analysis.sequences import MOST_REGIMENS, OTHER, compute_flows
from cotreat.report.blocks import FigureBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.figures_combinations import plot_combinations
from cotreat.report.figures_sequences import plot_sequences


def count(
    measure: str, unit: str, level: str, n: int, of: int, *, rule: str = "", group: str = ""
) -> Estimate:
    return Estimate(  # type: ignore[arg-type] # units are given by the cases
        measure, unit, rule, group, level, "count", float(n), numerator=n, denominator=of
    )


def lines(*flows: tuple[int, str, str, int]) -> EstimateIndex:
    """The estimates of these flows: line, regimen, next regimen, patients."""
    patients = sum(n for line, *_, n in flows if line == 1)
    found: list[Estimate] = []
    nodes = {(line, a): sum(n for x, b, _, n in flows if (x, b) == (line, a)) for line, a, *_ in flows}
    found += [
        count("line_of_therapy", "patient", a, n, patients, group=f"line={k}") for (k, a), n in nodes.items()
    ]
    found += [
        count("line_of_therapy", "patient", b, n, nodes[k, a], group=f"line={k} & regimen={a}")
        for k, a, b, n in flows
    ]
    return EstimateIndex(found)


def texts(figure: FigureBlock | None) -> list[str]:
    assert figure is not None
    return re.findall(r"<text[^>]*>([^<]*)</text>", figure.svg)


def test_rare_regimens_are_one_and_no_patient_is_lost() -> None:
    rows = [(1, f"drug_{n:02}", "none", 100 - n) for n in range(20)]
    flows, patients = compute_flows(rows)
    assert patients == sum(100 - n for n in range(20))
    assert sum(flows.values()) == patients
    assert flows[1, OTHER, "none"] == sum(100 - n for n in range(MOST_REGIMENS, 20))


@pytest.mark.parametrize("scale", [1, 1_000_000])
def test_lines_are_drawn_alike_for_one_patient_and_a_million(scale: int) -> None:
    figure = plot_sequences(
        lines(
            (1, "baricitinib", "baricitinib + methotrexate", scale),
            (2, "baricitinib + methotrexate", "ongoing", scale),
        )
    )
    shown = texts(figure)
    assert {"Line 1", "Line 2", "Baricitinib", "Baricitinib + methotrexate"} <= set(shown)
    assert f"{scale:,} (ongoing {scale:,})" in shown
    assert figure is not None
    assert figure.height_mm < 140
    assert "from baricitinib in line 1 to baricitinib + methotrexate" in figure.alt


def test_many_regimens_of_a_line_are_one_node_and_add_up() -> None:
    figure = plot_sequences(lines(*((1, f"baricitinib + {name}", "none", 1) for name in "abcdefghijk")))
    shown = texts(figure)
    assert "Other regimens" in shown
    assert "5 (no further line 5)" in shown
    assert sum(text.startswith("1 (") for text in shown) == 6


def test_a_study_without_lines_has_no_figure() -> None:
    assert plot_sequences(EstimateIndex(())) is None
    assert plot_combinations(EstimateIndex(())) is None


@pytest.mark.parametrize("scale", [1, 1_000_000])
def test_sets_stand_above_their_drugs(scale: int) -> None:
    sets = {"baricitinib + methotrexate": 3 * scale, "baricitinib + dupilumab + methotrexate": scale}
    figure = plot_combinations(
        EstimateIndex(count("drug_set", "course", name, n, 4 * scale, rule="any") for name, n in sets.items())
    )
    shown = texts(figure)
    assert {"Baricitinib", "Methotrexate", "Dupilumab"} <= set(shown)
    # Courses with a drug, whatever stood beside it.
    assert shown.count(f"{4 * scale:,}") >= 2
    assert figure is not None
    assert "Most frequent: baricitinib + methotrexate" in figure.alt


def test_of_very_many_sets_the_rest_is_said() -> None:
    found = [count("drug_set", "course", f"baricitinib + p{n:02}", 1, 30, rule="any") for n in range(30)]
    figure = plot_combinations(EstimateIndex(found))
    assert figure is not None
    assert "The 24 most frequent of 30 sets are drawn; the others have 6 courses." in figure.caption
