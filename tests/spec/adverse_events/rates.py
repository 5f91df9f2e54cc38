"""Three numbers, never one.

Patients with at least one event (`with_event`), first events by the time at risk that they end
(`first_events`, `first_days`), and all events by all time at risk (`events`, `days`).

A first event ends the time at risk in every state, its own day included. Events whose onset is not known
are counted among the patients where that is possible, and are in no rate; the patient of whom the day of
the first event is not known is left out of the rate of first events.
"""

from spec.case import Case

TITLE = "Adverse events: three numbers"

ADD_ON = """
    drug         | start_day  | end_day
    baricitinib  | 2023-01-01 | ongoing
    methotrexate | 2023-04-11 | ongoing
"""
# 100 days of baricitinib alone, then 200 days of both.
LAST_DAY = "2023-10-27"

CASES = (
    Case(
        name="the first event ends the time at risk in every state",
        about="100 days on the anchor, an event on day 50; 200 days on both, an event on their day 180.",
        exposures=ADD_ON,
        observed_to=LAST_DAY,
        events="""
            term   | onset
            nausea | 2023-02-19
            rash   | 2023-10-07
        """,
        step="rates",
        expected="""
            state       | patients | with_event | first_events | first_days | events | days
            anchor_only | 1        | 1          | 1            | 50         | 1      | 100
            combination | 1        | 1          | 0            | 0          | 1      | 200
        """,
    ),
    Case(
        name="by term each term has its own first event",
        about="The rash was the first of its kind, though there had been nausea before.",
        exposures=ADD_ON,
        observed_to=LAST_DAY,
        events="""
            term   | onset
            nausea | 2023-02-19
            nausea | 2023-03-01
            rash   | 2023-10-07
        """,
        step="rates by term",
        expected="""
            state       | term   | with_event | first_events | first_days | events | days
            anchor_only | nausea | 1          | 1            | 50         | 2      | 100
            anchor_only | rash   | 0          | 0            | 100        | 0      | 100
            combination | nausea | 0          | 0            | 0          | 0      | 200
            combination | rash   | 1          | 1            | 180        | 1      | 200
        """,
    ),
    Case(
        name="an event on the first day",
        about="Its day is the only day at risk.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-12-31
        """,
        observed_to="2023-01-31",
        events="""
            term   | onset
            nausea | 2023-01-01
        """,
        step="rates",
        expected="""
            state       | first_events | first_days | events | days
            anchor_only | 1            | 1          | 1      | 31
        """,
    ),
    Case(
        name="no event, one, and several",
        about="Patients are counted once; their days and events add up.",
        exposures="""
            patient | drug        | start_day  | end_day
            A       | baricitinib | 2023-01-01 | 2023-12-31
            B       | baricitinib | 2023-01-01 | 2023-12-31
            C       | baricitinib | 2023-01-01 | 2023-12-31
        """,
        observed_to="2023-01-31",
        events="""
            patient | term   | onset
            B       | nausea | 2023-01-10
            C       | nausea | 2023-01-20
            C       | rash   | 2023-01-20
            C       | nausea | 2023-01-30
        """,
        step="rates",
        expected="""
            state       | patients | with_event | first_events | first_days | events | days
            anchor_only | 3        | 2          | 2            | 61         | 4      | 93
        """,
    ),
    Case(
        name="a month that has one state",
        about="That it was in May is enough for the state, not for the day that ends the time at risk.",
        exposures=ADD_ON,
        observed_to=LAST_DAY,
        events="""
            term   | onset
            nausea | 2023-05
        """,
        step="rates",
        expected="""
            state       | with_event | unknown | events | open_events | first_days | left_out
            anchor_only | 0          | 0       | 0      | 0           | 0          | 1
            combination | 1          | 0       | 1      | 0           | 0          | 1
        """,
    ),
    Case(
        name="a month with two states, and no onset at all",
        about="It may have begun in either state: unknown in both, and in no rate.",
        exposures="""
            patient | drug         | start_day  | end_day
            A       | baricitinib  | 2023-01-01 | ongoing
            A       | methotrexate | 2023-04-11 | ongoing
            B       | baricitinib  | 2023-01-01 | ongoing
        """,
        observed_to=LAST_DAY,
        events="""
            patient | term   | onset
            A       | nausea | 2023-04
            B       | nausea |
        """,
        step="rates",
        expected="""
            state       | patients | with_event | unknown | events | open_events | left_out | days
            anchor_only | 2        | 0          | 2       | 0      | 2           | 2        | 400
            combination | 1        | 0          | 1       | 0      | 1           | 1        | 200
        """,
    ),
    Case(
        name="a known first event before an unknown one",
        about="A's first event is known, for February comes later; B's rash may have come before the nausea.",
        exposures="""
            patient | drug        | start_day  | end_day
            A       | baricitinib | 2023-01-01 | ongoing
            B       | baricitinib | 2023-01-01 | ongoing
        """,
        observed_to="2023-12-31",
        events="""
            patient | term   | onset
            A       | nausea | 2023-01-10
            A       | rash   | 2023-02
            B       | nausea | 2023-02-19
            B       | rash   | 2023-02
        """,
        step="rates",
        expected="""
            state       | with_event | first_events | first_days | left_out | events
            anchor_only | 2          | 1            | 10         | 1        | 4
        """,
    ),
    Case(
        name="outside person-time",
        about="Before the first drug and after death nothing is counted.",
        exposures=ADD_ON,
        death="2023-03-31",
        events="""
            term   | onset
            nausea | 2022-12-31
            rash   | 2023-04-01
        """,
        step="rates",
        expected="""
            state       | patients | with_event | first_events | first_days | events | days
            anchor_only | 1        | 0          | 0            | 90         | 0      | 90
        """,
    ),
    Case(
        name="by drug",
        about="The days of a drug and of its risk window, whatever else is taken, by state.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-04-30
            methotrexate | 2023-03-01 | 2023-03-31
        """,
        observed_to="2023-12-31",
        events="""
            term   | onset
            nausea | 2023-04-15
        """,
        step="rates by drug",
        expected="""
            drug         | state       | events | days | first_days
            baricitinib  | anchor_only | 0      | 89   | 59
            baricitinib  | combination | 1      | 61   | 46
            methotrexate | combination | 1      | 61   | 46
        """,
    ),
    Case(
        name="by regimen",
        about="Two partners at once: a day of both regimens counts for both, and so does an event.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-03-31
            prednisone   | 2023-03-16 | 2023-04-30
        """,
        observed_to="2023-12-31",
        events="""
            term   | onset
            nausea | 2023-03-20
            rash   | 2023-05-20
        """,
        step="rates by regimen",
        expected="""
            regimen                    | with_event | events | days | first_days
            baricitinib + methotrexate | 1          | 1      | 61   | 20
            baricitinib + prednisone   | 1          | 2      | 76   | 5
        """,
    ),
)
