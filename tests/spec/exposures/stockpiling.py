"""An early refill can be kept until the supply before it has run out.

That is `stockpiling`, off unless the protocol asks for it. Only ends that come from supply are carried over.
"""

from spec.case import Case

TITLE = "Exposures: early refills"

CASES = (
    Case(
        name="an early refill, as recorded",
        about="Without stockpiling, supplies count from the day of each: what overlaps is taken once.",
        parameters={"grace_period": 0},
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         | 30
            methotrexate | 2023-05-21 |         | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-06-19
        """,
    ),
    Case(
        name="an early refill, carried over",
        about="The ten days that were left are taken first: two supplies of 30 days last 60.",
        parameters={"grace_period": 0, "stockpiling": True},
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         | 30
            methotrexate | 2023-05-21 |         | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-06-29
        """,
    ),
    Case(
        name="a refill on the day after",
        about="A supply that begins when the one before has run out is not moved.",
        parameters={"grace_period": 0, "stockpiling": True},
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         | 30
            methotrexate | 2023-05-31 |         | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-06-29
        """,
    ),
    Case(
        name="a late refill",
        about="Days without supply are not made up for: the gap stays.",
        parameters={"grace_period": 0, "stockpiling": True},
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         | 30
            methotrexate | 2023-06-01 |         | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-05-30
            methotrexate | 2023-06-01 | 2023-06-30
        """,
    ),
    Case(
        name="what is left adds up",
        about="Three supplies on one day last one after the other, and the next one after them.",
        parameters={"grace_period": 0, "stockpiling": True},
        exposures="""
            drug         | start_day  | end_day | supply | dose
            methotrexate | 2023-05-01 |         | 10     | 1
            methotrexate | 2023-05-01 |         | 20     | 1
            methotrexate | 2023-05-01 |         | 20     | 2
            methotrexate | 2023-06-01 |         | 10     | 1
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-06-29
        """,
    ),
    Case(
        name="copies are no second supply",
        about="An exact duplicate counts once, so it leaves nothing over.",
        parameters={"grace_period": 0, "stockpiling": True},
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         | 30
            methotrexate | 2023-05-01 |         | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-05-30
        """,
    ),
    Case(
        name="recorded dates are not moved",
        about="What was recorded with its end was taken then; only supply is carried over.",
        parameters={"grace_period": 0, "stockpiling": True},
        exposures="""
            drug         | start_day  | end_day    | supply
            methotrexate | 2023-05-01 | 2023-05-30 |
            methotrexate | 2023-05-21 |            | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-06-19
        """,
    ),
    Case(
        name="another drug leaves nothing over",
        about="Supplies of each drug are used up for themselves.",
        parameters={"grace_period": 0, "stockpiling": True},
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         | 30
            cyclosporin  | 2023-05-21 |         | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-05-30
            cyclosporin  | 2023-05-21 | 2023-06-19
        """,
    ),
    Case(
        name="carried over beyond observation_end",
        about="A refill that would only begin after observation_end does not count any more.",
        parameters={"grace_period": 0, "stockpiling": True},
        observed_to="2023-05-30",
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         | 30
            methotrexate | 2023-05-21 |         | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-05-30 | yes
        """,
    ),
    Case(
        name="the dose moves with its supply",
        about="Until the first supply has run out its dose holds, then that of the refill.",
        parameters={"stockpiling": True},
        exposures="""
            drug         | start_day  | end_day    | supply | dose
            baricitinib  | 2023-05-01 | 2023-06-29 |        | 4
            methotrexate | 2023-05-01 |            | 30     | 1
            methotrexate | 2023-05-21 |            | 30     | 2
        """,
        step="doses",
        expected="""
            drug         | supplied_days | first | last | max | mean | cumulative
            baricitinib  | 60            | 4     | 4    | 4   | 4    | 240
            methotrexate | 60            | 1     | 2    | 2   | 1.5  | 90
        """,
    ),
    Case(
        name="supplies that begin later are counted",
        about="Two early refills wait; each still has the rule that its end comes from.",
        parameters={"no_end": 10, "stockpiling": True},
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         | 30
            methotrexate | 2023-05-21 |         | 30
            methotrexate | 2023-06-10 |         | 30
            dupilumab    | 2023-05-01 |         |
            dupilumab    | 2023-05-05 |         |
        """,
        step="ends",
        expected="""
            reason       | rows
            supply       | 3
            fixed        | 2
            carried_over | 2
        """,
    ),
)
