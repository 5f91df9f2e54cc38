"""Pairs: what partial dates leave undetermined."""

from spec.case import Case

TITLE = "Pairs: partial dates"

CASES = (
    Case(
        name="stopped in a month, started in it",
        about="Stopped 2023-05, started 2023-05: 31 common days at most and none at least.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-10 | 2023-05
            methotrexate | 2023-05    | 2023-12-10
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-05-01 | 2023-05-31 | 31            | undetermined
        """,
    ),
    Case(
        name="long enough in both readings",
        about="Where even the narrowest reading has min_overlap days the pair is a combination.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-10 | 2023-08
            methotrexate | 2023-05    | 2023-12-10
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-05-01 | 2023-08-31 | 123           | combination
        """,
    ),
    Case(
        name="combination or short course",
        about="41 days in the widest reading and 11 in the narrowest: the kind is not known.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-10 | 2023-12-10
            prednisone  | 2023-05    | 2023-06-10
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-05-01 | 2023-06-10 | 41            | undetermined
        """,
    ),
    Case(
        name="a short course in both readings",
        about="20 days at most, one at least, always inside the anchor's era.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-10 | 2023-12-10
            prednisone  | 2023-05    | 2023-05-20
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind         | is_short_course
            2023-05-01 | 2023-05-20 | 20            | short_course | yes
        """,
    ),
    Case(
        name="within one month, inside a known era",
        about="Taken some time in May beside a known anchor: no single day of the overlap is certain.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-10 | 2023-12-10
            prednisone  | 2023-05    | 2023-05
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-05-01 | 2023-05-31 | 31            | undetermined
        """,
    ),
    Case(
        name="short course or crossover",
        about="In the widest reading the partner lies inside the anchor's era, in the narrowest it does not.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-10 | 2023-05
            prednisone  | 2023-04-20 | 2023-05-12
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-04-20 | 2023-05-12 | 23            | undetermined
        """,
    ),
    Case(
        name="a crossover in both readings",
        about="Four common days, and the anchor stops first whenever in December the partner stopped.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-10 | 2023-05-23
            methotrexate | 2023-05-20 | 2023-12
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-05-20 | 2023-05-23 | 4             | crossover
        """,
    ),
    Case(
        name="years",
        about="Of 2022 to 2023 no day but New Year is certain, so an overlap in spring is not.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2022       | 2023
            methotrexate | 2023-03-10 | 2023-06-10
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-03-10 | 2023-06-10 | 93            | undetermined
        """,
    ),
    Case(
        name="both ongoing, and certain for long enough",
        about="A partial start does not matter when 28 days are certain, though both are ongoing.",
        observed_to="2023-07-31",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-10 | ongoing
            methotrexate | 2023-05    | ongoing
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | is_ongoing | kind
            2023-05-01 | 2023-07-31 | 92            | yes        | combination
        """,
    ),
)
