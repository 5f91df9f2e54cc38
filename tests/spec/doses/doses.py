"""The dose path of each drug over the days of its pair."""

from spec.case import Case

TITLE = "Doses: the path over a pair"

CASES = (
    Case(
        name="a taper",
        about="First, last, largest, time-weighted mean and cumulative dose of each drug of the pair.",
        exposures="""
            drug        | start_day  | end_day    | dose
            baricitinib | 2023-01-01 | 2023-03-31 | 4
            prednisone  | 2023-02-01 | 2023-02-10 | 40
            prednisone  | 2023-02-11 | 2023-02-20 | 20
        """,
        step="doses",
        expected="""
            drug        | supplied_days | first | last | max | mean | cumulative
            baricitinib | 20            | 4     | 4    | 4   | 4    | 80
            prednisone  | 20            | 40    | 20   | 40  | 30   | 600
        """,
    ),
    Case(
        name="over the pair's days only",
        about="What was supplied before and after the pair is left out.",
        exposures="""
            drug        | start_day  | end_day    | dose
            baricitinib | 2023-01-01 | 2023-02-10 | 4
            baricitinib | 2023-02-11 | 2023-03-31 | 2
            prednisone  | 2023-02-01 | 2023-02-20 | 10
        """,
        step="doses",
        expected="""
            drug        | supplied_days | first | last | max | mean | cumulative
            baricitinib | 20            | 4     | 2    | 4   | 3    | 60
            prednisone  | 20            | 10    | 10   | 10  | 10   | 200
        """,
    ),
    Case(
        name="started together",
        about="Exposures that start together add up, each as long as it lasts.",
        exposures="""
            drug         | start_day  | end_day    | dose
            baricitinib  | 2023-01-01 | 2023-03-31 | 4
            methotrexate | 2023-02-01 | 2023-02-10 | 2
            methotrexate | 2023-02-01 | 2023-02-05 | 1
        """,
        step="doses",
        expected="""
            drug         | supplied_days | first | last | max | mean | cumulative
            baricitinib  | 10            | 4     | 4    | 4   | 4    | 40
            methotrexate | 10            | 3     | 2    | 3   | 2.5  | 25
        """,
    ),
    Case(
        name="exact duplicates count once",
        about="The same supply recorded twice is not a double dose.",
        exposures="""
            drug         | start_day  | end_day    | dose
            baricitinib  | 2023-01-01 | 2023-03-31 | 4
            baricitinib  | 2023-01-01 | 2023-03-31 | 4
            methotrexate | 2023-02-01 | 2023-02-10 | 2
            methotrexate | 2023-02-01 | 2023-02-10 | 2
        """,
        step="doses",
        expected="""
            drug         | supplied_days | first | last | max | mean | cumulative
            baricitinib  | 10            | 4     | 4    | 4   | 4    | 40
            methotrexate | 10            | 2     | 2    | 2   | 2    | 20
        """,
    ),
    Case(
        name="duplicates as recorded",
        about="Two supplies that end on different days are no duplicates, though both are closed on one day.",
        observed_to="2023-02-10",
        exposures="""
            drug         | start_day  | end_day    | dose
            baricitinib  | 2023-01-01 | 2023-03-31 | 4
            methotrexate | 2023-02-01 | 2023-02-28 | 2
            methotrexate | 2023-02-01 | 2023-03-31 | 2
        """,
        step="doses",
        expected="""
            drug         | supplied_days | first | last | max | mean | cumulative
            baricitinib  | 10            | 4     | 4    | 4   | 4    | 40
            methotrexate | 10            | 4     | 4    | 4   | 4    | 40
        """,
    ),
    Case(
        name="the latest started holds",
        about="While two overlap the later one's dose holds; after it the earlier one's again.",
        exposures="""
            drug         | start_day  | end_day    | dose
            baricitinib  | 2023-01-01 | 2023-03-31 | 4
            methotrexate | 2023-02-01 | 2023-02-20 | 1
            methotrexate | 2023-02-11 | 2023-02-15 | 2
        """,
        step="doses",
        expected="""
            drug         | supplied_days | first | last | max | mean | cumulative
            baricitinib  | 20            | 4     | 4    | 4   | 4    | 80
            methotrexate | 20            | 1     | 1    | 2   | 1.25 | 25
        """,
    ),
    Case(
        name="of two earlier ones the later holds",
        about="After the third, which lay in both others, the second's dose holds; after it the first's.",
        exposures="""
            drug         | start_day  | end_day    | dose
            baricitinib  | 2023-01-01 | 2023-03-31 | 4
            methotrexate | 2023-02-01 | 2023-03-12 | 1
            methotrexate | 2023-02-11 | 2023-02-28 | 2
            methotrexate | 2023-02-15 | 2023-02-16 | 4
        """,
        step="doses",
        expected="""
            drug         | supplied_days | first | last | max | mean | cumulative
            baricitinib  | 40            | 4     | 4    | 4   | 4    | 160
            methotrexate | 40            | 1     | 1    | 4   | 1.55 | 62
        """,
    ),
    Case(
        name="bridged days are not supplied",
        about="The five days between two supplies belong to the pair, but no dose was supplied on them.",
        exposures="""
            drug        | start_day  | end_day    | dose
            baricitinib | 2023-01-01 | 2023-03-31 | 4
            prednisone  | 2023-02-01 | 2023-02-05 | 10
            prednisone  | 2023-02-11 | 2023-02-15 | 20
        """,
        step="doses",
        expected="""
            drug        | supplied_days | first | last | max | mean | cumulative
            baricitinib | 15            | 4     | 4    | 4   | 4    | 60
            prednisone  | 10            | 10    | 20   | 20  | 15   | 150
        """,
    ),
    Case(
        name="nothing supplied",
        about="A pair that lies in a bridged gap of the anchor has no anchor dose: unknown, not 0.",
        exposures="""
            drug        | start_day  | end_day    | dose
            baricitinib | 2023-01-01 | 2023-01-31 | 4
            baricitinib | 2023-02-20 | 2023-03-31 | 4
            prednisone  | 2023-02-05 | 2023-02-10 | 20
        """,
        step="doses",
        expected="""
            drug        | supplied_days | first | last | max | mean | cumulative
            baricitinib | 0             |       |      |     |      |
            prednisone  | 6             | 20    | 20   | 20  | 20   | 120
        """,
    ),
    Case(
        name="an unknown dose",
        about="Days of unknown dose leave largest, mean and cumulative unknown; the first is known.",
        exposures="""
            drug        | start_day  | end_day    | dose
            baricitinib | 2023-01-01 | 2023-03-31 | 4
            prednisone  | 2023-02-01 | 2023-02-10 | 40
            prednisone  | 2023-02-11 | 2023-02-20 |
        """,
        step="doses",
        expected="""
            drug        | supplied_days | first | last | max | mean | cumulative
            baricitinib | 20            | 4     | 4    | 4   | 4    | 80
            prednisone  | 20            | 40    |      |     |      |
        """,
    ),
    Case(
        name="known and unknown together",
        about="A known dose and an unknown one that start together add up to an unknown one.",
        exposures="""
            drug        | start_day  | end_day    | dose
            baricitinib | 2023-01-01 | 2023-03-31 | 4
            prednisone  | 2023-02-01 | 2023-02-05 | 40
            prednisone  | 2023-02-01 | 2023-02-10 |
            prednisone  | 2023-02-06 | 2023-02-10 | 20
        """,
        step="doses",
        expected="""
            drug        | supplied_days | first | last | max | mean | cumulative
            baricitinib | 10            | 4     | 4    | 4   | 4    | 40
            prednisone  | 10            |       | 20   |     |      |
        """,
    ),
    Case(
        name="sums are whole numbers of ng",
        about="Three days of 0.1 mg are 0.3 mg exactly.",
        exposures="""
            drug        | start_day  | end_day    | dose
            baricitinib | 2023-01-01 | 2023-03-31 | 4
            cyclosporin | 2023-02-01 | 2023-02-01 | 0.1
            cyclosporin | 2023-02-02 | 2023-02-02 | 0.1
            cyclosporin | 2023-02-03 | 2023-02-03 | 0.1
        """,
        step="doses",
        expected="""
            drug        | supplied_days | first | last | max | mean | cumulative
            baricitinib | 3             | 4     | 4    | 4   | 4    | 12
            cyclosporin | 3             | 0.1   | 0.1  | 0.1 | 0.1  | 0.3
        """,
    ),
    Case(
        name="supplied until observation_end",
        about="An ongoing exposure supplies its dose to observation_end.",
        observed_to="2023-02-10",
        exposures="""
            drug        | start_day  | end_day    | dose
            baricitinib | 2023-01-01 | 2023-03-31 | 4
            prednisone  | 2023-02-01 | ongoing    | 10
        """,
        step="doses",
        expected="""
            drug        | supplied_days | first | last | max | mean | cumulative
            baricitinib | 10            | 4     | 4    | 4   | 4    | 40
            prednisone  | 10            | 10    | 10   | 10  | 10   | 100
        """,
    ),
    Case(
        name="taken as ongoing, but not supplied",
        about="Supply that ran out ten days before observation_end makes the era ongoing, not itself longer.",
        observed_to="2023-03-10",
        exposures="""
            drug        | start_day  | end_day    | dose | end_rule
            baricitinib | 2023-01-01 | 2023-03-31 | 4    | recorded
            prednisone  | 2023-02-01 | 2023-02-28 | 10   | supply
        """,
        step="doses",
        expected="""
            drug        | supplied_days | first | last | max | mean | cumulative
            baricitinib | 38            | 4     | 4    | 4   | 4    | 152
            prednisone  | 28            | 10    | 10   | 10  | 10   | 280
        """,
    ),
)
