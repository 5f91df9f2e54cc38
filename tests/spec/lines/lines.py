"""Lines of therapy."""

from spec.case import Case

TITLE = "Lines of therapy"

CASES = (
    Case(
        name="dropping a drug",
        about="A line starts with the first role drug; dropping a drug starts none.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-01-01 | 2023-03-31
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-12-31 | baricitinib + methotrexate
        """,
    ),
    Case(
        name="a drug added for 28 days",
        about="A drug that is not in the line and is then taken for min_overlap days starts one.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-03-28
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-02-28 | baricitinib
            2    | 2023-03-01 | 2023-12-31 | baricitinib + methotrexate
        """,
    ),
    Case(
        name="a drug added for 27 days",
        about="One day less starts no line, and does not make the drug part of it.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-03-27
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-12-31 | baricitinib
        """,
    ),
    Case(
        name="short first, long later",
        about="The line starts with the era that is long enough, not with the short one before it.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-12-31
            prednisone  | 2023-02-01 | 2023-02-10
            prednisone  | 2023-06-01 | 2023-07-31
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-05-31 | baricitinib
            2    | 2023-06-01 | 2023-12-31 | baricitinib + prednisone
        """,
    ),
    Case(
        name="the first drug is short",
        about="The first role drug starts the first line however short it is.",
        exposures="""
            drug        | start_day  | end_day
            prednisone  | 2023-01-01 | 2023-01-05
            baricitinib | 2023-01-10 | 2023-06-30
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-01-05 | prednisone
            2    | 2023-01-10 | 2023-06-30 | baricitinib
        """,
    ),
    Case(
        name="60 untreated days",
        about="2 April is after exactly switch_window untreated days: the line goes on.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-01-31
            baricitinib | 2023-04-02 | 2023-06-30
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-06-30 | baricitinib
        """,
    ),
    Case(
        name="61 untreated days",
        about="One day more, and the same drug starts a new line.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-01-31
            baricitinib | 2023-04-03 | 2023-06-30
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-01-31 | baricitinib
            2    | 2023-04-03 | 2023-06-30 | baricitinib
        """,
    ),
    Case(
        name="short after a long pause",
        about="After more than switch_window untreated days any role drug starts a line.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-01-31
            prednisone  | 2023-06-01 | 2023-06-05
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-01-31 | baricitinib
            2    | 2023-06-01 | 2023-06-05 | prednisone
        """,
    ),
    Case(
        name="switch_window 0",
        about="With switch_window 0 one untreated day starts a new line.",
        parameters={"switch_window": 0, "grace_period": 0},
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-01-31
            baricitinib | 2023-02-02 | 2023-02-28
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-01-31 | baricitinib
            2    | 2023-02-02 | 2023-02-28 | baricitinib
        """,
    ),
    Case(
        name="there and back",
        about="A drug of an earlier line that is not in the present one starts a line again.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-03-31
            upadacitinib | 2023-04-01 | 2023-06-30
            baricitinib  | 2023-07-01 | 2023-09-30
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-03-31 | baricitinib
            2    | 2023-04-01 | 2023-06-30 | upadacitinib
            3    | 2023-07-01 | 2023-09-30 | baricitinib
        """,
    ),
    Case(
        name="a drug of the line again",
        about="A drug that is in the line may stop and start again without a new line.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-04-30
            methotrexate | 2023-07-01 | 2023-08-31
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-02-28 | baricitinib
            2    | 2023-03-01 | 2023-12-31 | baricitinib + methotrexate
        """,
    ),
    Case(
        name="a drug dropped before the line",
        about="A line begins with the drugs taken on its first day: what was dropped before is not in it.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-04-30
            cyclosporin  | 2023-06-01 | 2023-12-31
            methotrexate | 2023-09-01 | 2023-12-31
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-02-28 | baricitinib
            2    | 2023-03-01 | 2023-05-31 | baricitinib + methotrexate
            3    | 2023-06-01 | 2023-08-31 | baricitinib + cyclosporin
            4    | 2023-09-01 | 2023-12-31 | baricitinib + cyclosporin + methotrexate
        """,
    ),
    Case(
        name="two drugs three days apart",
        about="The line has no window for starts that are close: each new drug that lasts starts one.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-01-04 | 2023-12-31
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-01-03 | baricitinib
            2    | 2023-01-04 | 2023-12-31 | baricitinib + methotrexate
        """,
    ),
    Case(
        name="a short drug on a line's first day",
        about="The short drug starts no line, but is taken on the day on which the long one starts it.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-12-31
            prednisone   | 2023-03-01 | 2023-03-10
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-02-28 | baricitinib
            2    | 2023-03-01 | 2023-12-31 | baricitinib + methotrexate + prednisone
        """,
    ),
    Case(
        name="not yet long enough at observation_end",
        about="A drug added ten days ago has not been taken for min_overlap days.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-06-21 | ongoing
        """,
        step="lines",
        expected="""
            line | start_day  | end_day    | drugs
            1    | 2023-01-01 | 2023-06-30 | baricitinib
        """,
    ),
)
