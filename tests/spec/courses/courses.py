"""Courses: counted pairs of one anchor, linked by common days."""

from spec.case import Case

TITLE = "Courses: combinations of one anchor"

CASES = (
    Case(
        name="parallel partners",
        about="Two partners with common days are two pairs and one course; its days are counted once.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-06-30
            prednisone   | 2023-05-01 | 2023-09-30
        """,
        step="courses",
        expected="""
            anchor      | partners                  | n_pairs | start_day  | end_day    | duration_days
            baricitinib | methotrexate + prednisone | 2       | 2023-03-01 | 2023-09-30 | 214
        """,
    ),
    Case(
        name="a partner inside another's days",
        about="A short course within a combination lengthens nothing.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-06-30
            prednisone   | 2023-04-01 | 2023-04-10
        """,
        step="courses",
        expected="""
            partners                  | n_pairs | start_day  | end_day    | duration_days
            methotrexate + prednisone | 2       | 2023-03-01 | 2023-06-30 | 122
        """,
    ),
    Case(
        name="without a common day",
        about="A partner that starts on the day after the other's end starts a new course.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-04-30
            prednisone   | 2023-05-01 | 2023-06-30
        """,
        step="courses",
        expected="""
            partners     | n_pairs | start_day  | end_day    | duration_days
            methotrexate | 1       | 2023-03-01 | 2023-04-30 | 61
            prednisone   | 1       | 2023-05-01 | 2023-06-30 | 61
        """,
    ),
    Case(
        name="one common day",
        about="One common day links two pairs.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-05-01
            prednisone   | 2023-05-01 | 2023-06-30
        """,
        step="courses",
        expected="""
            partners                  | n_pairs | start_day  | end_day    | duration_days
            methotrexate + prednisone | 2       | 2023-03-01 | 2023-06-30 | 122
        """,
    ),
    Case(
        name="a chain",
        about="The first and the third partner share no day, but both share some with the second.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-02-01 | 2023-03-31
            prednisone   | 2023-03-15 | 2023-05-31
            cyclosporin  | 2023-05-15 | 2023-07-31
        """,
        step="courses",
        expected="""
            partners                                | n_pairs | start_day  | end_day    | duration_days
            cyclosporin + methotrexate + prednisone | 3       | 2023-02-01 | 2023-07-31 | 181
        """,
    ),
    Case(
        name="a partner twice in one course",
        about="A partner that comes back stands once in the course's set, with each of its pairs counted.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-02-01 | 2023-03-31
            prednisone   | 2023-03-15 | 2023-06-15
            methotrexate | 2023-06-01 | 2023-07-31
        """,
        step="courses",
        expected="""
            partners                  | n_pairs | start_day  | end_day    | duration_days
            methotrexate + prednisone | 3       | 2023-02-01 | 2023-07-31 | 181
        """,
    ),
    Case(
        name="two anchors",
        about="A course has one anchor drug: the same partner beside two anchors makes two courses.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            upadacitinib | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-04-30
        """,
        step="courses",
        expected="""
            anchor       | partners     | n_pairs | duration_days
            baricitinib  | methotrexate | 1       | 61
            upadacitinib | methotrexate | 1       | 61
        """,
    ),
    Case(
        name="the anchor paused",
        about="While the anchor is not taken nothing is combined: two anchor eras, two courses.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-03-31
            baricitinib  | 2023-06-01 | 2023-08-31
            methotrexate | 2023-01-15 | 2023-08-31
        """,
        step="courses",
        expected="""
            start_day  | end_day    | duration_days | order        | end
            2023-01-15 | 2023-03-31 | 76            | add_on       | anchor_stopped
            2023-06-01 | 2023-08-31 | 92            | anchor_added | both_stopped
        """,
    ),
    Case(
        name="a crossover is not counted",
        about="By default combinations and short courses are counted, crossovers are not.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-03-31
            methotrexate | 2023-03-15 | 2023-08-31
        """,
        step="courses",
        expected="""
            anchor | partners | n_pairs
        """,
    ),
    Case(
        name="a crossover that is counted",
        about="counted_kinds decides which kinds make courses.",
        parameters={"counted_kinds": ["combination", "short_course", "crossover"]},
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-03-31
            methotrexate | 2023-03-15 | 2023-08-31
        """,
        step="courses",
        expected="""
            partners     | start_day  | end_day    | duration_days | end
            methotrexate | 2023-03-15 | 2023-03-31 | 17            | anchor_stopped
        """,
    ),
    Case(
        name="short courses left out",
        about="With combinations only, a short course makes none.",
        parameters={"counted_kinds": ["combination"]},
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-03-01 | 2023-03-27
            cyclosporin  | 2023-06-01 | 2023-06-28
        """,
        step="courses",
        expected="""
            partners    | duration_days
            cyclosporin | 28
        """,
    ),
    Case(
        name="an uncounted pair does not link",
        about="Two short courses stay apart, though a crossover from before spans both.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-01-01 | 2023-01-10
            cyclosporin  | 2023-01-15 | 2023-01-25
            prednisone   | 2022-12-01 | 2023-01-20
        """,
        step="courses",
        expected="""
            partners     | n_pairs | start_day  | end_day    | duration_days | order
            methotrexate | 1       | 2023-01-01 | 2023-01-10 | 10            | simultaneous
            cyclosporin  | 1       | 2023-01-15 | 2023-01-25 | 11            | add_on
        """,
    ),
    Case(
        name="a counted crossover links",
        about="The same days with crossovers counted are one course.",
        parameters={"counted_kinds": ["combination", "short_course", "crossover"]},
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-01-01 | 2023-01-10
            cyclosporin  | 2023-01-15 | 2023-01-25
            prednisone   | 2022-12-01 | 2023-01-20
        """,
        step="courses",
        expected="""
            partners                                | n_pairs | start_day  | end_day    | duration_days
            cyclosporin + methotrexate + prednisone | 3       | 2023-01-01 | 2023-01-25 | 25
        """,
    ),
    Case(
        name="ongoing if one pair is",
        about="The course goes on while one partner does; its end is that of the pair that ends last.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-02-01 | 2023-03-31
            prednisone   | 2023-03-15 | ongoing
        """,
        step="courses",
        expected="""
            n_pairs | start_day  | end_day    | duration_days | is_ongoing | end
            2       | 2023-02-01 | 2023-06-30 | 150           | yes        | ongoing
        """,
    ),
    Case(
        name="ongoing, and a stop on the last day",
        about="Of pairs that end on the same day the ongoing one decides.",
        observed_to="2023-06-30",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | ongoing
            methotrexate | 2023-02-01 | 2023-06-30
            prednisone   | 2023-03-15 | ongoing
        """,
        step="courses",
        expected="""
            n_pairs | end_day    | is_ongoing | end
            2       | 2023-06-30 | yes        | ongoing
        """,
    ),
    Case(
        name="order from the first pair",
        about="Prednisone was there before the anchor; methotrexate, added later, does not change that.",
        exposures="""
            drug         | start_day  | end_day
            prednisone   | 2022-10-01 | 2023-02-28
            baricitinib  | 2023-01-01 | 2023-12-31
            methotrexate | 2023-02-01 | 2023-08-31
        """,
        step="courses",
        expected="""
            start_day  | end_day    | duration_days | order        | end
            2023-01-01 | 2023-08-31 | 243           | anchor_added | partner_stopped
        """,
    ),
    Case(
        name="end from the last pair to end",
        about="Methotrexate stopped first; the course ends when anchor and prednisone stop together.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-03-31
            prednisone   | 2023-03-15 | 2023-06-28
        """,
        step="courses",
        expected="""
            start_day  | end_day    | duration_days | order  | end
            2023-02-01 | 2023-06-28 | 148           | add_on | both_stopped
        """,
    ),
    Case(
        name="an earlier end does not count",
        about="Methotrexate stopped with the anchor; prednisone outlasted it, and its pair ends last.",
        exposures="""
            drug         | start_day  | end_day
            baricitinib  | 2023-01-01 | 2023-06-30
            methotrexate | 2023-02-01 | 2023-06-27
            prednisone   | 2023-03-15 | 2023-08-31
        """,
        step="courses",
        expected="""
            start_day  | end_day    | duration_days | order  | end
            2023-02-01 | 2023-06-30 | 150           | add_on | anchor_stopped
        """,
    ),
    Case(
        name="pairs that start and end together",
        about="Of pairs that share the course's first (last) day the level that is listed first counts.",
        exposures="""
            drug         | start_day  | end_day
            prednisone   | 2022-06-01 | 2023-12-31
            methotrexate | 2022-12-28 | 2023-06-30
            baricitinib  | 2023-01-01 | 2023-06-30
        """,
        step="courses",
        expected="""
            n_pairs | start_day  | end_day    | duration_days | order        | end
            2       | 2023-01-01 | 2023-06-30 | 181           | anchor_added | both_stopped
        """,
    ),
)
