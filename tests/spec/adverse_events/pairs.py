"""An event belongs to every pair of its patient on one of whose days, or in whose risk window, it began.

Of two parallel pairs it is counted once per unit of analysis. Where only some of the days that its onset may
mean lie in a pair, or no onset is recorded, it may belong to it: then whether the pair had it is unknown.
"""

from spec.case import Case

TITLE = "Adverse events: the pairs that they belong to"

CASES = (
    Case(
        name="days and risk window",
        about="From the first day of the pair to 30 days after its last.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-04-01 | 2023-06-30
        """,
        events="""
            term     | onset
            headache | 2023-03-31
            nausea   | 2023-04-01
            rash     | 2023-07-30
            vertigo  | 2023-07-31
        """,
        step="event pairs",
        expected="""
            term   | partner      | is_certain
            nausea | methotrexate | yes
            rash   | methotrexate | yes
        """,
    ),
    Case(
        name="two parallel pairs",
        about="One event, two pairs.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-04-01 | 2023-06-30
            prednisone   | 2023-05-01 | 2023-10-31
        """,
        events="""
            term   | onset
            nausea | 2023-06-15
            rash   | 2023-09-15
        """,
        step="event pairs",
        expected="""
            term   | partner      | is_certain
            nausea | methotrexate | yes
            nausea | prednisone   | yes
            rash   | prednisone   | yes
        """,
    ),
    Case(
        name="a partial onset and none",
        about="April begins on the pair's first day, March does not; without an onset nobody knows.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-04-01 | 2023-06-30
        """,
        events="""
            term     | onset      | end
            headache | 2023-03    |
            nausea   | 2023-04    |
            rash     | 2023       |
            vertigo  |            |
            gout     |            | 2023-03-31
        """,
        step="event pairs",
        expected="""
            term    | is_certain
            nausea  | yes
            rash    | no
            vertigo | no
        """,
    ),
    Case(
        name="after observation ended",
        about="Nothing after death counts, not even in a risk window.",
        death="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-04-01 | 2023-12-31
        """,
        events="""
            term   | onset
            nausea | 2023-06-30
            rash   | 2023-07-01
            gout   | 2023-06
        """,
        step="event pairs",
        expected="""
            term   | is_certain
            nausea | yes
            gout   | yes
        """,
    ),
    Case(
        name="the window of the drug that stopped",
        about="Methotrexate ended the pair, and its own risk window is 90 days.",
        parameters={"risk_window_by_drug": {"methotrexate": 90}},
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-04-01 | 2023-06-30
        """,
        events="""
            term   | onset
            nausea | 2023-09-28
            rash   | 2023-09-29
        """,
        step="event pairs",
        expected="""
            term   | is_certain
            nausea | yes
        """,
    ),
)
