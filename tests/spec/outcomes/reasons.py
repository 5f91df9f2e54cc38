"""A reason is recorded with an exposure: why it was started, why it was stopped.

The reason for combining is that of the drug whose start made the pair, the later one. The reason for ending
is that of the drug whose stop ended it, the earlier one. Two starts, or two stops, within
`simultaneous_window` days are one event, and the reasons of both drugs count. Of several reasons for one
end the first counts, in this order: adverse event, ineffectiveness, remission, any other in the protocol's
order, death; the next is kept beside it.
"""

from spec.case import Case

TITLE = "Outcomes: recorded reasons"

CASES = (
    Case(
        name="of the drug that came last and of the drug that went first",
        about="Methotrexate made the pair and baricitinib ended it; the two other reasons are not its own.",
        exposures="""
            drug         | start_day  | end_day    | reason_started   | end_reason
            baricitinib  | 2023-01-01 | 2023-06-30 | first_line       | adverse_event
            methotrexate | 2023-02-01 | 2023-12-31 | partial_response | remission
        """,
        step="recorded outcomes",
        expected="""
            reason_started   | end_reason    | end_reason_other
            partial_response | adverse_event |
        """,
    ),
    Case(
        name="the anchor came last",
        about="The reason of baricitinib counts, which was added to methotrexate.",
        exposures="""
            drug         | start_day  | end_day    | reason_started | end_reason
            baricitinib  | 2023-03-01 | 2023-12-31 | no_response    |
            methotrexate | 2023-01-01 | 2023-06-30 | first_line     | ineffectiveness
        """,
        step="recorded outcomes",
        expected="""
            reason_started | end_reason
            no_response    | ineffectiveness
        """,
    ),
    Case(
        name="started within 7 days",
        about="Two starts 7 days apart are one event; the later drug has no reason, the earlier's counts.",
        exposures="""
            drug         | start_day  | end_day    | reason_started
            baricitinib  | 2023-01-01 | 2023-06-30 | flare
            methotrexate | 2023-01-08 | 2023-12-31 |
        """,
        step="recorded outcomes",
        expected="""
            reason_started
            flare
        """,
    ),
    Case(
        name="started 8 days apart",
        about="Eight days apart they are two events, and the reason for the second is not known.",
        exposures="""
            drug         | start_day  | end_day    | reason_started
            baricitinib  | 2023-01-01 | 2023-06-30 | flare
            methotrexate | 2023-01-09 | 2023-12-31 |
        """,
        step="recorded outcomes",
        expected="""
            start_day  | reason_started
            2023-01-09 |
        """,
    ),
    Case(
        name="both stopped, two reasons",
        about="Stopped within 7 days: both reasons count, the adverse event first.",
        exposures="""
            drug         | start_day  | end_day    | end_reason
            baricitinib  | 2023-01-01 | 2023-06-23 | remission
            methotrexate | 2023-02-01 | 2023-06-30 | adverse_event
        """,
        step="recorded outcomes",
        expected="""
            end_reason    | end_reason_other
            adverse_event | remission
        """,
    ),
    Case(
        name="a reason of the protocol's own",
        about="Any other reason comes after remission, in the protocol's order, and before death.",
        exposures="""
            drug         | start_day  | end_day    | end_reason
            baricitinib  | 2023-01-01 | 2023-06-30 | wish
            methotrexate | 2023-02-01 | 2023-06-30 | access
        """,
        step="recorded outcomes",
        parameters={"end_reasons": ["wish", "access"]},
        expected="""
            end_reason | end_reason_other
            wish       | access
        """,
    ),
    Case(
        name="the last exposure of an era",
        about="The exposure that ends the era says why the drug was stopped; it went on after the first.",
        exposures="""
            drug         | start_day  | end_day    | end_reason
            baricitinib  | 2023-01-01 | 2023-12-31 |
            methotrexate | 2023-02-01 | 2023-03-31 | adverse_event
            methotrexate | 2023-04-15 | 2023-06-30 | ineffectiveness
        """,
        step="recorded outcomes",
        expected="""
            end_reason      | end_reason_other
            ineffectiveness |
        """,
    ),
    Case(
        name="ongoing",
        about="A pair that goes on has no end reason.",
        exposures="""
            drug         | start_day  | end_day | end_reason
            baricitinib  | 2023-01-01 | ongoing |
            methotrexate | 2023-02-01 | ongoing |
        """,
        step="recorded outcomes",
        expected="""
            start_day  | end_reason
            2023-02-01 |
        """,
    ),
    Case(
        name="death",
        about="A patient who dies while both drugs are taken ended the pair by dying.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-02-01 | ongoing
        """,
        death="2023-09-30",
        step="recorded outcomes",
        expected="""
            start_day  | end_reason
            2023-02-01 | death
        """,
    ),
    Case(
        name="death after observation ended",
        about="The death is later than what was observed: the pair is ongoing.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-02-01 | ongoing
        """,
        observed_to="2023-08-31",
        death="2023-09-30",
        step="recorded outcomes",
        expected="""
            start_day  | end_reason
            2023-02-01 |
        """,
    ),
)
