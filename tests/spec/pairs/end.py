"""Pairs: which drug's stop ended them."""

from spec.case import Case

TITLE = "Pairs: the end"

CASES = (
    Case(
        name="both ongoing",
        about="A pair is ongoing when both eras are.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-02-01 | 2023-12-31
        """,
        step="pairs",
        expected="""
            end_day    | is_ongoing | end
            2023-06-30 | yes        | ongoing
        """,
    ),
    Case(
        name="both stopped, 7 days apart",
        about="Stops within simultaneous_window days of each other are one stop.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-23
        """,
        step="pairs",
        expected="""
            end_day    | is_ongoing | end
            2023-06-23 | no         | both_stopped
        """,
    ),
    Case(
        name="partner stopped 8 days earlier",
        about="Beyond the window the earlier stop ended the pair.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-22
        """,
        step="pairs",
        expected="""
            end_day    | end
            2023-06-22 | partner_stopped
        """,
    ),
    Case(
        name="anchor stopped 8 days earlier",
        about="The same for the anchor.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-22
            methotrexate | 2023-02-01 | 2023-06-30
        """,
        step="pairs",
        expected="""
            end_day    | end
            2023-06-22 | anchor_stopped
        """,
    ),
    Case(
        name="simultaneous_window 0, one day apart",
        about="With simultaneous_window 0 both stopped only if they did on the same day.",
        parameters={"simultaneous_window": 0},
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-22
            cyclosporin  | 2023-02-01 | 2023-06-21
            methotrexate | 2023-02-01 | 2023-06-22
            prednisone   | 2023-02-01 | 2023-06-23
        """,
        step="pairs",
        expected="""
            partner      | end_day    | end
            cyclosporin  | 2023-06-21 | partner_stopped
            methotrexate | 2023-06-22 | both_stopped
            prednisone   | 2023-06-22 | anchor_stopped
        """,
    ),
    Case(
        name="an ongoing era does not stop",
        about="Three days before observation_end the partner stopped and the anchor did not.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-02-01 | 2023-06-27
        """,
        step="pairs",
        expected="""
            end_day    | is_ongoing | end
            2023-06-27 | no         | partner_stopped
        """,
    ),
    Case(
        name="a stop on observation_end",
        about="The anchor stopped on the last day observed, the partner goes on: the pair is not ongoing.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | ongoing
        """,
        step="pairs",
        expected="""
            end_day    | is_ongoing | end
            2023-06-30 | no         | anchor_stopped
        """,
    ),
    Case(
        name="ongoing by supply",
        about="Supply that ends within grace_period of observation_end makes the eras and the pair ongoing.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day    | end_rule
            baricitinib  | 2023-01-01 | 2023-06-10 | supply
            methotrexate | 2023-02-01 | 2023-06-20 | supply
        """,
        step="pairs",
        expected="""
            end_day    | duration_days | is_ongoing | end
            2023-06-30 | 150           | yes        | ongoing
        """,
    ),
)
