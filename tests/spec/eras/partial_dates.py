"""Eras: dates of which only the month or the year is known."""

from spec.case import Case

TITLE = "Eras: partial dates"

CASES = (
    Case(
        name="months, widest and narrowest",
        about="A start of 2023-05 is read as 1 May, an end of 2023-07 as 31 July; the narrowest is kept too.",
        exposures="""
            drug         | start_day | end_day
            methotrexate | 2023-05   | 2023-07
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | latest_start_day | earliest_end_day
            methotrexate | 2023-05-01 | 2023-07-31 | 2023-05-31       | 2023-07-01
        """,
    ),
    Case(
        name="years, widest and narrowest",
        about="A year is read from its first to its last day.",
        exposures="""
            drug         | start_day | end_day
            methotrexate | 2021      | 2023
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | latest_start_day | earliest_end_day
            methotrexate | 2021-01-01 | 2023-12-31 | 2021-12-31       | 2023-01-01
        """,
    ),
    Case(
        name="a year and a month",
        about="Where one date is a year and the other a month, each keeps its own two readings.",
        exposures="""
            drug         | start_day | end_day
            methotrexate | 2021      | 2023-05
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | latest_start_day | earliest_end_day
            methotrexate | 2021-01-01 | 2023-05-31 | 2021-12-31       | 2023-05-01
        """,
    ),
    Case(
        name="February of a leap year",
        about="The last day of 2024-02 is the 29th.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2024-01-10 | 2024-02
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | latest_start_day | earliest_end_day
            methotrexate | 2024-01-10 | 2024-02-29 | 2024-01-10       | 2024-02-01
        """,
    ),
    Case(
        name="full dates have one reading",
        about="A full date is known, also when it is the first or last day of a month.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-07-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | latest_start_day | earliest_end_day
            methotrexate | 2023-05-01 | 2023-07-31 | 2023-05-01       | 2023-07-31
        """,
    ),
    Case(
        name="started in the month of a known stop",
        about="It cannot have started after it stopped: 20 May is the latest start and a certain day.",
        exposures="""
            drug       | start_day | end_day
            prednisone | 2023-05   | 2023-05-20
        """,
        step="eras",
        expected="""
            drug       | start_day  | end_day    | latest_start_day | earliest_end_day
            prednisone | 2023-05-01 | 2023-05-20 | 2023-05-20       | 2023-05-20
        """,
    ),
    Case(
        name="started and stopped in one month",
        about="No single day of May is certain: the latest start is after the earliest end.",
        exposures="""
            drug       | start_day | end_day
            prednisone | 2023-05   | 2023-05
        """,
        step="eras",
        expected="""
            drug       | start_day  | end_day    | latest_start_day | earliest_end_day
            prednisone | 2023-05-01 | 2023-05-31 | 2023-05-31       | 2023-05-01
        """,
    ),
    Case(
        name="stopped in the month of a known start",
        about="Nor can it have stopped before it started: 20 May is the earliest end.",
        exposures="""
            drug       | start_day  | end_day
            prednisone | 2023-05-20 | 2023-05
        """,
        step="eras",
        expected="""
            drug       | start_day  | end_day    | latest_start_day | earliest_end_day
            prednisone | 2023-05-20 | 2023-05-31 | 2023-05-20       | 2023-05-20
        """,
    ),
    Case(
        name="an end reckoned from a partial start",
        about="Ten days of supply from some day of May: the end is reckoned from 1 May, no day is certain.",
        exposures="""
            drug       | start_day | end_day    | end_rule
            prednisone | 2023-05   | 2023-05-10 | supply
        """,
        step="eras",
        expected="""
            drug       | start_day  | end_day    | latest_start_day | earliest_end_day
            prednisone | 2023-05-01 | 2023-05-10 | 2023-05-31       | 2023-05-10
        """,
    ),
    Case(
        name="an end by supply on the last of a month",
        about="Only a recorded end can be partial: 31 days of supply reach 31 May from any start in May.",
        exposures="""
            drug       | start_day | end_day    | end_rule
            prednisone | 2023-05   | 2023-05-31 | supply
        """,
        step="eras",
        expected="""
            drug       | start_day  | end_day    | latest_start_day | earliest_end_day
            prednisone | 2023-05-01 | 2023-05-31 | 2023-05-31       | 2023-05-31
        """,
    ),
    Case(
        name="a month and a year",
        about="A start of 2021-03 keeps its month though the end is only a year.",
        exposures="""
            drug         | start_day | end_day
            methotrexate | 2021-03   | 2023
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | latest_start_day | earliest_end_day
            methotrexate | 2021-03-01 | 2023-12-31 | 2021-03-31       | 2023-01-01
        """,
    ),
    Case(
        name="a partial date inside an era",
        about="Only the era's own first and last day have two readings; gaps are joined in the widest one.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-10 | 2023-03
            methotrexate | 2023-04-15 | 2023-06-20
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | latest_start_day | earliest_end_day
            methotrexate | 2023-01-10 | 2023-06-20 | 2023-01-10       | 2023-06-20
        """,
    ),
    Case(
        name="a partial end beyond a known one",
        about="The era surely lasted to 10 May, by its first row; the second may have stopped on the 1st.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-10 | 2023-05-10
            methotrexate | 2023-04-15 | 2023-05
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | latest_start_day | earliest_end_day
            methotrexate | 2023-01-10 | 2023-05-31 | 2023-01-10       | 2023-05-10
        """,
    ),
    Case(
        name="started in a month, not stopped",
        about="An end at observation_end is known; only the start has two readings.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day | end_day
            methotrexate | 2023-05   | ongoing
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing | latest_start_day | earliest_end_day
            methotrexate | 2023-05-01 | 2023-06-30 | yes        | 2023-05-31       | 2023-06-30
        """,
    ),
)
