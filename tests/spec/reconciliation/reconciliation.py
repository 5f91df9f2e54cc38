"""The views hold the same days, counted in different ways.

From one view to the next those days are added or taken off that explain the difference, each counted for
itself and none as what is left over: `from` and the items between add up to `to`. What holds no days is not
listed here.
"""

from spec.case import Case

TITLE = "Reconciliation: where the days go"

CASES = (
    Case(
        name="a pair with a refill and a gap",
        about="Methotrexate: 31 + 30 days, 5 of them twice, and 10 bridged; 41 days beside baricitinib.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-02-10
            methotrexate | 2023-01-01 | 2023-01-31
            methotrexate | 2023-01-27 | 2023-02-10
            methotrexate | 2023-02-21 | 2023-03-07
        """,
        step="reconciliation",
        expected="""
            from_view | to_view     | item                | days
            exposures | eras        | from                | 102
            exposures | eras        | supplied_twice      | -5
            exposures | eras        | bridged             | 10
            exposures | eras        | to                  | 107
            eras      | segments    | from                | 107
            eras      | segments    | beside_another_drug | -41
            eras      | segments    | to                  | 66
            segments  | pairs       | from                | 66
            segments  | pairs       | not_combined        | -25
            segments  | pairs       | to                  | 41
            pairs     | courses     | from                | 41
            pairs     | courses     | to                  | 41
            segments  | lines       | from                | 66
            segments  | lines       | to                  | 66
            segments  | states      | from                | 66
            segments  | states      | untreated_after     | 115
            segments  | states      | to                  | 181
            combined  | combination | from                | 41
            combined  | combination | risk_window         | 30
            combined  | combination | to                  | 71
        """,
    ),
    Case(
        name="two partners at once, and one kind not counted",
        about="Parallel pairs hold their days twice, their course once; a crossover makes no course.",
        parameters={"risk_window": 0},
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-04-10
            methotrexate | 2023-01-01 | 2023-04-10
            dupilumab    | 2023-01-11 | 2023-03-31
            cyclosporin  | 2023-04-01 | 2023-05-10
        """,
        step="reconciliation",
        expected="""
            from_view | to_view     | item                | days
            exposures | eras        | from                | 320
            exposures | eras        | to                  | 320
            eras      | segments    | from                | 320
            eras      | segments    | beside_another_drug | -190
            eras      | segments    | to                  | 130
            segments  | pairs       | from                | 130
            segments  | pairs       | not_combined        | -30
            segments  | pairs       | in_parallel_pairs   | 90
            segments  | pairs       | to                  | 190
            pairs     | courses     | from                | 190
            pairs     | courses     | kind_not_counted    | -10
            pairs     | courses     | in_parallel_pairs   | -80
            pairs     | courses     | to                  | 100
            segments  | lines       | from                | 130
            segments  | lines       | to                  | 130
            segments  | states      | from                | 130
            segments  | states      | untreated_after     | 51
            segments  | states      | to                  | 181
            combined  | combination | from                | 100
            combined  | combination | to                  | 100
        """,
    ),
    Case(
        name="before observation, a gap, and supply taken as ongoing",
        about="Ten days lie before observation began; 20 untreated days are in a line and in person-time; "
        "15 days follow the last supply.",
        parameters={"grace_period": 15},
        observed_from="2023-01-11",
        observed_to="2023-04-30",
        exposures="""
            drug        | start_day  | end_day    | supply
            baricitinib | 2023-01-01 | 2023-02-28 |
            baricitinib | 2023-03-21 |            | 26
        """,
        step="reconciliation",
        expected="""
            from_view | to_view  | item              | days
            exposures | eras     | from              | 85
            exposures | eras     | taken_as_ongoing  | 15
            exposures | eras     | to                | 100
            eras      | segments | from              | 100
            eras      | segments | to                | 100
            segments  | pairs    | from              | 100
            segments  | pairs    | not_combined      | -100
            segments  | lines    | from              | 100
            segments  | lines    | short_untreated_gaps | 20
            segments  | lines    | to                | 120
            segments  | states   | from              | 100
            segments  | states   | not_observed      | -10
            segments  | states   | untreated_between | 20
            segments  | states   | to                | 110
        """,
    ),
)
