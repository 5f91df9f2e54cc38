"""Exposure states and person-time."""

from spec.case import Case

TITLE = "States: what a day of follow-up counts as"

CASES = (
    Case(
        name="anchor, its risk window, none",
        about="After its end a drug's role lasts risk_window days: 2 March is 30 days after 31 January.",
        observed_to="2023-03-31",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-01-31
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2023-01-01 | 2023-03-02 | anchor_only | 61
            2023-03-03 | 2023-03-31 | none        | 29
        """,
    ),
    Case(
        name="risk_window 0",
        about="With risk_window 0 the state ends with the drug.",
        parameters={"risk_window": 0},
        observed_to="2023-03-31",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
        """,
        step="states",
        expected="""
            start_day  | end_day    | state        | days
            2023-01-01 | 2023-01-31 | partner_only | 31
            2023-02-01 | 2023-03-31 | none         | 59
        """,
    ),
    Case(
        name="risk_window 1 on the leap day",
        about="29 February 2024 is the one day after 28 February.",
        parameters={"risk_window": 1},
        observed_to="2024-03-02",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2024-02-01 | 2024-02-28
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2024-02-01 | 2024-02-29 | anchor_only | 29
            2024-03-01 | 2024-03-02 | none        | 2
        """,
    ),
    Case(
        name="combination and its risk window",
        about="The combination lasts risk_window days beyond the pair, though the anchor goes on alone.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-03-01 | 2023-04-10
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2023-01-01 | 2023-02-28 | anchor_only | 59
            2023-03-01 | 2023-05-10 | combination | 71
            2023-05-11 | 2023-06-30 | anchor_only | 51
        """,
    ),
    Case(
        name="both stop together",
        about="After a combination whose drugs stop together its window runs out and nothing is left.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-03-31
            methotrexate | 2023-02-01 | 2023-03-31
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2023-01-01 | 2023-01-31 | anchor_only | 31
            2023-02-01 | 2023-04-30 | combination | 89
            2023-05-01 | 2023-06-30 | none        | 61
        """,
    ),
    Case(
        name="the partner outlasts the anchor",
        about="After the combination's window what is taken counts, then what ended last.",
        observed_to="2023-07-10",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-03-31
            methotrexate | 2023-02-01 | 2023-05-31
        """,
        step="states",
        expected="""
            start_day  | end_day    | state        | days
            2023-01-01 | 2023-01-31 | anchor_only  | 31
            2023-02-01 | 2023-04-30 | combination  | 89
            2023-05-01 | 2023-06-30 | partner_only | 61
            2023-07-01 | 2023-07-10 | none         | 10
        """,
    ),
    Case(
        name="never together",
        about="A partner that starts within the anchor's risk window is not a combination.",
        observed_to="2023-03-31",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-01-31
            methotrexate | 2023-02-15 | 2023-02-28
        """,
        step="states",
        expected="""
            start_day  | end_day    | state        | days
            2023-01-01 | 2023-02-14 | anchor_only  | 45
            2023-02-15 | 2023-03-30 | partner_only | 44
            2023-03-31 | 2023-03-31 | none         | 1
        """,
    ),
    Case(
        name="adjacent, never together",
        about="Nor is one that starts on the day after the anchor's end.",
        observed_to="2023-03-31",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-01-31
            methotrexate | 2023-02-01 | 2023-02-28
        """,
        step="states",
        expected="""
            start_day  | end_day    | state        | days
            2023-01-01 | 2023-01-31 | anchor_only  | 31
            2023-02-01 | 2023-03-30 | partner_only | 58
            2023-03-31 | 2023-03-31 | none         | 1
        """,
    ),
    Case(
        name="what ended last",
        about="The role that counts after the last day of treatment is that of the era that ended last.",
        observed_to="2023-03-31",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-10
            baricitinib  | 2023-01-20 | 2023-01-25
        """,
        step="states",
        expected="""
            start_day  | end_day    | state        | days
            2023-01-01 | 2023-01-19 | partner_only | 19
            2023-01-20 | 2023-02-24 | anchor_only  | 36
            2023-02-25 | 2023-03-31 | none         | 35
        """,
    ),
    Case(
        name="a crossover is a combination to the body",
        about="A pair of any kind makes the state, counted or not.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-03-31
            methotrexate | 2023-03-15 | 2023-06-30
        """,
        step="states",
        expected="""
            start_day  | end_day    | state        | days
            2023-01-01 | 2023-03-14 | anchor_only  | 73
            2023-03-15 | 2023-04-30 | combination  | 47
            2023-05-01 | 2023-06-30 | partner_only | 61
        """,
    ),
    Case(
        name="an undetermined pair",
        about="Two ongoing drugs that overlap for a week so far are taken together on these days.",
        observed_to="2023-01-31",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-01-25 | ongoing
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2023-01-01 | 2023-01-24 | anchor_only | 24
            2023-01-25 | 2023-01-31 | combination | 7
        """,
    ),
    Case(
        name="windows that meet",
        about="A second partner within the window of the first pair continues the combination.",
        observed_to="2023-04-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-04-30
            methotrexate | 2023-02-01 | 2023-02-10
            prednisone   | 2023-03-01 | 2023-03-10
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2023-01-01 | 2023-01-31 | anchor_only | 31
            2023-02-01 | 2023-04-09 | combination | 68
            2023-04-10 | 2023-04-30 | anchor_only | 21
        """,
    ),
    Case(
        name="two anchors",
        about="Two anchors without a partner are anchor_only, in one piece.",
        parameters={"risk_window": 0},
        observed_to="2023-02-28",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-01-31
            upadacitinib | 2023-01-15 | 2023-02-28
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2023-01-01 | 2023-02-28 | anchor_only | 59
        """,
    ),
    Case(
        name="cut at New Year",
        about="A state is cut where a calendar year begins.",
        parameters={"risk_window": 0},
        observed_to="2023-01-10",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2022-12-20 | 2023-01-10
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2022-12-20 | 2022-12-31 | anchor_only | 12
            2023-01-01 | 2023-01-10 | anchor_only | 10
        """,
    ),
    Case(
        name="cut at every New Year",
        about="Untreated person-time is cut too: a year of 365 days, a leap year of 366.",
        parameters={"risk_window": 0},
        observed_to="2025-01-01",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2022-12-01 | 2022-12-31
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2022-12-01 | 2022-12-31 | anchor_only | 31
            2023-01-01 | 2023-12-31 | none        | 365
            2024-01-01 | 2024-12-31 | none        | 366
            2025-01-01 | 2025-01-01 | none        | 1
        """,
    ),
    Case(
        name="taken before observation began",
        about="Person-time starts with the first observed day on which a role drug is taken.",
        parameters={"risk_window": 0},
        observed_from="2023-01-01",
        observed_to="2023-03-31",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2022-06-01 | 2023-02-28
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2023-01-01 | 2023-02-28 | anchor_only | 59
            2023-03-01 | 2023-03-31 | none        | 31
        """,
    ),
    Case(
        name="stopped before observation began",
        about="An era before observation starts no person-time; the next one does.",
        observed_from="2023-01-01",
        observed_to="2023-02-28",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2022-11-01 | 2022-12-20
            methotrexate | 2023-02-01 | 2023-02-28
        """,
        step="states",
        expected="""
            start_day  | end_day    | state        | days
            2023-02-01 | 2023-02-28 | partner_only | 28
        """,
    ),
    Case(
        name="stopped on the day before observation began",
        about="On the first observed day it is not taken any more, so it starts no person-time.",
        observed_from="2023-01-01",
        observed_to="2023-02-28",
        exposures="""
            patient | drug         | start_day  | end_day
            before  | methotrexate | 2022-11-01 | 2022-12-31
            on      | methotrexate | 2022-11-01 | 2023-01-01
        """,
        step="states",
        expected="""
            patient | start_day  | end_day    | state        | days
            on      | 2023-01-01 | 2023-01-31 | partner_only | 31
            on      | 2023-02-01 | 2023-02-28 | none         | 28
        """,
    ),
    Case(
        name="a combination before observation began",
        about="The window of a pair from before observation still counts on the days observed.",
        observed_from="2023-01-01",
        observed_to="2023-02-28",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2022-11-01 | 2023-02-28
            methotrexate | 2022-11-01 | 2022-12-20
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2023-01-01 | 2023-01-19 | combination | 19
            2023-01-20 | 2023-02-28 | anchor_only | 40
        """,
    ),
    Case(
        name="no role drug was observed",
        about="Without an observed day of a role drug there is no person-time.",
        observed_from="2023-01-01",
        observed_to="2023-02-28",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2022-11-01 | 2022-12-20
            aspirin     | 2023-01-05 | 2023-02-20
        """,
        step="states",
        expected="""
            start_day | end_day | state | days
        """,
    ),
    Case(
        name="a concomitant drug makes no state",
        about="A concomitant drug starts person-time too, but only anchor and partner make a state.",
        observed_to="2023-01-31",
        exposures="""
            drug        | start_day  | end_day
            cetirizine  | 2023-01-01 | 2023-01-10
            baricitinib | 2023-01-05 | 2023-01-31
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2023-01-01 | 2023-01-04 | none        | 4
            2023-01-05 | 2023-01-31 | anchor_only | 27
        """,
    ),
)
