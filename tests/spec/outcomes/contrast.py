"""Two scores of an add-on course: the last on the anchor alone, and the last on the combination.

A value of the first day of the course is about what was before. On the anchor alone no partner is taken.
What was seen between the two is described and never called an effect: a partner is added when the response
is poor.
"""

from spec.case import Case

TITLE = "Outcomes: the same patient before and on the combination"

ADD_ON = """
    drug         | start_day  | end_day
    baricitinib  | 2023-01-01 | 2023-12-31
    methotrexate | 2023-04-01 | 2023-10-31
"""

CASES = (
    Case(
        name="the last of each",
        about="The last value before methotrexate works, and the last while both are taken.",
        exposures=ADD_ON,
        assessments="""
            date       | instrument | value
            2023-01-01 | salt       | 90
            2023-02-01 | salt       | 80
            2023-04-01 | salt       | 60
            2023-06-01 | salt       | 40
            2023-10-31 | salt       | 30
            2023-11-01 | salt       | 10
        """,
        step="score contrasts",
        expected="""
            instrument | alone | combined
            salt       | 60    | 30
        """,
    ),
    Case(
        name="two on one day",
        about="The better of two counts before, the worse on the combination.",
        exposures=ADD_ON,
        assessments="""
            date       | instrument | value
            2023-04-01 | salt       | 60
            2023-04-01 | salt       | 50
            2023-06-01 | salt       | 40
            2023-06-01 | salt       | 20
        """,
        step="score contrasts",
        expected="""
            instrument | alone | combined
            salt       | 50    | 40
        """,
    ),
    Case(
        name="a partner before",
        about="While cyclosporin was taken baricitinib was not alone; its first day is no treatment yet.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-02-01 | 2023-12-31
            cyclosporin  | 2023-01-01 | 2023-03-15
            methotrexate | 2023-04-01 | 2023-10-31
        """,
        assessments="""
            date       | instrument | value
            2023-02-01 | salt       | 90
            2023-03-15 | salt       | 70
            2023-06-01 | salt       | 20
        """,
        step="score contrasts",
        expected="""
            partners     | instrument | alone | combined
            methotrexate | salt       |       | 20
        """,
    ),
    Case(
        name="the anchor was added",
        about="A course that began otherwise has no contrast.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-04-01 | 2023-12-31
            methotrexate | 2023-01-01 | 2023-10-31
        """,
        assessments="""
            date       | instrument | value
            2023-03-01 | salt       | 80
            2023-06-01 | salt       | 40
        """,
        step="score contrasts",
        expected="""
            instrument | alone | combined
        """,
    ),
)
