"""Eras: what observation_end closes, and which era is ongoing."""

from spec.case import Case

TITLE = "Eras: the end of observation"

CASES = (
    Case(
        name="an end after observation_end",
        about="Nothing later counts: the era is closed at observation_end and is ongoing.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-09-30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-06-30 | yes
        """,
    ),
    Case(
        name="a stop on observation_end",
        about="A stop recorded on the last day itself is a stop by then: not ongoing.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-06-30
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-06-30 | no
        """,
    ),
    Case(
        name="a start after observation_end",
        about="An exposure that starts later is dropped; one that starts on the day itself is kept.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-06-30 | 2023-07-10
            cyclosporin  | 2023-07-01 | 2023-07-10
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-06-30 | 2023-06-30 | yes
        """,
    ),
    Case(
        name="a later exposure does not bridge",
        about="An exposure after observation_end cannot join or lengthen an earlier era.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-06-20
            methotrexate | 2023-07-01 | 2023-07-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-06-20 | no
        """,
    ),
    Case(
        name="no recorded stop",
        about="An exposure without a stop is closed at observation_end and is ongoing.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | ongoing
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-06-30 | yes
        """,
    ),
    Case(
        name="supply that ends 30 days before",
        about="An end inferred from supply exactly grace_period days before observation_end is ongoing.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day    | end_rule
            methotrexate | 2023-05-01 | 2023-05-31 | supply
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-06-30 | yes
        """,
    ),
    Case(
        name="supply that ends 31 days before",
        about="One day earlier the supply had run out and was not renewed: the era ended with it.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day    | end_rule
            methotrexate | 2023-05-01 | 2023-05-30 | supply
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-05-30 | no
        """,
    ),
    Case(
        name="supply that ends on the day, grace 0",
        about="With grace_period 0 only supply that lasts to observation_end itself is ongoing.",
        parameters={"grace_period": 0},
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day    | end_rule
            methotrexate | 2023-05-01 | 2023-06-30 | supply
            cyclosporin  | 2023-05-01 | 2023-06-29 | supply
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-06-30 | yes
            cyclosporin  | 2023-05-01 | 2023-06-29 | no
        """,
    ),
    Case(
        name="supply and the drug's own grace_period",
        about="Whether supply counts as ongoing is asked with the drug's own grace_period.",
        parameters={"grace_period_by_drug": {"dupilumab": 84}},
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day    | end_rule
            dupilumab    | 2023-04-07 | 2023-04-07 | supply
            methotrexate | 2023-04-07 | 2023-04-07 | supply
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            dupilumab    | 2023-04-07 | 2023-06-30 | yes
            methotrexate | 2023-04-07 | 2023-04-07 | no
        """,
    ),
    Case(
        name="a recorded end shortly before",
        about="A recorded stop is a stop, however close to observation_end.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-05-01 | 2023-06-29
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-06-29 | no
        """,
    ),
    Case(
        name="supply before a recorded stop",
        about="What ends last decides: here a recorded stop, five days after the supply.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day    | end_rule
            methotrexate | 2023-05-01 | 2023-06-20 | supply
            methotrexate | 2023-06-01 | 2023-06-25 | recorded
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-06-25 | no
        """,
    ),
    Case(
        name="supply and a recorded stop on one day",
        about="A stop recorded on the day on which supply ends is known, and beats the supposition.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day    | end_rule
            methotrexate | 2023-05-01 | 2023-06-20 | supply
            methotrexate | 2023-06-01 | 2023-06-20 | recorded
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-05-01 | 2023-06-20 | no
        """,
    ),
    Case(
        name="no stop, but a later record",
        about="Before a later record of the same drug an exposure is never ongoing; it lasts until that one.",
        parameters={"grace_period": 0},
        observed_to="2023-12-31",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | ongoing
            methotrexate | 2023-03-01 | 2023-03-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-01-01 | 2023-03-31 | no
        """,
    ),
    Case(
        name="no stop, and a record after observation_end",
        about="A later record that does not count yet leaves the exposure ongoing.",
        observed_to="2023-12-31",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | ongoing
            methotrexate | 2024-03-01 | 2024-03-31
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-01-01 | 2023-12-31 | yes
        """,
    ),
    Case(
        name="death comes first",
        about="observation_end is the earliest of cut-off, last day observed and death: here death.",
        parameters={"cutoff": "2023-12-31"},
        observed_to="2023-10-31",
        death="2023-03-15",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | ongoing
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-01-01 | 2023-03-15 | yes
        """,
    ),
    Case(
        name="the last observed day comes first",
        about="The end of the observation period is before the cut-off and the patient is alive.",
        parameters={"cutoff": "2023-12-31"},
        observed_to="2023-10-31",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | ongoing
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-01-01 | 2023-10-31 | yes
        """,
    ),
    Case(
        name="the cut-off comes first",
        about="With no last day recorded the cut-off ends observation.",
        parameters={"cutoff": "2023-12-31"},
        observed_to=None,
        death="2024-02-01",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | ongoing
        """,
        step="eras",
        expected="""
            drug         | start_day  | end_day    | is_ongoing
            methotrexate | 2023-01-01 | 2023-12-31 | yes
        """,
    ),
    Case(
        name="rows counted by reason",
        about="Duplicates, rows after observation_end and drugs without a role are counted, each row once.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-07-01 | 2023-07-31
            aspirin      | 2023-01-01 | 2023-01-31
            cetirizine   | 2023-01-01 | 2023-01-31
        """,
        step="attrition",
        expected="""
            reason                | rows
            read                  | 5
            duplicate             | 1
            after_observation_end | 1
            no_role               | 1
            used                  | 2
        """,
    ),
    Case(
        name="rows with another dose are no duplicates",
        about="Rows that differ in dose or end are different exposures.",
        exposures="""
            drug         | start_day  | end_day    | dose
            methotrexate | 2023-01-01 | 2023-01-31 | 15
            methotrexate | 2023-01-01 | 2023-01-31 | 10
            methotrexate | 2023-01-01 | 2023-02-28 | 15
        """,
        step="attrition",
        expected="""
            reason | rows
            read   | 3
            used   | 3
        """,
    ),
)
