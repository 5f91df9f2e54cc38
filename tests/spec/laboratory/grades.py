"""Every laboratory result has a CTCAE grade, or a reason why it has none: not gradable is not grade 0.

A grade needs the value, and where its criterion says so the limit of the laboratory or the value before
treatment: the last one up to the first day of person-time. Where one of them is missing the grade is known
only if it does not depend on it; else it lies between `lowest_grade` and `highest_grade`.
"""

from spec.case import Case

TITLE = "Laboratory values: CTCAE grades"

TREATED = """
    drug        | start_day  | end_day
    baricitinib | 2023-02-01 | 2023-12-31
"""

CASES = (
    Case(
        name="bounds of lymphopenia in 5.0",
        about="0.5 is grade 2 and 0.8 grade 1: a bound belongs to the milder grade.",
        exposures=TREATED,
        laboratory="""
            date       | test        | value | lln
            2023-03-01 | lymphocytes | 1     | 1
            2023-03-02 | lymphocytes | 0.8   | 1
            2023-03-03 | lymphocytes | 0.5   | 1
            2023-03-04 | lymphocytes | 0.2   | 1
            2023-03-05 | lymphocytes | 0.19  | 1
        """,
        step="laboratory grades",
        expected="""
            term        | day        | lowest_grade | highest_grade
            lymphopenia | 2023-03-01 | 0            | 0
            lymphopenia | 2023-03-02 | 1            | 1
            lymphopenia | 2023-03-03 | 2            | 2
            lymphopenia | 2023-03-04 | 3            | 3
            lymphopenia | 2023-03-05 | 4            | 4
        """,
    ),
    Case(
        name="no limit",
        about="Without the lower limit a low value is graded and a higher one is not: grade 0 or 1.",
        exposures=TREATED,
        laboratory="""
            date       | test        | value
            2023-03-01 | lymphocytes | 1.2
            2023-03-03 | lymphocytes | 0.4
        """,
        step="laboratory grades",
        expected="""
            day        | lowest_grade | highest_grade | reason
            2023-03-01 | 0            | 1             | no_limit
            2023-03-03 | 3            | 3             |
        """,
    ),
    Case(
        name="another version",
        about="1.03 neutrophils: grade 2 in 5.0, 1 in 6.0, without a limit; CPK has none there.",
        exposures=TREATED,
        laboratory="""
            date       | test        | value | uln
            2023-03-01 | neutrophils | 1.03  |
            2023-03-01 | cpk         | 900   | 200
        """,
        parameters={"ctcae_version": "6.0"},
        step="laboratory grades",
        expected="""
            term          | lowest_grade | highest_grade | reason
            neutropenia   | 1            | 1             |
            cpk_increased |              |               | no_criterion
        """,
    ),
    Case(
        name="high before treatment",
        about="ALT that was high before treatment is graded by multiples of that value, not of the limit.",
        exposures=TREATED,
        laboratory="""
            date       | test | value | uln
            2023-01-20 | alt  | 60    | 40
            2023-03-01 | alt  | 89    | 40
            2023-03-02 | alt  | 90    | 40
            2023-03-03 | alt  | 181   | 40
        """,
        step="laboratory grades",
        expected="""
            day        | lowest_grade | highest_grade | is_baseline | is_after
            2023-01-20 | 0            | 0             | yes         | no
            2023-03-01 | 0            | 0             | no          | yes
            2023-03-02 | 1            | 1             | no          | yes
            2023-03-03 | 2            | 2             | no          | yes
        """,
    ),
    Case(
        name="nothing before treatment",
        about="Whether ALT was high before is unknown; a value within the limits is grade 0 all the same.",
        exposures=TREATED,
        laboratory="""
            date       | test | value | uln
            2023-03-01 | alt  | 40    | 40
            2023-03-02 | alt  | 130   | 40
        """,
        step="laboratory grades",
        expected="""
            day        | lowest_grade | highest_grade | reason
            2023-03-01 | 0            | 0             |
            2023-03-02 | 0            | 2             | no_baseline
        """,
    ),
    Case(
        name="a limit that is not known, beside a value before treatment",
        about="Twice the value before treatment is at most grade 1, whatever the limit was.",
        exposures=TREATED,
        laboratory="""
            date       | test | value | uln
            2023-01-20 | alt  | 40    |
            2023-03-01 | alt  | 80    |
            2023-03-02 | alt  | 39    |
        """,
        step="laboratory grades",
        expected="""
            day        | lowest_grade | highest_grade | reason
            2023-01-20 | 0            | 0             |
            2023-03-01 | 0            | 1             | no_limit
            2023-03-02 | 0            | 0             |
        """,
    ),
    Case(
        name="creatinine by either",
        about="In 5.0 the worse of two counts: multiples of the limit, and of the value before treatment.",
        exposures=TREATED,
        laboratory="""
            date       | test       | value | uln
            2023-01-20 | creatinine | 0.6   | 1.2
            2023-03-01 | creatinine | 0.9   | 1.2
            2023-03-02 | creatinine | 1.0   | 1.2
            2023-03-03 | creatinine | 1.9   | 1.2
            2023-03-04 | creatinine | 7.3   | 1.2
        """,
        step="laboratory grades",
        expected="""
            day        | lowest_grade | highest_grade
            2023-01-20 | 0            | 0
            2023-03-01 | 0            | 0
            2023-03-02 | 2            | 2
            2023-03-03 | 3            | 3
            2023-03-04 | 4            | 4
        """,
    ),
    Case(
        name="weight, both ways",
        about="From 5 % of the weight before treatment; the values are compared exactly.",
        exposures=TREATED,
        laboratory="""
            date       | test   | value
            2023-02-01 | weight | 70
            2023-03-01 | weight | 73.5
            2023-03-02 | weight | 66.5
            2023-03-03 | weight | 84
            2023-03-04 | weight | 66.6
        """,
        step="laboratory grades",
        expected="""
            term             | day        | lowest_grade | highest_grade
            weight_increased | 2023-02-01 | 0            | 0
            weight_decreased | 2023-02-01 | 0            | 0
            weight_increased | 2023-03-01 | 1            | 1
            weight_decreased | 2023-03-01 | 0            | 0
            weight_increased | 2023-03-02 | 0            | 0
            weight_decreased | 2023-03-02 | 1            | 1
            weight_increased | 2023-03-03 | 3            | 3
            weight_decreased | 2023-03-03 | 0            | 0
            weight_increased | 2023-03-04 | 0            | 0
            weight_decreased | 2023-03-04 | 0            | 0
        """,
    ),
    Case(
        name="which value is before treatment",
        about="The last up to the first day, included, within the lookback; of two on a day the milder.",
        exposures=TREATED,
        laboratory="""
            date       | test   | value
            2022-01-20 | weight | 50
            2023-01-31 | weight | 60
            2023-02-01 | weight | 70
            2023-02-01 | weight | 72
            2023-03-01 | weight | 77
        """,
        step="laboratory grades",
        expected="""
            term             | day        | value | lowest_grade | is_baseline | is_after
            weight_increased | 2022-01-20 | 50    | 0            | no          | no
            weight_decreased | 2022-01-20 | 50    | 3            | no          | no
            weight_increased | 2023-01-31 | 60    | 0            | no          | no
            weight_decreased | 2023-01-31 | 60    | 2            | no          | no
            weight_increased | 2023-02-01 | 70    | 0            | yes         | no
            weight_decreased | 2023-02-01 | 70    | 0            | yes         | no
            weight_increased | 2023-02-01 | 72    | 0            | yes         | no
            weight_decreased | 2023-02-01 | 72    | 0            | yes         | no
            weight_increased | 2023-03-01 | 77    | 2            | no          | yes
            weight_decreased | 2023-03-01 | 77    | 0            | no          | yes
        """,
    ),
    Case(
        name="too old",
        about="A value older than the lookback is none; weight is then not gradable.",
        exposures=TREATED,
        laboratory="""
            date       | test   | value
            2022-01-31 | weight | 50
            2023-03-01 | weight | 77
        """,
        step="laboratory grades",
        expected="""
            term             | day        | lowest_grade | highest_grade | reason
            weight_increased | 2022-01-31 | 0            | 3             | no_baseline
            weight_decreased | 2022-01-31 | 0            | 3             | no_baseline
            weight_increased | 2023-03-01 | 0            | 3             | no_baseline
            weight_decreased | 2023-03-01 | 0            | 3             | no_baseline
        """,
    ),
    Case(
        name="no value",
        about="A result that no patient can have is unknown, and is not gradable.",
        exposures=TREATED,
        laboratory="""
            date       | test | value | uln
            2023-03-01 | cpk  |       | 200
            2023-03-02 | cpk  | 500   | 200
            2023-03-03 | cpk  | 501   | 200
        """,
        step="laboratory grades",
        expected="""
            day        | value | lowest_grade | highest_grade | reason
            2023-03-01 |       |              |               | no_value
            2023-03-02 | 500   | 1            | 1             |
            2023-03-03 | 501   | 2            | 2             |
        """,
    ),
)
