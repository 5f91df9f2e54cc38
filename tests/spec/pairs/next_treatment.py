"""Pairs: the treatment that follows."""

from spec.case import Case

TITLE = "Pairs: the next treatment"

CASES = (
    Case(
        name="baricitinib to upadacitinib",
        about="The role drug that starts within switch_window days after the end is the next treatment.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
            upadacitinib | 2023-07-11 | 2023-12-31
        """,
        step="pairs",
        expected="""
            anchor      | partner      | end_day    | next_treatment
            baricitinib | methotrexate | 2023-06-30 | upadacitinib
        """,
    ),
    Case(
        name="on day 60",
        about="29 August is 60 days after 30 June, the last day of switch_window.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
            upadacitinib | 2023-08-29 | 2023-12-31
        """,
        step="pairs",
        expected="""
            next_treatment
            upadacitinib
        """,
    ),
    Case(
        name="on day 61",
        about="One day later is too late.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
            upadacitinib | 2023-08-30 | 2023-12-31
        """,
        step="pairs",
        expected="""
            next_treatment
            none
        """,
    ),
    Case(
        name="a bridge of 27 days",
        about="Started on end - min_overlap + 2: it shares 27 days with the pair, a bridge, and counts.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-12-31
            prednisone   | 2023-06-04 | 2023-12-31
        """,
        step="pairs",
        expected="""
            partner      | end_day    | duration_days | kind        | next_treatment
            methotrexate | 2023-06-30 | 150           | combination | prednisone
            prednisone   | 2023-06-30 | 27            | crossover   | none
        """,
    ),
    Case(
        name="a parallel partner of 28 days",
        about="One day earlier it is a combination of its own beside the pair, not what follows it.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-12-31
            prednisone   | 2023-06-03 | 2023-12-31
        """,
        step="pairs",
        expected="""
            partner      | end_day    | duration_days | kind        | next_treatment
            methotrexate | 2023-06-30 | 150           | combination | none
            prednisone   | 2023-06-30 | 28            | combination | none
        """,
    ),
    Case(
        name="not taken after the end",
        about="A drug that stops on the pair's last day is not taken after it.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
            upadacitinib | 2023-06-10 | 2023-06-30
        """,
        step="pairs",
        expected="""
            anchor       | next_treatment
            baricitinib  | none
            upadacitinib | none
        """,
    ),
    Case(
        name="taken one day after the end",
        about="One day after the end is enough.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
            upadacitinib | 2023-06-10 | 2023-07-01
        """,
        step="pairs",
        expected="""
            anchor       | next_treatment
            baricitinib  | upadacitinib
            upadacitinib | none
        """,
    ),
    Case(
        name="two drugs 7 days apart",
        about="What starts within simultaneous_window of the first follower follows with it.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
            upadacitinib | 2023-07-11 | 2023-07-31
            cetirizine   | 2023-07-18 | 2023-12-31
        """,
        step="pairs",
        expected="""
            next_treatment
            cetirizine + upadacitinib
        """,
    ),
    Case(
        name="two drugs 8 days apart",
        about="Beyond the window only the first counts.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
            upadacitinib | 2023-07-11 | 2023-07-31
            cetirizine   | 2023-07-19 | 2023-12-31
        """,
        step="pairs",
        expected="""
            next_treatment
            upadacitinib
        """,
    ),
    Case(
        name="together, but beyond the window",
        about="A second drug must itself start within switch_window.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
            upadacitinib | 2023-08-29 | 2023-12-31
            cetirizine   | 2023-08-30 | 2023-12-31
        """,
        step="pairs",
        expected="""
            next_treatment
            upadacitinib
        """,
    ),
    Case(
        name="the partner again",
        about="A new era of one of the pair's own drugs within switch_window is a restart.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-02-01 | 2023-06-30
            methotrexate | 2023-08-29 | 2023-12-31
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | next_treatment
            2023-02-01 | 2023-06-30 | restart
            2023-08-29 | 2023-12-31 | none
        """,
    ),
    Case(
        name="the partner again on day 61",
        about="Later than that it is no restart.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-02-01 | 2023-06-30
            methotrexate | 2023-08-30 | 2023-12-31
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | next_treatment
            2023-02-01 | 2023-06-30 | none
            2023-08-30 | 2023-12-31 | none
        """,
    ),
    Case(
        name="a restart and another drug",
        about="Another drug is named before a restart, also when it starts later.",
        parameters={"grace_period": 0},
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
            baricitinib  | 2023-07-10 | 2023-12-31
            upadacitinib | 2023-08-10 | 2023-12-31
        """,
        step="pairs",
        expected="""
            next_treatment
            upadacitinib
        """,
    ),
    Case(
        name="the anchor goes on alone",
        about="What was taken in the pair and simply goes on is no next treatment.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-02-01 | 2023-06-30
        """,
        step="pairs",
        expected="""
            end_day    | end             | next_treatment
            2023-06-30 | partner_stopped | none
        """,
    ),
    Case(
        name="observation ends on day 60",
        about="The whole window was observed: there was none.",
        observed_to="2023-08-29",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
        """,
        step="pairs",
        expected="""
            next_treatment
            none
        """,
    ),
    Case(
        name="observation ends on day 59",
        about="One day of the window was not observed: not known.",
        observed_to="2023-08-28",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
        """,
        step="pairs",
        expected="""
            next_treatment
            not_observed
        """,
    ),
    Case(
        name="seen before observation ends",
        about="A drug that was seen counts, though the window was not observed to its end.",
        observed_to="2023-07-20",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
            upadacitinib | 2023-07-11 | 2023-12-31
        """,
        step="pairs",
        expected="""
            next_treatment
            upadacitinib
        """,
    ),
    Case(
        name="an ongoing pair",
        about="What follows a pair that has not ended is not observed.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-02-01 | ongoing
        """,
        step="pairs",
        expected="""
            end     | next_treatment
            ongoing | not_observed
        """,
    ),
    Case(
        name="switch_window 0",
        about="With switch_window 0 only a bridge can follow: the day after the end is too late.",
        parameters={"switch_window": 0},
        exposures="""
            patient | drug         | start_day  | end_day
            bridge  | baricitinib  | 2023-01-01 | 2023-06-30
            bridge  | methotrexate | 2023-02-01 | 2023-06-20
            bridge  | cetirizine   | 2023-06-20 | 2023-12-31
            later   | baricitinib  | 2023-01-01 | 2023-06-30
            later   | methotrexate | 2023-02-01 | 2023-06-20
            later   | cetirizine   | 2023-06-21 | 2023-12-31
        """,
        step="pairs",
        expected="""
            patient | end_day    | next_treatment
            bridge  | 2023-06-20 | cetirizine
            later   | 2023-06-20 | none
        """,
    ),
    Case(
        name="min_overlap 1, no bridge",
        about="With min_overlap 1 a drug that started on the last day is parallel; the next day it follows.",
        parameters={"min_overlap": 1},
        exposures="""
            patient | drug         | start_day  | end_day
            same    | baricitinib  | 2023-01-01 | 2023-06-30
            same    | methotrexate | 2023-02-01 | 2023-06-20
            same    | cetirizine   | 2023-06-20 | 2023-12-31
            next    | baricitinib  | 2023-01-01 | 2023-06-30
            next    | methotrexate | 2023-02-01 | 2023-06-20
            next    | cetirizine   | 2023-06-21 | 2023-12-31
        """,
        step="pairs",
        expected="""
            patient | end_day    | next_treatment
            same    | 2023-06-20 | none
            next    | 2023-06-20 | cetirizine
        """,
    ),
    Case(
        name="a drug without a role does not follow",
        about="Only role drugs are followed; concomitant drugs are role drugs, others are not.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-30
            aspirin      | 2023-07-01 | 2023-12-31
        """,
        step="pairs",
        expected="""
            next_treatment
            none
        """,
    ),
)
