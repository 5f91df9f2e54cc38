"""An exposure whose end is not recorded lasts as long as its supply.

Where no supply is known either, the protocol's rule `no_end` says what a missing end means: `ongoing`,
`until_next` record of the drug, or a number of days. Before a later record of the same drug an exposure is
never ongoing.
"""

from spec.case import Case

TITLE = "Exposures: missing ends"

CASES = (
    Case(
        name="days' supply",
        about="30 days from 1 May on end on 30 May: start + supply - 1.",
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-05-30 | no
        """,
    ),
    Case(
        name="supply for one day",
        about="One day's supply is a treatment of one day.",
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2024-02-29 |         | 1
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2024-02-29 | 2024-02-29 | no
        """,
    ),
    Case(
        name="a recorded end goes before supply",
        about="A recorded end stays, whatever the supply.",
        exposures="""
            drug         | start_day  | end_day    | supply
            methotrexate | 2023-05-01 | 2023-05-10 | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-05-10 | no
        """,
    ),
    Case(
        name="supply goes before the rule",
        about="The rule is for exposures of which no supply is known.",
        parameters={"no_end": 90},
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         | 30
            dupilumab    | 2023-05-01 |         |
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-05-30 | no
            dupilumab    | 2023-05-01 | 2023-07-29 | no
        """,
    ),
    Case(
        name="supply that lasts beyond observation_end",
        about="Supply that has not run out by observation_end is closed there, and the era is ongoing.",
        observed_to="2023-05-15",
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-05-15 | yes
        """,
    ),
    Case(
        name="supply of a drug that is said to go on",
        about="What is recorded as ongoing goes on when its supply has run out.",
        observed_to="2023-12-31",
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 | ongoing | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-12-31 | yes
        """,
    ),
    Case(
        name="ongoing",
        about="With `ongoing`, the usual rule, what has no end is taken to observation_end.",
        observed_to="2023-12-31",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 |
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-12-31 | yes
        """,
    ),
    Case(
        name="ongoing, but a later record",
        about="Before a later record of the drug the missing end is the day before that record.",
        parameters={"grace_period": 0},
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 |
            methotrexate | 2023-08-01 | 2023-08-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-08-31 | no
        """,
    ),
    Case(
        name="a later record of another drug",
        about="Only a later record of the same drug ends an exposure.",
        observed_to="2023-12-31",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 |
            dupilumab    | 2023-08-01 | 2023-08-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-12-31 | yes
            dupilumab    | 2023-08-01 | 2023-08-31 | no
        """,
    ),
    Case(
        name="a later record after observation_end",
        about="Nothing later counts, so a record that starts after observation_end is no later record.",
        observed_to="2023-07-31",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 |
            methotrexate | 2023-08-01 | 2023-08-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-07-31 | yes
        """,
    ),
    Case(
        name="until the next record",
        about="With `until_next` an exposure ends on the day before the next; the last is ongoing.",
        parameters={"no_end": "until_next"},
        observed_to="2023-12-31",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 |
            methotrexate | 2023-08-01 |
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-12-31 | yes
        """,
    ),
    Case(
        name="two records on one day",
        about="The next record is one that starts later: records of one day do not end each other.",
        parameters={"no_end": "until_next"},
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 |
            methotrexate | 2023-05-01 | 2023-05-05
            methotrexate | 2023-08-01 | 2023-08-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-08-31 | no
        """,
    ),
    Case(
        name="a fixed length",
        about="With a number of days an exposure without an end lasts that long.",
        parameters={"no_end": 14},
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2024-02-20 |
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2024-02-20 | 2024-03-04 | no
        """,
    ),
    Case(
        name="a fixed length of one day",
        about="The shortest length is the first day alone; another record is then apart or not as any other.",
        parameters={"no_end": 1, "grace_period": 0},
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 |
            methotrexate | 2023-05-02 |
            methotrexate | 2023-05-04 |
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-05-02 | no
            methotrexate | 2023-05-04 | 2023-05-04 | no
        """,
    ),
    Case(
        name="a fixed length is a stop",
        about="An end from the rule is no supply that may have been renewed: the era ends with it, also "
        "within grace_period of observation_end.",
        parameters={"no_end": 30},
        observed_to="2023-06-05",
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         |
            dupilumab    | 2023-05-01 |         | 30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-05-30 | no
            dupilumab    | 2023-05-01 | 2023-06-05 | yes
        """,
    ),
    Case(
        name="a fixed length does not end what is said to go on",
        about="The rule is for a missing end; where the record says ongoing there is none.",
        parameters={"no_end": 30},
        observed_to="2023-12-31",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | ongoing
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-12-31 | yes
        """,
    ),
    Case(
        name="copies without an end",
        about="Exact duplicates count once, also when they have no end; another supply is another record.",
        exposures="""
            drug         | start_day  | end_day | supply
            methotrexate | 2023-05-01 |         | 30
            methotrexate | 2023-05-01 |         | 30
            methotrexate | 2023-05-01 |         | 60
            methotrexate | 2023-09-01 |         |
            methotrexate | 2023-09-01 |         |
        """,
        step="attrition",
        expected="""
            reason    | rows
            read      | 5
            duplicate | 2
            used      | 3
        """,
    ),
    Case(
        name="where the ends come from is counted",
        about="Each exposure in a role has one rule, a copy once; what begins later is no next record.",
        parameters={"no_end": "until_next"},
        observed_to="2023-12-31",
        exposures="""
            drug         | start_day  | end_day    | supply
            methotrexate | 2023-01-01 | 2023-01-31 |
            methotrexate | 2023-02-01 |            | 30
            methotrexate | 2023-02-01 |            | 30
            methotrexate | 2023-04-01 |            |
            methotrexate | 2023-06-01 | ongoing    |
            baricitinib  | 2023-01-01 |            |
            omalizumab   | 2023-01-01 |            |
            baricitinib  | 2024-01-01 | 2024-02-01 |
        """,
        step="ends",
        expected="""
            reason     | rows
            recorded   | 1
            supply     | 1
            until_next | 1
            ongoing    | 2
        """,
    ),
    Case(
        name="ends that all are recorded",
        about="Nothing was reckoned; a copy counts once.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-01-01 | 2023-01-31
            baricitinib  | 2023-01-01 | 2023-01-31
        """,
        step="ends",
        expected="""
            reason   | rows
            recorded | 2
        """,
    ),
)
