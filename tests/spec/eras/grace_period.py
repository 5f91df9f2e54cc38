"""Eras: what `grace_period` joins."""

from spec.case import Case

TITLE = "Eras: exposures joined across short gaps"

CASES = (
    Case(
        name="adjacent days join at 0",
        about="Between 31 January and 1 February no day is uncovered, so even grace_period 0 joins them.",
        parameters={"grace_period": 0},
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-02-01 | 2023-02-28
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-01-01 | 2023-02-28 | no
        """,
    ),
    Case(
        name="one uncovered day parts at 0",
        about="With grace_period 0 a single uncovered day ends an era.",
        parameters={"grace_period": 0},
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-02-02 | 2023-02-28
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-02-02 | 2023-02-28
        """,
    ),
    Case(
        name="one uncovered day joins at 1",
        about="A gap of exactly grace_period days joins.",
        parameters={"grace_period": 1},
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-02-02 | 2023-02-28
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-02-28
        """,
    ),
    Case(
        name="30 uncovered days join",
        about="1 February to 2 March 2023 are 30 uncovered days, exactly the default grace_period.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-03-03 | 2023-04-30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-04-30
        """,
    ),
    Case(
        name="31 uncovered days part",
        about="One day more than grace_period starts a new era.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-03-04 | 2023-04-30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-03-04 | 2023-04-30
        """,
    ),
    Case(
        name="leap year: 30 uncovered days join",
        about="In 2024 the 30 uncovered days after 31 January end on 1 March.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2024-01-01 | 2024-01-31
            methotrexate | 2024-03-02 | 2024-04-30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2024-01-01 | 2024-04-30
        """,
    ),
    Case(
        name="leap year: 31 uncovered days part",
        about="With 29 February, 3 March is one day too late; in 2023 the same dates join.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2024-01-01 | 2024-01-31
            methotrexate | 2024-03-03 | 2024-04-30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2024-01-01 | 2024-01-31
            methotrexate | 2024-03-03 | 2024-04-30
        """,
    ),
    Case(
        name="29 February alone",
        about="A one-day exposure on the leap day joins the days on either side of it.",
        parameters={"grace_period": 0},
        exposures="""
            drug       | start_day  | end_day
            prednisone | 2024-02-28 | 2024-02-28
            prednisone | 2024-02-29 | 2024-02-29
            prednisone | 2024-03-01 | 2024-03-01
        """,
        step="eras",
        expected="""
            drug       | start_day  | end_day
            prednisone | 2024-02-28 | 2024-03-01
        """,
    ),
    Case(
        name="one-day exposures",
        about="An exposure of one day makes an era of one day.",
        parameters={"grace_period": 0},
        exposures="""
            drug       | start_day  | end_day
            prednisone | 2023-03-10 | 2023-03-10
            prednisone | 2023-03-12 | 2023-03-12
        """,
        step="eras",
        expected="""
            drug       | start_day  | end_day
            prednisone | 2023-03-10 | 2023-03-10
            prednisone | 2023-03-12 | 2023-03-12
        """,
    ),
    Case(
        name="a nested exposure does not shorten",
        about="The gap is counted from the latest end so far (30 June), not from the last row's end.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-02-10
            methotrexate | 2023-07-31 | 2023-08-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-08-31
        """,
    ),
    Case(
        name="overlapping exposures join at 0",
        about="Overlapping exposures join whatever the grace_period; common days count once.",
        parameters={"grace_period": 0},
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-03-15 | 2023-05-31
            methotrexate | 2023-01-01 | 2023-03-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-05-31
        """,
    ),
    Case(
        name="a chain of bridges",
        about="Each gap is judged alone: two gaps of 20 days are two bridges.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-10
            methotrexate | 2023-01-31 | 2023-02-08
            methotrexate | 2023-03-01 | 2023-03-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-03-31
        """,
    ),
    Case(
        name="exact duplicates change nothing",
        about="The same row twice is one exposure.",
        parameters={"grace_period": 0},
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-02-02 | 2023-02-28
            methotrexate | 2023-02-02 | 2023-02-28
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-02-02 | 2023-02-28
        """,
    ),
    Case(
        name="same start, other end",
        about="Of two rows with one start the longer one carries the era.",
        parameters={"grace_period": 0},
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-02-28
            methotrexate | 2023-01-01 | 2023-01-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-02-28
        """,
    ),
    Case(
        name="two drugs never join",
        about="An era is of one drug: another drug on the next day is another era.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            cyclosporin  | 2023-02-01 | 2023-02-28
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            cyclosporin  | 2023-02-01 | 2023-02-28
        """,
    ),
    Case(
        name="two patients never join",
        about="A patient's eras do not depend on other patients.",
        exposures="""
            patient | drug         | start_day  | end_day
            a       | methotrexate | 2023-01-01 | 2023-01-31
            b       | methotrexate | 2023-02-01 | 2023-02-28
        """,
        step="eras",
        expected="""
            patient | drug         | start_day  | end_day
            a       | methotrexate | 2023-01-01 | 2023-01-31
            b       | methotrexate | 2023-02-01 | 2023-02-28
        """,
    ),
    Case(
        name="grace_period of one drug",
        about="An injection every 12 weeks has its own grace_period; other drugs keep the study's.",
        parameters={"grace_period_by_drug": {"dupilumab": 84}},
        exposures="""
            drug         | start_day  | end_day
            dupilumab    | 2023-01-01 | 2023-01-01
            dupilumab    | 2023-03-27 | 2023-03-27
            methotrexate | 2023-01-01 | 2023-01-01
            methotrexate | 2023-03-27 | 2023-03-27
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            dupilumab    | 2023-01-01 | 2023-03-27
            methotrexate | 2023-01-01 | 2023-01-01
            methotrexate | 2023-03-27 | 2023-03-27
        """,
    ),
    Case(
        name="grace_period of one drug, one day over",
        about="2 January to 27 March are 85 uncovered days, one more than 84.",
        parameters={"grace_period_by_drug": {"dupilumab": 84}},
        exposures="""
            drug      | start_day  | end_day
            dupilumab | 2023-01-01 | 2023-01-01
            dupilumab | 2023-03-28 | 2023-03-28
        """,
        step="eras",
        expected="""
            drug      | start_day  | end_day
            dupilumab | 2023-01-01 | 2023-01-01
            dupilumab | 2023-03-28 | 2023-03-28
        """,
    ),
    Case(
        name="across New Year",
        about="31 December and 1 January are adjacent days; eras are not cut at years.",
        parameters={"grace_period": 0},
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2022-12-01 | 2022-12-31
            methotrexate | 2023-01-01 | 2023-01-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2022-12-01 | 2023-01-31
        """,
    ),
    Case(
        name="before 1970",
        about="Days before 1970-01-01 are negative numbers and count the same.",
        parameters={"grace_period": 0},
        observed_from="1965-01-01",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 1969-12-01 | 1969-12-31
            methotrexate | 1970-01-01 | 1970-01-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 1969-12-01 | 1970-01-31
        """,
    ),
)
