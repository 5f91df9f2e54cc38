"""Pairs: which drug was there first."""

from spec.case import Case

TITLE = "Pairs: order and lead"

CASES = (
    Case(
        name="partner 7 days later",
        about="Starts within simultaneous_window days of each other are simultaneous.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-01-08 | 2023-06-30
        """,
        step="pairs",
        expected="""
            order        | lead_days
            simultaneous | 7
        """,
    ),
    Case(
        name="partner 8 days later",
        about="The anchor started more than simultaneous_window days before the partner: add_on.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-01-09 | 2023-06-30
        """,
        step="pairs",
        expected="""
            order  | lead_days
            add_on | 8
        """,
    ),
    Case(
        name="anchor 7 days later",
        about="The window is the same in the other direction.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-06-30
            baricitinib  | 2023-01-08 | 2023-06-30
        """,
        step="pairs",
        expected="""
            order        | lead_days
            simultaneous | -7
        """,
    ),
    Case(
        name="anchor 8 days later",
        about="The partner started more than simultaneous_window days before the anchor: anchor_added.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-06-30
            baricitinib  | 2023-01-09 | 2023-06-30
        """,
        step="pairs",
        expected="""
            order        | lead_days
            anchor_added | -8
        """,
    ),
    Case(
        name="simultaneous_window 0",
        about="With simultaneous_window 0 only a start on the same day is simultaneous.",
        parameters={"simultaneous_window": 0},
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-02 | 2023-06-30
            cyclosporin  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-01-02 | 2023-06-30
            prednisone   | 2023-01-03 | 2023-06-30
        """,
        step="pairs",
        expected="""
            partner      | order        | lead_days
            cyclosporin  | anchor_added | -1
            methotrexate | simultaneous | 0
            prednisone   | add_on       | 1
        """,
    ),
    Case(
        name="364 days of observation, washout 365",
        about="An era that starts within washout days of the first observed day may have begun before it.",
        parameters={"washout": 365},
        observed_from="2023-01-01",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-12-31 | 2024-11-30
            methotrexate | 2024-03-01 | 2024-06-30
        """,
        step="pairs",
        expected="""
            order   | lead_days
            unknown | 61
        """,
    ),
    Case(
        name="365 days of observation, washout 365",
        about="After washout observed days without the drug its start is known.",
        parameters={"washout": 365},
        observed_from="2023-01-01",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2024-01-01 | 2024-11-30
            methotrexate | 2024-03-01 | 2024-06-30
        """,
        step="pairs",
        expected="""
            order  | lead_days
            add_on | 60
        """,
    ),
    Case(
        name="the partner alone inside the washout",
        about="One era of the two is enough to make the order unknown.",
        parameters={"washout": 365},
        observed_from="2023-01-01",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-06-01 | 2024-11-30
            baricitinib  | 2024-03-01 | 2024-06-30
        """,
        step="pairs",
        expected="""
            order   | lead_days
            unknown | -274
        """,
    ),
    Case(
        name="on the first observed day, washout 0",
        about="Without a washout a start on the first observed day is taken as it is.",
        observed_from="2023-01-01",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-03-01 | 2023-06-30
        """,
        step="pairs",
        expected="""
            order  | lead_days
            add_on | 59
        """,
    ),
    Case(
        name="before the first observed day",
        about="A start before observation began was not observed, whatever the washout.",
        observed_from="2023-01-01",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2022-12-31 | 2023-06-30
            methotrexate | 2023-03-01 | 2023-06-30
        """,
        step="pairs",
        expected="""
            order   | lead_days
            unknown | 60
        """,
    ),
    Case(
        name="no first observed day, 29 days",
        about="Where no first observed day is recorded the first exposure, to any drug, stands for it.",
        parameters={"washout": 30},
        observed_from=None,
        exposures="""
            drug         | start_day  | end_day
            aspirin      | 2023-01-01 | 2023-01-10
            baricitinib  | 2023-01-30 | 2023-06-30
            methotrexate | 2023-03-01 | 2023-06-30
        """,
        step="pairs",
        expected="""
            order   | lead_days
            unknown | 30
        """,
    ),
    Case(
        name="no first observed day, 30 days",
        about="From the first exposure on the patient was seen for the 30 days of the washout.",
        parameters={"washout": 30},
        observed_from=None,
        exposures="""
            drug         | start_day  | end_day
            aspirin      | 2023-01-01 | 2023-01-10
            baricitinib  | 2023-01-31 | 2023-06-30
            methotrexate | 2023-03-01 | 2023-06-30
        """,
        step="pairs",
        expected="""
            order  | lead_days
            add_on | 29
        """,
    ),
)
