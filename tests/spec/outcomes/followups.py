"""After a pair ended, the first other role drug follows it, or one of its own again, or death.

The days run from the last day of the pair; without any of the three they run to the end of observation. A
complete response held without the partner if every judgement after it was stopped, while the anchor was
taken and no partner, is complete.
"""

from spec.case import Case

TITLE = "Outcomes: what followed"

CASES = (
    Case(
        name="another drug, a restart, and nothing",
        about="Methotrexate again on day 61; after the second time nothing for 122 days.",
        exposures="""
            patient | drug         | start_day  | end_day
            a       | baricitinib  | 2023-01-01 | 2023-12-31
            a       | methotrexate | 2023-04-01 | 2023-05-31
            a       | methotrexate | 2023-07-31 | 2023-08-31
            b       | baricitinib  | 2023-01-01 | 2023-09-30
            b       | cyclosporin  | 2023-04-01 | 2023-09-30
            c       | baricitinib  | 2023-01-01 | 2023-09-30
            c       | cyclosporin  | 2023-04-01 | 2023-09-30
            c       | upadacitinib | 2023-10-10 | 2023-12-31
        """,
        observed_to="2023-12-31",
        step="follow-ups",
        expected="""
            patient | partner      | days | followed_by
            a       | methotrexate | 61   | restart
            a       | methotrexate | 122  |
            b       | cyclosporin  | 92   |
            c       | cyclosporin  | 10   | another drug
        """,
    ),
    Case(
        name="a bridge",
        about="Dupilumab began before cyclosporin was stopped: it follows on day 0.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-12-31
            cyclosporin | 2023-04-01 | 2023-09-30
            dupilumab   | 2023-09-20 | 2023-12-31
        """,
        observed_to="2023-12-31",
        step="follow-ups",
        expected="""
            partner     | days | followed_by
            cyclosporin | 0    | another drug
            dupilumab   | 0    |
        """,
    ),
    Case(
        name="death",
        about="The patient died 30 days after the end, before anything followed.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-08-31
            cyclosporin | 2023-04-01 | 2023-08-31
        """,
        death="2023-09-30",
        step="follow-ups",
        expected="""
            partner     | days | followed_by
            cyclosporin | 30   | death
        """,
    ),
    Case(
        name="held and not held",
        about="Complete on both; afterwards, on baricitinib alone, complete in one and partial in another.",
        exposures="""
            patient | drug        | start_day  | end_day
            a       | baricitinib | 2023-01-01 | 2023-12-31
            a       | cyclosporin | 2023-04-01 | 2023-08-31
            b       | baricitinib | 2023-01-01 | 2023-12-31
            b       | cyclosporin | 2023-04-01 | 2023-08-31
            c       | baricitinib | 2023-01-01 | 2023-12-31
            c       | cyclosporin | 2023-04-01 | 2023-08-31
        """,
        assessments="""
            patient | date       | response
            a       | 2023-08-01 | complete
            a       | 2023-10-01 | complete
            b       | 2023-08-01 | complete
            b       | 2023-10-01 | complete
            b       | 2023-11-01 | partial
            c       | 2023-08-01 | partial
            c       | 2023-10-01 | complete
        """,
        step="follow-ups",
        expected="""
            patient | held
            a       | yes
            b       | no
            c       |
        """,
    ),
)
