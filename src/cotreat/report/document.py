"""The report as a whole: which blocks stand in it, and in which order."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from cotreat.report.blocks import Block, Blocks, FigureBlock, Heading, Paragraph, TableBlock
from cotreat.report.checklists import build_checklist_section, build_checklists
from cotreat.report.content import EstimateIndex, ReportInput
from cotreat.report.figures_bars import plot_reasons, plot_response
from cotreat.report.figures_combinations import plot_combinations
from cotreat.report.figures_curves import plot_drug_survival, plot_end_reasons
from cotreat.report.figures_forest import plot_rate_ratios, plot_rates
from cotreat.report.figures_laboratory import plot_laboratory_values
from cotreat.report.figures_multiverse import plot_multiverse
from cotreat.report.figures_response import plot_response_over_time
from cotreat.report.figures_sequences import plot_sequences
from cotreat.report.figures_swimmer import plot_swimmer
from cotreat.report.methods import build_legend, build_methods_text
from cotreat.report.narrative import build_results_text
from cotreat.report.narrative_effectiveness import build_effectiveness_text
from cotreat.report.narrative_safety import build_safety_text
from cotreat.report.tables_between import table_between_regimens
from cotreat.report.tables_cases import (
    build_absence_text,
    table_cases,
    table_finding_counts,
    table_findings,
)
from cotreat.report.tables_causality import (
    table_agreement,
    table_attribution_matrix,
    table_causality,
    table_suspects,
)
from cotreat.report.tables_contrast import table_response_contrast, table_score_contrast
from cotreat.report.tables_days import table_days
from cotreat.report.tables_followups import table_time_to_next, table_withdrawals
from cotreat.report.tables_further import table_further
from cotreat.report.tables_laboratory import (
    build_laboratory_absence,
    compute_terms,
    table_laboratory_grades,
    table_laboratory_shift,
)
from cotreat.report.tables_multiverse import table_multiverse
from cotreat.report.tables_patients import (
    build_glance,
    build_sources_text,
    table_attrition,
    table_characteristics,
)
from cotreat.report.tables_rates import table_rates
from cotreat.report.tables_ratios import build_ratio_absence, table_rate_ratios
from cotreat.report.tables_response import table_complete_response, table_response
from cotreat.report.tables_safety import table_adverse_events, table_aesi, table_attributions, table_terms
from cotreat.report.tables_scores import table_response_at_week, table_response_on_treatment
from cotreat.report.tables_severity import table_aesi_by_risk, table_severity
from cotreat.report.tables_survival import (
    table_drug_survival,
    table_end_reason_incidence,
    table_hazard_ratios,
)
from cotreat.report.tables_treatment import (
    table_doses,
    table_drugs,
    table_durations,
    table_end_reasons,
    table_monotherapy_response,
    table_next_treatments,
    table_ongoing,
    table_reasons,
)

_Table = Callable[[EstimateIndex], TableBlock | None]


def build_report(inputs: ReportInput) -> Blocks:
    """The report of a study: one ordered list of blocks for every output.

    A part whose estimates the study does not have says so in one line; tables and figures
    are numbered in the order in which they stand.
    """
    study = inputs.protocol.study
    items = tuple(_numbered(_items(inputs)))
    filled = build_checklists(items, inputs.protocol)
    subtitle = [
        study.citation,
        f"observed until {inputs.cutoff.isoformat()}" if inputs.cutoff else "",
        f"cotreat {inputs.version}",
    ]
    return Blocks(
        title=study.name,
        subtitle=" · ".join(part for part in subtitle if part),
        cutoff=inputs.cutoff,
        items=tuple(_numbered((*items, *build_checklist_section(filled)))),
    )


def _numbered(items: Iterable[Block]) -> Iterator[Block]:
    tables = figures = 0
    for item in items:
        if isinstance(item, TableBlock):
            tables += 1
            yield replace(item, number=tables)
        elif isinstance(item, FigureBlock):
            figures += 1
            yield replace(item, number=figures)
        else:
            yield item


def _items(inputs: ReportInput) -> Iterator[Block]:
    index = inputs.estimates
    yield Heading("The study at a glance")
    yield build_glance(inputs)
    yield Heading("Sources")
    yield Paragraph(build_sources_text(inputs))
    yield from _section("Patients", index, "the characteristics of the patients", table_characteristics)
    yield from _cases(inputs)
    yield from _section(
        "Drugs and reasons", index, "the drugs and the reasons for combining them", table_drugs
    )
    yield from _figure(plot_combinations(index))
    yield from _present(table(index) for table in (table_reasons, table_monotherapy_response))
    yield from _figure(plot_reasons(index))
    yield from _section("Doses", index, "doses", table_doses)
    yield from _section("Durations", index, "durations", table_durations, table_ongoing)
    yield from _section("", index, "", table_drug_survival)
    yield from plot_drug_survival(index)
    yield from _section("", index, "", table_end_reason_incidence)
    yield from _figure(plot_end_reasons(index))
    yield from _section("", index, "", table_hazard_ratios)
    yield from _section("Response", index, "the response", table_response, table_complete_response)
    yield from _figure(plot_response(index))
    yield from _section("", index, "", table_response_at_week, table_response_on_treatment)
    yield from _figure(plot_response_over_time(index))
    yield from _section("", index, "", table_response_contrast, table_score_contrast, table_between_regimens)
    safety = (table_adverse_events, table_severity, table_terms, table_attributions)
    yield from _section("Adverse events", index, "adverse events", *safety)
    yield from _section("", index, "", table_aesi, table_aesi_by_risk, table_rates)
    yield from _figure(plot_rates(index))
    yield from _section("", index, "", table_rate_ratios)
    if reason := build_ratio_absence(index):
        yield Paragraph(f"Rate ratios of exposure states. {reason[:1].upper()}{reason[1:]}.", "absent")
    yield from _figure(plot_rate_ratios(index))
    yield from _section(
        "", index, "", table_suspects, table_attribution_matrix, table_causality, table_agreement
    )
    yield from _laboratory(inputs)
    yield from _section("What followed", index, "what followed", table_end_reasons, table_next_treatments)
    yield from _section("", index, "", table_time_to_next, table_withdrawals)
    yield from _figure(plot_sequences(index))
    yield from _section("Other choices", index, "", table_multiverse)
    yield from _figure(plot_multiverse(index))
    yield from _section("Further estimates", index, "", table_further)
    yield from _words(inputs)
    yield from _data(inputs)
    yield Heading("Units, rules and signs")
    yield build_legend(index)


def _section(title: str, index: EstimateIndex, subject: str, *tables: _Table) -> Iterator[Block]:
    """A heading, unless it is empty, and the tables that the study has; without any, a line that says so."""
    found = list(_present(table(index) for table in tables))
    if title and (found or subject):
        yield Heading(title)
    if not found and subject:
        yield Paragraph(
            f"Not shown: the results hold no estimate of {subject}. The source does not record it, or it is "
            "not analysed for this kind of source.",
            "absent",
        )
    yield from found


def _present(tables: Iterable[TableBlock | None]) -> Iterator[TableBlock]:
    return (table for table in tables if table is not None)


def _figure(figure: FigureBlock | None) -> Iterator[Block]:
    if figure is not None:
        yield figure


def _cases(inputs: ReportInput) -> Iterator[Block]:
    yield Heading("Cases")
    table = table_cases(inputs)
    yield table or Paragraph(f"Case table. {build_absence_text(inputs, 'cases')}", "absent")
    if "swimmer" not in inputs.listings:
        yield Paragraph(f"Swimmer plot. {build_absence_text(inputs, 'swimmer')}", "absent")
        return
    figures = plot_swimmer(inputs.listings["swimmer"], has_events=inputs.has_events)
    yield from figures or [Paragraph("Swimmer plot. Not shown: there is no combination.", "absent")]


def _laboratory(inputs: ReportInput) -> Iterator[Block]:
    index = inputs.estimates
    yield Heading("Laboratory values")
    if compute_terms(index):
        yield from _present(table(index) for table in (table_laboratory_grades, table_laboratory_shift))
    elif inputs.reconciliation is None:
        yield Paragraph(f"Not shown. {build_laboratory_absence(inputs)}", "absent")
    else:
        yield Paragraph(
            "Not shown: the source has no laboratory value of a test that CTCAE grades.", "absent"
        )
    yield from _figure(plot_laboratory_values(index))


def _words(inputs: ReportInput) -> Iterator[Block]:
    yield Heading("Results in words")
    index = inputs.estimates
    texts = (*build_results_text(index), *build_safety_text(index), *build_effectiveness_text(index))
    yield from (Paragraph(text) for text in texts or ("The study has no estimates.",))
    yield Heading("Methods")
    yield from (Paragraph(text) for text in build_methods_text(inputs))


def _data(inputs: ReportInput) -> Iterator[Block]:
    yield Heading("Findings in the data")
    attrition = table_attrition(inputs)
    if attrition:
        yield attrition
    days = table_days(inputs)
    if days:
        yield days
    counts = table_finding_counts(inputs)
    if counts is None:
        yield Paragraph("The checks of the data found nothing.")
        return
    yield counts
    listed = table_findings(inputs)
    yield listed or Paragraph(
        "The places are not listed: the study is under disclosure control, and findings are shown as counts.",
        "absent",
    )
