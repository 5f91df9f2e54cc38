"""States: a risk window of a drug's own."""

from spec.case import Case

TITLE = "States: the risk window of a drug"

CASES = (
    Case(
        name="risk_window of the drug that stops",
        about="A pair's window is that of the drug whose stop ended it: 84 days after dupilumab.",
        parameters={"risk_window_by_drug": {"dupilumab": 84}},
        observed_to="2023-06-30",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-06-30
            dupilumab   | 2023-02-01 | 2023-03-31
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2023-01-01 | 2023-01-31 | anchor_only | 31
            2023-02-01 | 2023-06-23 | combination | 143
            2023-06-24 | 2023-06-30 | anchor_only | 7
        """,
    ),
    Case(
        name="risk_window of the anchor that stops",
        about="Where the anchor stops its own 30 days count, though the partner has a longer window.",
        parameters={"risk_window_by_drug": {"dupilumab": 84}},
        observed_to="2023-06-30",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-03-31
            dupilumab   | 2023-02-01 | 2023-06-30
        """,
        step="states",
        expected="""
            start_day  | end_day    | state        | days
            2023-01-01 | 2023-01-31 | anchor_only  | 31
            2023-02-01 | 2023-04-30 | combination  | 89
            2023-05-01 | 2023-06-30 | partner_only | 61
        """,
    ),
    Case(
        name="risk_window when both stop together",
        about="Where both stop on one day the longer of their windows counts.",
        parameters={"risk_window_by_drug": {"dupilumab": 84}},
        observed_to="2023-06-30",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-03-31
            dupilumab   | 2023-02-01 | 2023-03-31
        """,
        step="states",
        expected="""
            start_day  | end_day    | state       | days
            2023-01-01 | 2023-01-31 | anchor_only | 31
            2023-02-01 | 2023-06-23 | combination | 143
            2023-06-24 | 2023-06-30 | none        | 7
        """,
    ),
    Case(
        name="a long window of an earlier era",
        about="Only the era that ended last counts: dupilumab's 84 days do not return after the anchor's 30.",
        parameters={"risk_window_by_drug": {"dupilumab": 84}},
        observed_to="2023-03-31",
        exposures="""
            drug        | start_day  | end_day
            dupilumab   | 2023-01-01 | 2023-01-01
            baricitinib | 2023-01-10 | 2023-01-20
        """,
        step="states",
        expected="""
            start_day  | end_day    | state        | days
            2023-01-01 | 2023-01-09 | partner_only | 9
            2023-01-10 | 2023-02-19 | anchor_only  | 41
            2023-02-20 | 2023-03-31 | none         | 40
        """,
    ),
)
