"""An event belongs to the exposure state of the day on which it began.

A partial onset has a state only if all days that it may mean have the same. What began before the first
observed day on a role drug, or after observation ended, is outside person-time.
"""

from spec.case import Case

TITLE = "Adverse events: the exposure state at onset"

ADD_ON = """
    drug         | start_day  | end_day
    baricitinib  | 2023-01-01 | 2023-12-31
    methotrexate | 2023-04-01 | 2023-06-30
"""

CASES = (
    Case(
        name="on the first and last day of a state",
        about="The combination lasts 30 days beyond the pair, to 30 July.",
        exposures=ADD_ON,
        observed_to="2024-12-31",
        events="""
            term     | onset
            headache | 2023-03-31
            nausea   | 2023-04-01
            rash     | 2023-07-30
            vertigo  | 2023-07-31
            gout     | 2024-01-31
        """,
        step="events",
        expected="""
            term     | state       | placement
            headache | anchor_only | placed
            nausea   | combination | placed
            rash     | combination | placed
            vertigo  | anchor_only | placed
            gout     | none        | placed
        """,
    ),
    Case(
        name="outside person-time",
        about="Before the first observed day on a role drug, and after death.",
        exposures=ADD_ON,
        death="2023-05-15",
        events="""
            term   | onset
            nausea | 2022-12-31
            rash   | 2023-05-15
            gout   | 2023-05-16
        """,
        step="events",
        expected="""
            term   | state       | placement
            nausea |             | before_person_time
            rash   | combination | placed
            gout   |             | after_person_time
        """,
    ),
    Case(
        name="a partial onset",
        about="All days of May are days of the combination; those of 2023 do not agree.",
        exposures=ADD_ON,
        events="""
            term   | onset
            nausea | 2023-05
            rash   | 2023
            gout   | 2022-12
        """,
        step="events",
        expected="""
            term   | state       | placement
            nausea | combination | placed
            rash   |             | between_states
            gout   |             | before_person_time
        """,
    ),
    Case(
        name="a partial onset that the end narrows",
        about="It was over on 20 March, so it began on baricitinib alone.",
        exposures=ADD_ON,
        events="""
            term   | onset | end
            nausea | 2023  | 2023-03-20
            rash   |       | 2022-12-31
            gout   |       | 2023-03-20
        """,
        step="events",
        expected="""
            term   | state       | placement
            nausea | anchor_only | placed
            rash   |             | before_person_time
            gout   |             | no_onset
        """,
    ),
    Case(
        name="a partial onset at the edge of person-time",
        about="It may have begun before baricitinib did.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-15 | 2023-12-31
        """,
        events="""
            term   | onset
            nausea | 2023-01
        """,
        step="events",
        expected="""
            term   | state | placement
            nausea |       | partly_observed
        """,
    ),
    Case(
        name="a patient without a role drug",
        about="There is no person-time to place the event in.",
        exposures="""
            drug    | start_day  | end_day
            aspirin | 2023-01-01 | 2023-12-31
        """,
        events="""
            term   | onset
            nausea | 2023-01-20
        """,
        step="events",
        expected="""
            term   | state | placement
            nausea |       | no_person_time
        """,
    ),
)
