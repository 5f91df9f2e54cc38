"""A row of a long table is one recorded event. The same term again before its end is the same event.

It began with its first row, is as grave as the gravest of its rows, and serious if one of them is. An onset
is never imputed: where only the month or year is known, or nothing, so it stays.
"""

from spec.case import Case

TITLE = "Adverse events: what is one event"

TREATED = """
    drug        | start_day  | end_day
    baricitinib | 2023-01-01 | 2023-12-31
"""

CASES = (
    Case(
        name="again before its end",
        about="Recorded again while it lasted, the last day included; from the next day on it is another.",
        exposures=TREATED,
        events="""
            term    | onset      | end        | severity_grade
            nausea  | 2023-02-01 | 2023-02-20 | 1
            nausea  | 2023-02-20 | 2023-03-10 | 2
            nausea  | 2023-03-11 | 2023-03-12 | 1
            vertigo | 2023-02-10 | 2023-02-11 | 1
        """,
        step="events",
        expected="""
            term    | onset_day  | end_day    | severity_grade
            nausea  | 2023-02-01 | 2023-03-10 | 2
            nausea  | 2023-03-11 | 2023-03-12 | 1
            vertigo | 2023-02-10 | 2023-02-11 | 1
        """,
    ),
    Case(
        name="a long first row",
        about="A row inside the event of an earlier row does not end it.",
        exposures=TREATED,
        events="""
            term   | onset      | end
            nausea | 2023-02-01 | 2023-06-30
            nausea | 2023-03-01 | 2023-03-02
            nausea | 2023-06-01 |
        """,
        step="events",
        expected="""
            term   | onset_day  | end_day
            nausea | 2023-02-01 | 2023-06-30
        """,
    ),
    Case(
        name="without an end",
        about="How long it lasted is unknown: only a row of the same day is the same event.",
        exposures=TREATED,
        events="""
            term   | onset      | end
            nausea | 2023-02-01 |
            nausea | 2023-02-01 |
            nausea | 2023-02-02 |
        """,
        step="events",
        expected="""
            term   | onset_day
            nausea | 2023-02-01
            nausea | 2023-02-02
        """,
    ),
    Case(
        name="serious in one of its rows",
        about="Serious if one row says so; unknown if none does and one says nothing.",
        exposures=TREATED,
        events="""
            term      | onset      | end        | is_serious
            pneumonia | 2023-02-01 | 2023-03-31 | no
            pneumonia | 2023-03-01 | 2023-03-31 | yes
            vertigo   | 2023-02-01 | 2023-03-31 | no
            vertigo   | 2023-03-01 | 2023-03-31 |
        """,
        step="events",
        expected="""
            term      | onset_day  | is_serious
            pneumonia | 2023-02-01 | yes
            vertigo   | 2023-02-01 |
        """,
    ),
    Case(
        name="onsets that are not exact",
        about="Rows of which only the month, or nothing, is known are one event only if they are alike.",
        exposures=TREATED,
        events="""
            term   | onset   | severity_grade
            nausea | 2023-02 | 1
            nausea | 2023-02 | 1
            nausea | 2023-02 | 2
            rash   |         | 1
            rash   |         | 1
        """,
        step="events",
        expected="""
            term   | onset_day | earliest_onset_day | latest_onset_day | severity_grade
            nausea |           | 2023-02-01         | 2023-02-28       | 1
            nausea |           | 2023-02-01         | 2023-02-28       | 2
            rash   |           |                    |                  | 1
        """,
    ),
    Case(
        name="over by its end",
        about="An event cannot have begun after its end, so the end narrows a partial onset.",
        exposures=TREATED,
        events="""
            term   | onset   | end
            nausea | 2023-02 | 2023-02-10
            rash   |         | 2023-02-10
        """,
        step="events",
        expected="""
            term   | earliest_onset_day | latest_onset_day
            nausea | 2023-02-01         | 2023-02-10
            rash   |                    | 2023-02-10
        """,
    ),
)
