"""Pairs: which overlaps there are, and of what kind."""

from spec.case import Case

TITLE = "Pairs: the kinds of an overlap"

CASES = (
    Case(
        name="exactly min_overlap",
        about="28 common days are a combination; the pair lasts from the later start to the earlier end.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-03-28
        """,
        step="pairs",
        expected="""
            anchor      | partner      | start_day  | end_day    | duration_days | kind
            baricitinib | methotrexate | 2023-03-01 | 2023-03-28 | 28            | combination
        """,
    ),
    Case(
        name="one day short of min_overlap",
        about="27 common days inside the anchor's era are a short course.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-03-27
        """,
        step="pairs",
        expected="""
            regimen                    | duration_days | kind         | is_short_course
            baricitinib + methotrexate | 27            | short_course | yes
        """,
    ),
    Case(
        name="min_overlap 1",
        about="With min_overlap 1 a single common day is a combination.",
        parameters={"min_overlap": 1},
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-03-31
            methotrexate | 2023-03-31 | 2023-08-31
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind        | is_short_course
            2023-03-31 | 2023-03-31 | 1             | combination | no
        """,
    ),
    Case(
        name="no common day",
        about="Drugs on adjacent days do not overlap: there is no pair.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-03-31
            methotrexate | 2023-04-01 | 2023-08-31
        """,
        step="pairs",
        expected="""
            anchor | partner | kind
        """,
    ),
    Case(
        name="a switch with a bridge",
        about="Fewer than min_overlap days, and the drug that started first stops first: a crossover.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-03-31
            methotrexate | 2023-03-15 | 2023-08-31
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind      | is_short_course
            2023-03-15 | 2023-03-31 | 17            | crossover | yes
        """,
    ),
    Case(
        name="a switch the other way",
        about="A partner that gives way to the anchor is a crossover too.",
        exposures="""
            drug        | start_day  | end_day
            prednisone  | 2023-01-01 | 2023-03-31
            baricitinib | 2023-03-31 | 2023-08-31
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-03-31 | 2023-03-31 | 1             | crossover
        """,
    ),
    Case(
        name="inside, with the same start",
        about="An era lies wholly inside another also when both start on one day.",
        exposures="""
            drug        | start_day  | end_day
            prednisone  | 2023-01-01 | 2023-01-20
            baricitinib | 2023-01-01 | 2023-06-30
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-01-01 | 2023-01-20 | 20            | short_course
        """,
    ),
    Case(
        name="inside, with the same end",
        about="And also when both stop on one day.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-06-30
            prednisone  | 2023-06-15 | 2023-06-30
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-06-15 | 2023-06-30 | 16            | short_course
        """,
    ),
    Case(
        name="the same days",
        about="Two eras of the same ten days lie inside each other.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-01-10
            prednisone  | 2023-01-01 | 2023-01-10
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-01-01 | 2023-01-10 | 10            | short_course
        """,
    ),
    Case(
        name="the anchor inside the partner",
        about="It does not matter which of the two is the shorter.",
        exposures="""
            drug         | start_day  | end_day
            methotrexate | 2023-01-01 | 2023-12-31
            upadacitinib | 2023-03-01 | 2023-03-10
        """,
        step="pairs",
        expected="""
            anchor       | partner      | duration_days | kind
            upadacitinib | methotrexate | 10            | short_course
        """,
    ),
    Case(
        name="both ongoing, too short to tell",
        about="Where both go on after fewer than min_overlap days, the kind is not known yet.",
        observed_to="2023-03-20",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-03-15 | ongoing
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | is_ongoing | kind         | is_short_course
            2023-03-15 | 2023-03-20 | 6             | yes        | undetermined | yes
        """,
    ),
    Case(
        name="both ongoing, long enough",
        about="After min_overlap days the pair is a combination, whatever happens later.",
        observed_to="2023-04-11",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-03-15 | ongoing
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | is_ongoing | kind
            2023-03-15 | 2023-04-11 | 28            | yes        | combination
        """,
    ),
    Case(
        name="known only later",
        about="At an earlier cut-off, before the anchor's stop is recorded, the crossover is undetermined.",
        observed_to="2023-03-20",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-03-31
            methotrexate | 2023-03-15 | 2023-08-31
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | is_ongoing | kind
            2023-03-15 | 2023-03-20 | 6             | yes        | undetermined
        """,
    ),
    Case(
        name="the partner stopped inside an ongoing anchor",
        about="With the anchor ongoing, a partner that came and went is a short course.",
        observed_to="2023-06-30",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | ongoing
            prednisone  | 2023-03-01 | 2023-03-10
        """,
        step="pairs",
        expected="""
            duration_days | is_ongoing | kind         | end
            10            | no         | short_course | partner_stopped
        """,
    ),
    Case(
        name="the earlier drug stopped, the later is ongoing",
        about="With one drug ongoing the other's stop tells that it was a crossover.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-20
            methotrexate | 2023-06-15 | ongoing
        """,
        step="pairs",
        expected="""
            duration_days | is_ongoing | kind      | end
            6             | no         | crossover | anchor_stopped
        """,
    ),
    Case(
        name="bridged days are common days",
        about="Two weeks of supply bridged by a gap make 28 common days, a combination.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-03-07
            methotrexate | 2023-03-22 | 2023-03-28
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-03-01 | 2023-03-28 | 28            | combination
        """,
    ),
    Case(
        name="29 February is a common day",
        about="5 February to 3 March are 28 days in a leap year, 27 in another.",
        exposures="""
            patient | drug         | start_day  | end_day
            leap    | baricitinib  | 2024-01-01 | 2024-12-30
            leap    | methotrexate | 2024-02-05 | 2024-03-03
            other   | baricitinib  | 2023-01-01 | 2023-12-30
            other   | methotrexate | 2023-02-05 | 2023-03-03
        """,
        step="pairs",
        expected="""
            patient | duration_days | kind
            leap    | 28            | combination
            other   | 27            | short_course
        """,
    ),
    Case(
        name="each era its own pair",
        about="A partner taken twice during one anchor era makes two pairs.",
        exposures="""
            drug        | start_day  | end_day
            baricitinib | 2023-01-01 | 2023-12-31
            prednisone  | 2023-02-01 | 2023-02-10
            prednisone  | 2023-06-01 | 2023-06-30
        """,
        step="pairs",
        expected="""
            start_day  | end_day    | duration_days | kind
            2023-02-01 | 2023-02-10 | 10            | short_course
            2023-06-01 | 2023-06-30 | 30            | combination
        """,
    ),
    Case(
        name="each drug its own pair",
        about="Every anchor is paired with every partner that it overlaps; two of one role are no pair.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            upadacitinib | 2023-06-01 | 2023-12-31
            methotrexate | 2023-01-01 | 2023-12-31
            prednisone   | 2023-03-01 | 2023-04-30
            cetirizine   | 2023-01-01 | 2023-12-31
        """,
        step="pairs",
        expected="""
            anchor       | partner      | start_day  | end_day    | duration_days | kind
            baricitinib  | methotrexate | 2023-01-01 | 2023-06-30 | 181           | combination
            baricitinib  | prednisone   | 2023-03-01 | 2023-04-30 | 61            | combination
            upadacitinib | methotrexate | 2023-06-01 | 2023-12-31 | 214           | combination
        """,
    ),
)
