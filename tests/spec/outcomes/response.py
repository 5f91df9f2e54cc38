"""A criterion says from a score and its baseline whether there is a response.

The first day is that of the pair, or of the course. Baseline is the last value in the `lookback_days`
before it, that day among them. At week w counts the value nearest to day 7 w within `window_days`, of two
equally near the later. After a stop there is no response; after a stop in remission the last response
holds. Only who could newly meet the criterion at baseline is asked (`eligible`), and at week w only who
could be observed to it. What is `missing` is counted twice, as a failure and left out.
"""

from spec.case import Case

TITLE = "Outcomes: response by a score"

# Methotrexate is added on 1 April 2023, day 0; week 4 is 29 April, week 12 is 24 June.
ADD_ON = """
    drug         | start_day  | end_day
    baricitinib  | 2023-01-01 | 2023-12-31
    methotrexate | 2023-04-01 | 2023-10-31
"""
SALT = {"criteria": ["salt_le_20"], "weeks": [4], "window_days": 14}


def at_week(name: str, about: str, visits: str, answer: str, **more: object) -> Case:
    """A case of one criterion at one week, of the course and its only pair."""
    parameters = {**SALT, **more.pop("parameters", {})}  # type: ignore[dict-item]  # a mapping, as its callers write it
    expected = f"""
        unit   | answer
        course | {answer}
        pair   | {answer}
    """
    fields = {"exposures": ADD_ON, "disease": "alopecia_areata", **more}
    return Case(
        name=name,
        about=about,
        assessments=visits,
        step="responses at week",
        parameters=parameters,
        expected=expected,
        **fields,  # type: ignore[arg-type]  # fields of a case, by name
    )


CASES = (
    at_week(
        "exactly 20",
        "SALT fell from 80 to 20: at most 20 is met by 20 itself.",
        """
            date       | instrument | value
            2023-03-20 | salt       | 80
            2023-04-29 | salt       | 20
        """,
        "yes",
    ),
    at_week(
        "just above 20",
        "20.1 is not at most 20.",
        """
            date       | instrument | value
            2023-03-20 | salt       | 80
            2023-04-29 | salt       | 20.1
        """,
        "no",
    ),
    at_week(
        "three quarters of a decimal score",
        "10.1 is a quarter of 40.4: an improvement of exactly 75 percent.",
        """
            date       | instrument | value
            2023-04-01 | easi       | 40.4
            2023-04-29 | easi       | 10.1
        """,
        "yes",
        parameters={"criteria": ["easi75"]},
        disease="atopic_dermatitis",
    ),
    at_week(
        "clear, but by one point",
        "IGA 0/1 asks for a fall of 2 as well: from 3 to 2 is too much left, and 1 is met.",
        """
            date       | instrument | value
            2023-04-01 | iga        | 3
            2023-04-20 | iga        | 2
            2023-04-30 | iga        | 1
        """,
        "yes",
        parameters={"criteria": ["iga_0_1"]},
        disease="atopic_dermatitis",
    ),
    at_week(
        "the nearest value",
        "26 April is 3 days before week 4, 5 May is 6 days after it.",
        """
            date       | instrument | value
            2023-03-20 | salt       | 80
            2023-04-26 | salt       | 50
            2023-05-05 | salt       | 10
        """,
        "no",
    ),
    at_week(
        "a tie takes the later",
        "26 April and 2 May are both 3 days away.",
        """
            date       | instrument | value
            2023-03-20 | salt       | 80
            2023-04-26 | salt       | 50
            2023-05-02 | salt       | 10
        """,
        "yes",
    ),
    at_week(
        "on the last day of the window",
        "13 May is 14 days after week 4.",
        """
            date       | instrument | value
            2023-03-20 | salt       | 80
            2023-05-13 | salt       | 10
        """,
        "yes",
    ),
    at_week(
        "outside the window",
        "14 May is too late: the response at week 4 is missing.",
        """
            date       | instrument | value
            2023-03-20 | salt       | 80
            2023-05-14 | salt       | 10
        """,
        "missing",
    ),
    at_week(
        "the first day is before",
        "A value of the first day is the baseline and never a response.",
        """
            date       | instrument | value
            2023-03-20 | salt       | 80
            2023-04-01 | salt       | 60
            2023-04-15 | salt       | 31
        """,
        "no",
        parameters={"criteria": ["salt50"]},
    ),
    at_week(
        "two on one day",
        "At baseline the better of two values counts and on treatment the worse: 60 to 31 is no half.",
        """
            date       | instrument | value
            2023-04-01 | salt       | 80
            2023-04-01 | salt       | 60
            2023-04-29 | salt       | 30
            2023-04-29 | salt       | 31
        """,
        "no",
        parameters={"criteria": ["salt50"]},
    ),
    at_week(
        "after a stop",
        "Methotrexate was stopped before week 4: no response, whatever was measured.",
        """
            date       | instrument | value
            2023-03-20 | salt       | 80
            2023-04-27 | salt       | 10
            2023-04-29 | salt       | 10
        """,
        "no",
        exposures="""
            drug         | start_day  | end_day    | end_reason
            baricitinib  | 2023-01-01 | 2023-12-31 |
            methotrexate | 2023-04-01 | 2023-04-28 | adverse_event
        """,
    ),
    at_week(
        "after a stop in remission",
        "The last response on the combination holds.",
        """
            date       | instrument | value
            2023-03-20 | salt       | 80
            2023-04-27 | salt       | 10
            2023-04-29 | salt       | 40
        """,
        "yes",
        exposures="""
            drug         | start_day  | end_day    | end_reason
            baricitinib  | 2023-01-01 | 2023-12-31 |
            methotrexate | 2023-04-01 | 2023-04-28 | remission
        """,
    ),
    at_week(
        "stopped in week 4",
        "Week 4 is still on treatment, and what was measured after the stop is not.",
        """
            date       | instrument | value
            2023-03-20 | salt       | 80
            2023-04-30 | salt       | 10
        """,
        "missing",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-04-01 | 2023-04-29
        """,
    ),
    at_week(
        "not observed to week 4",
        "Observation ended a day before week 4: who could not be seen is not asked.",
        """
            date       | instrument | value
            2023-03-20 | salt       | 80
            2023-04-27 | salt       | 10
        """,
        "not_observed",
        observed_to="2023-04-28",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-04-01 | ongoing
        """,
    ),
    at_week(
        "died before week 4",
        "Who died had no response at week 4, and is not left out.",
        """
            date       | instrument | value
            2023-03-20 | salt       | 80
            2023-04-27 | salt       | 10
        """,
        "no",
        death="2023-04-28",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-04-01 | ongoing
        """,
    ),
    Case(
        name="who is asked",
        about="Met at baseline, out of reach, without a baseline, and able to meet it.",
        exposures="""
            patient | drug         | start_day  | end_day
            a       | baricitinib  | 2023-01-01 | 2023-12-31
            a       | methotrexate | 2023-04-01 | 2023-10-31
            b       | baricitinib  | 2023-01-01 | 2023-12-31
            b       | methotrexate | 2023-04-01 | 2023-10-31
            c       | baricitinib  | 2023-01-01 | 2023-12-31
            c       | methotrexate | 2023-04-01 | 2023-10-31
            d       | baricitinib  | 2023-01-01 | 2023-12-31
            d       | methotrexate | 2023-04-01 | 2023-10-31
        """,
        assessments="""
            patient | date       | instrument | value
            a       | 2023-04-01 | salt       | 20
            a       | 2023-04-01 | pp_nrs     | 3
            b       | 2023-04-01 | salt       | 20.5
            b       | 2023-04-01 | pp_nrs     | 4
            c       | 2022-12-31 | salt       | 80
            d       | 2023-01-01 | salt       | 80
        """,
        parameters={"criteria": ["salt_le_20", "pp_nrs_fall_4"]},
        disease="alopecia_areata",
        step="responses",
        expected="""
            patient | unit   | criterion     | standing
            a       | course | salt_le_20    | not_eligible
            a       | pair   | salt_le_20    | not_eligible
            a       | course | pp_nrs_fall_4 | not_eligible
            a       | pair   | pp_nrs_fall_4 | not_eligible
            b       | course | salt_le_20    | eligible
            b       | pair   | salt_le_20    | eligible
            b       | course | pp_nrs_fall_4 | eligible
            b       | pair   | pp_nrs_fall_4 | eligible
            c       | course | salt_le_20    | no_baseline
            c       | pair   | salt_le_20    | no_baseline
            c       | course | pp_nrs_fall_4 | no_baseline
            c       | pair   | pp_nrs_fall_4 | no_baseline
            d       | course | salt_le_20    | eligible
            d       | pair   | salt_le_20    | eligible
            d       | course | pp_nrs_fall_4 | no_baseline
            d       | pair   | pp_nrs_fall_4 | no_baseline
        """,
    ),
    Case(
        name="a percentage of nothing",
        about="From a baseline of 0 there is no improvement in percent.",
        exposures=ADD_ON,
        assessments="""
            date       | instrument | value
            2023-04-01 | salt       | 0
        """,
        parameters={"criteria": ["salt50"]},
        disease="alopecia_areata",
        step="responses",
        expected="""
            unit   | standing
            course | not_eligible
            pair   | not_eligible
        """,
    ),
    Case(
        name="another disease",
        about="SALT is asked of patients with alopecia areata, and of others only if they have one.",
        exposures=ADD_ON,
        assessments="""
            date       | instrument | value
            2023-04-01 | easi       | 30
        """,
        parameters={"criteria": ["salt_le_20", "easi75"]},
        disease="atopic_dermatitis",
        step="responses",
        expected="""
            unit   | criterion | standing
            course | easi75    | eligible
            pair   | easi75    | eligible
        """,
    ),
    Case(
        name="ever, last, durable and lost",
        about="Met for four weeks, then lost: ever yes, last no, durable (4 weeks) yes.",
        exposures=ADD_ON,
        assessments="""
            date       | instrument | value
            2023-04-01 | salt       | 80
            2023-05-01 | salt       | 20
            2023-05-15 | salt       | 10
            2023-05-29 | salt       | 20
            2023-07-01 | salt       | 30
        """,
        parameters={"criteria": ["salt_le_20"], "durable_weeks": 4},
        disease="alopecia_areata",
        step="responses",
        expected="""
            unit   | ever | at_last | durable | lost
            course | yes  | no      | yes     | yes
            pair   | yes  | no      | yes     | yes
        """,
    ),
    Case(
        name="interrupted",
        about="A value between the two at which it was not met breaks a durable response.",
        exposures=ADD_ON,
        assessments="""
            date       | instrument | value
            2023-04-01 | salt       | 80
            2023-05-01 | salt       | 20
            2023-05-15 | salt       | 21
            2023-05-29 | salt       | 20
        """,
        parameters={"criteria": ["salt_le_20"], "durable_weeks": 4},
        disease="alopecia_areata",
        step="responses",
        expected="""
            unit   | ever | at_last | durable | lost
            course | yes  | yes     | no      | yes
            pair   | yes  | yes     | no      | yes
        """,
    ),
    Case(
        name="seen once",
        about="Met at the only value: whether it was lost is not known.",
        exposures=ADD_ON,
        assessments="""
            date       | instrument | value
            2023-04-01 | salt       | 80
            2023-05-01 | salt       | 20
        """,
        parameters={"criteria": ["salt_le_20"]},
        disease="alopecia_areata",
        step="responses",
        expected="""
            unit   | ever | at_last | durable | lost
            course | yes  | yes     | no      | missing
            pair   | yes  | yes     | no      | missing
        """,
    ),
    Case(
        name="a pair and its course",
        about="The second pair of a course has its own first day and its own baseline.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            cyclosporin  | 2023-04-01 | 2023-10-31
            methotrexate | 2023-05-01 | 2023-10-31
        """,
        assessments="""
            date       | instrument | value
            2023-04-01 | salt       | 80
            2023-04-29 | salt       | 20
            2023-05-29 | salt       | 10
        """,
        parameters={"criteria": ["salt50"], "weeks": [4], "window_days": 7},
        disease="alopecia_areata",
        step="responses at week",
        expected="""
            unit   | partner                    | start_day  | answer
            course | cyclosporin + methotrexate | 2023-04-01 | yes
            pair   | cyclosporin                | 2023-04-01 | yes
            pair   | methotrexate               | 2023-05-01 | yes
        """,
    ),
)
