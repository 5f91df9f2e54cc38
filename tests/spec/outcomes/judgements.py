"""A judgement is a recorded response: complete, partial, none, or unassessable.

On the combination count the days after its first to its last. On the first day the patient is seen before
the combination has begun: that judgement is about what was before, unless the record says combination. On
the anchor alone count the days after the anchor's first, on which no partner drug is taken. Of several
judgements the last counts.
"""

from spec.case import Case

TITLE = "Outcomes: recorded judgements"

ADD_ON = """
    drug         | start_day  | end_day
    baricitinib  | 2023-01-01 | 2023-12-31
    methotrexate | 2023-04-01 | 2023-10-31
"""

CASES = (
    Case(
        name="before and on the combination",
        about="The last judgement before methotrexate was added, and the last on both.",
        exposures=ADD_ON,
        assessments="""
            date       | response
            2023-02-01 | none
            2023-03-01 | partial
            2023-06-01 | partial
            2023-10-31 | complete
            2023-11-01 | none
        """,
        step="recorded outcomes",
        expected="""
            monotherapy_response | response
            partial              | complete
        """,
    ),
    Case(
        name="the first day is before",
        about="Judged on the day on which methotrexate was added: on baricitinib alone.",
        exposures=ADD_ON,
        assessments="""
            date       | response
            2023-04-01 | partial
            2023-04-02 | none
        """,
        step="recorded outcomes",
        expected="""
            monotherapy_response | response
            partial              | none
        """,
    ),
    Case(
        name="the record says combination",
        about="What is recorded as judged on the combination counts for it on its first day.",
        exposures=ADD_ON,
        assessments="""
            date       | response | context
            2023-04-01 | partial  | combination
        """,
        step="recorded outcomes",
        expected="""
            monotherapy_response | response
                                 | partial
        """,
    ),
    Case(
        name="the record says monotherapy",
        about="What is recorded as judged on monotherapy is never the response to the combination.",
        exposures=ADD_ON,
        assessments="""
            date       | response | context
            2023-03-01 | partial  | monotherapy
            2023-08-01 | complete | monotherapy
        """,
        step="recorded outcomes",
        expected="""
            monotherapy_response | response
            partial              |
        """,
    ),
    Case(
        name="the best",
        about="With the rule best, the best of each counts, whenever it was.",
        exposures=ADD_ON,
        assessments="""
            date       | response
            2023-02-01 | partial
            2023-03-01 | unassessable
            2023-06-01 | complete
            2023-10-01 | none
        """,
        parameters={"judgement": "best"},
        step="recorded outcomes",
        expected="""
            monotherapy_response | response
            partial              | complete
        """,
    ),
    Case(
        name="two on one day",
        about="Of two judgements on one day the less favourable counts; one that could not be made does not.",
        exposures=ADD_ON,
        assessments="""
            date       | response
            2023-03-01 | none
            2023-03-01 | unassessable
            2023-06-01 | complete
            2023-06-01 | partial
        """,
        step="recorded outcomes",
        expected="""
            monotherapy_response | response
            none                 | partial
        """,
    ),
    Case(
        name="unassessable",
        about="That it could not be judged is an answer, and it is the last one.",
        exposures=ADD_ON,
        assessments="""
            date       | response
            2023-06-01 | partial
            2023-09-01 | unassessable
        """,
        step="recorded outcomes",
        expected="""
            monotherapy_response | response
                                 | unassessable
        """,
    ),
    Case(
        name="the anchor was added",
        about="Baricitinib was never taken alone before the pair: there is nothing to judge.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-04-01 | 2023-12-31
            methotrexate | 2023-01-01 | 2023-10-31
        """,
        assessments="""
            date       | response
            2023-03-01 | partial
            2023-04-01 | partial
            2023-06-01 | complete
        """,
        step="recorded outcomes",
        expected="""
            monotherapy_response | response
                                 | complete
        """,
    ),
    Case(
        name="with another partner before",
        about="While cyclosporin was taken too, baricitinib was not alone; after it, it was.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            cyclosporin  | 2023-02-01 | 2023-04-30
            methotrexate | 2023-07-01 | 2023-10-31
        """,
        assessments="""
            date       | response
            2023-02-01 | none
            2023-04-30 | complete
            2023-05-01 | partial
        """,
        step="recorded outcomes",
        expected="""
            partner      | monotherapy_response | response
            cyclosporin  | none                 | complete
            methotrexate | partial              |
        """,
    ),
    Case(
        name="parallel partners",
        about="One judgement belongs to every pair in which it falls.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            cyclosporin  | 2023-04-01 | 2023-09-30
            methotrexate | 2023-05-01 | 2023-10-31
        """,
        assessments="""
            date       | response
            2023-08-01 | partial
        """,
        step="recorded outcomes",
        expected="""
            partner      | response
            cyclosporin  | partial
            methotrexate | partial
        """,
    ),
)
