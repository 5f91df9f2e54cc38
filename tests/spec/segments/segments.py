"""Segments: maximal intervals on which the set of role drugs is constant."""

from spec.case import Case

TITLE = "Segments: what is taken together"

CASES = (
    Case(
        name="one drug, one segment",
        about="A single era is a single segment.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-03-31
        """,
        step="segments",
        expected="""
            start_day  | end_day    | regimen     | n_drugs | days
            2023-01-01 | 2023-03-31 | baricitinib | 1       | 90
        """,
    ),
    Case(
        name="before, together, after",
        about="A new segment starts when a drug starts and on the day after a drug ends.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-03-31
            methotrexate | 2023-02-01 | 2023-04-30
        """,
        step="segments",
        expected="""
            start_day  | end_day    | regimen                    | n_drugs | days
            2023-01-01 | 2023-01-31 | baricitinib                | 1       | 31
            2023-02-01 | 2023-03-31 | baricitinib + methotrexate | 2       | 59
            2023-04-01 | 2023-04-30 | methotrexate               | 1       | 30
        """,
    ),
    Case(
        name="one drug after the other",
        about="Where one drug ends and another starts the next day no day is shared and none is lost.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-01-31
            methotrexate | 2023-02-01 | 2023-02-28
        """,
        step="segments",
        expected="""
            start_day  | end_day    | regimen      | days
            2023-01-01 | 2023-01-31 | baricitinib  | 31
            2023-02-01 | 2023-02-28 | methotrexate | 28
        """,
    ),
    Case(
        name="one common day",
        about="A drug that ends on the day on which another starts makes a segment of one day.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-01-31
            methotrexate | 2023-01-31 | 2023-02-28
        """,
        step="segments",
        expected="""
            start_day  | end_day    | regimen                    | days
            2023-01-01 | 2023-01-30 | baricitinib                | 30
            2023-01-31 | 2023-01-31 | baricitinib + methotrexate | 1
            2023-02-01 | 2023-02-28 | methotrexate               | 28
        """,
    ),
    Case(
        name="untreated days are in no segment",
        about="Segments cover exposed days only.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-01-31
            methotrexate | 2023-02-02 | 2023-02-28
        """,
        step="segments",
        expected="""
            start_day  | end_day    | regimen
            2023-01-01 | 2023-01-31 | baricitinib
            2023-02-02 | 2023-02-28 | methotrexate
        """,
    ),
    Case(
        name="the same days",
        about="Two eras with the same first and last day are one segment of two drugs.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2024-02-29 | 2024-02-29
            methotrexate | 2024-02-29 | 2024-02-29
        """,
        step="segments",
        expected="""
            start_day  | end_day    | regimen                    | n_drugs | days
            2024-02-29 | 2024-02-29 | baricitinib + methotrexate | 2       | 1
        """,
    ),
    Case(
        name="bridged days count as taken",
        about="A gap that an era bridges does not part its segments.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-01-31
            baricitinib  | 2023-02-15 | 2023-03-31
            methotrexate | 2023-01-01 | 2023-03-31
        """,
        step="segments",
        expected="""
            start_day  | end_day    | regimen                    | days
            2023-01-01 | 2023-03-31 | baricitinib + methotrexate | 90
        """,
    ),
    Case(
        name="two eras of one drug",
        about="The same drug again after a gap that is too long is a segment of its own.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-01-31
            baricitinib | 2023-06-01 | 2023-06-30
        """,
        step="segments",
        expected="""
            start_day  | end_day    | regimen     | days
            2023-01-01 | 2023-01-31 | baricitinib | 31
            2023-06-01 | 2023-06-30 | baricitinib | 30
        """,
    ),
    Case(
        name="three drugs",
        about="The set is what counts: one drug changing for another on one day is a change.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-03-31
            prednisone   | 2023-04-01 | 2023-04-10
        """,
        step="segments",
        expected="""
            start_day  | end_day    | regimen                    | n_drugs | days
            2023-01-01 | 2023-01-31 | baricitinib                | 1       | 31
            2023-02-01 | 2023-03-31 | baricitinib + methotrexate | 2       | 59
            2023-04-01 | 2023-04-10 | baricitinib + prednisone   | 2       | 10
            2023-04-11 | 2023-06-30 | baricitinib                | 1       | 81
        """,
    ),
    Case(
        name="a concomitant drug is followed",
        about="Concomitant drugs stand in the regimen beside anchors and partners.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-01-31
            cetirizine  | 2023-01-11 | 2023-01-20
        """,
        step="segments",
        expected="""
            start_day  | end_day    | regimen                  | days
            2023-01-01 | 2023-01-10 | baricitinib              | 10
            2023-01-11 | 2023-01-20 | baricitinib + cetirizine | 10
            2023-01-21 | 2023-01-31 | baricitinib              | 11
        """,
    ),
    Case(
        name="a drug without a role is not followed",
        about="Every other drug is counted, not followed: it changes no regimen.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-01-31
            aspirin     | 2023-01-11 | 2023-01-20
        """,
        step="segments",
        expected="""
            start_day  | end_day    | regimen     | days
            2023-01-01 | 2023-01-31 | baricitinib | 31
        """,
    ),
    Case(
        name="closed at observation_end",
        about="No segment goes beyond observation_end.",
        observed_to="2023-02-15",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-02-01 | 2023-04-30
        """,
        step="segments",
        expected="""
            start_day  | end_day    | regimen                    | days
            2023-01-01 | 2023-01-31 | baricitinib                | 31
            2023-02-01 | 2023-02-15 | baricitinib + methotrexate | 15
        """,
    ),
)
