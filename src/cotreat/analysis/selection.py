"""Which pairs a number is made of: filters, groups, readings, and rules for several pairs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cotreat.analysis.intervals import ProportionMethod
from cotreat.analysis.measures import compute_picking_rule
from cotreat.analysis.results import Unit
from cotreat.analysis.variables import VARIABLES
from cotreat.engine import Scalar
from cotreat.errors import UsageError

UNKNOWN_GROUP = "unknown"

UNIT_KEYS: Mapping[Unit, str] = {
    "pair": "s.pair_key",
    "course": "s.course_key",
    "patient": "s.patient_key",
    "event": "v.event_key",
}

# An unknown answer hides a better one, but not a complete response.
_RANK = (
    "CASE p.{column} WHEN 'complete' THEN 1 WHEN 'partial' THEN 3 WHEN 'none' THEN 4 "
    "WHEN 'unassessable' THEN 5 ELSE 2 END, s.pair_key"
)
# Without dates the first row is the first pair. A course goes on as long as one of its pairs does, so that
# pair speaks for it; one of unknown length is taken as the shortest. NULL is sorted by no two engines alike.
_ORDERS = {
    "first": "CASE WHEN p.start_day IS NULL THEN 1 ELSE 0 END, p.start_day, s.pair_key",
    "last": "CASE WHEN p.start_day IS NULL THEN 0 ELSE 1 END, p.start_day DESC, s.pair_key DESC",
    "longest": (
        "CASE WHEN p.is_ongoing = 1 THEN 0 ELSE 1 END, "
        "CASE WHEN p.duration_days IS NULL THEN 1 ELSE 0 END, p.duration_days DESC, s.pair_key"
    ),
    # Of pairs that end together one whose reason is known speaks for the course.
    "last_to_end": (
        "CASE WHEN p.is_ongoing = 1 THEN 0 ELSE 1 END, CASE WHEN p.end_day IS NULL THEN 1 ELSE 0 END, "
        "p.end_day DESC, CASE WHEN p.end_reason IS NULL THEN 1 ELSE 0 END, s.pair_key"
    ),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """The declared alternatives of one number, other than its unit of analysis.

    Attributes
    ----------
    short_courses
        Whether pairs that are known to be shorter than `min_overlap` count.
    ongoing
        Whether pairs that are known to be still going on count.
    merges_partners
        Whether the pairs of one course, parallel partners, are one combination: the first of a
        patient is then the first course, and of its answers the best counts.
    """

    short_courses: bool = True
    ongoing: bool = True
    merges_partners: bool = False


@dataclass(frozen=True)
class StudyTables:
    """How the numbers of one study, whose tables are in the engine, are computed.

    Attributes
    ----------
    proportion_interval
        Interval of a proportion that is neither none nor all.
    seed
        Start of the random numbers of the patient bootstrap.
    levels
        By measure, levels to show though nobody has them.
    criteria, weeks
        Criteria on scores that the study asks for, in its order, and the weeks at which it does.
    is_dated
        Whether the pairs were made from dated exposures; else they were declared.
    takes_best
        Whether the best of several judgements counts; else the last does.
    p_values
        Whether p-values are asked for.
    is_series
        Whether the patients were chosen for having had the combination.
    covariates
        Conditions for which rate ratios are adjusted, beside what they always are.
    memo
        Counts that were asked for before.
    months
        Times at which survival is shown.
    min_overlap
        Days from which an overlap is a combination.
    """

    proportion_interval: ProportionMethod
    seed: int
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    criteria: tuple[str, ...] = ()
    weeks: tuple[int, ...] = ()
    is_dated: bool = False
    takes_best: bool = False
    p_values: bool = False
    is_series: bool = False
    covariates: tuple[str, ...] = ()
    memo: dict[object, object] = field(default_factory=dict[object, object], compare=False)
    months: tuple[int, ...] = (6, 12, 24)
    min_overlap: int = 28


@dataclass(frozen=True, slots=True)
class Selection:
    """A query for the pairs that count: grp, pair_key, course_key, patient_key."""

    sql: str
    params: Mapping[str, Scalar]


def build_selection(
    *,
    unit: Unit,
    rule: str,
    column: str,
    where: Mapping[str, str],
    by: str,
    reading: Reading,
    every_kind: bool = False,
) -> Selection:
    """The query for the pairs behind a number; one pair per unit when the rule picks one.

    Parameters
    ----------
    unit
        Unit of analysis; the rule picks within it.
    rule
        any, first, last, best, longest, last_to_end, or empty.
    column
        Column of `pairs` that `best` looks at.
    where
        Variables and the level that each must have.
    by
        Variable that makes the groups; empty for one group.
    reading
        Pairs that are left out.
    every_kind
        Whether pairs of all kinds count; those that share days are then one course.

    Raises
    ------
    UsageError
        A filter or a group is not a variable of the study.
    """
    for name in (*where, *([by] if by else [])):
        if name not in VARIABLES:
            msg = f"`{name}` is not a variable; known: {', '.join(sorted(VARIABLES))}."
            raise UsageError(msg)
    conditions = ["1 = 1" if every_kind else "p.course_key IS NOT NULL"]
    params: dict[str, Scalar] = {}
    for place, (name, level) in enumerate(sorted(where.items())):
        params[f"level_{place}"] = level
        conditions.append(
            f"p.pair_key IN (SELECT w.pair_key FROM ({VARIABLES[name]}) AS w "
            f"WHERE w.is_known = 1 AND w.level = :level_{place})"
        )
    if not reading.short_courses:
        conditions.append("COALESCE(p.is_short_course, 0) = 0")
    if not reading.ongoing:
        conditions.append("COALESCE(p.is_ongoing, 0) = 0")
    sql = (
        f"SELECT {'g.grp' if by else repr('')} AS grp, p.pair_key, "
        f"{'k.link_key AS course_key' if every_kind else 'p.course_key'}, p.patient_key FROM pairs AS p "
        f"{'INNER JOIN linked_pairs AS k ON k.pair_key = p.pair_key' if every_kind else ''} "
        f"{f'INNER JOIN ({_groups(VARIABLES[by])}) AS g ON g.pair_key = p.pair_key' if by else ''} "
        f"WHERE {' AND '.join(conditions)}"
    )
    if reading.merges_partners and unit == "patient" and rule in ("first", "last"):
        chosen = _pick(sql, unit, rule, column)
        sql = (
            f"SELECT a.grp, a.pair_key, a.course_key, a.patient_key FROM ({sql}) AS a "
            f"INNER JOIN ({chosen}) AS b ON b.grp = a.grp AND b.course_key = a.course_key"
        )
        rule = "best"
    return Selection(_pick(sql, unit, rule, column), params)


def _groups(variable: str) -> str:
    """Each pair under its known levels; under `unknown` when none of its answers is known."""
    known = "g.is_known = 1 AND g.level IS NOT NULL"
    return (
        f"SELECT DISTINCT g.pair_key, g.level AS grp FROM ({variable}) AS g WHERE {known} UNION ALL "
        f"SELECT g.pair_key, '{UNKNOWN_GROUP}' AS grp FROM ({variable}) AS g GROUP BY g.pair_key "
        f"HAVING MAX(CASE WHEN {known} THEN 1 ELSE 0 END) = 0"
    )


def _pick(sql: str, unit: Unit, rule: str, column: str) -> str:
    """One pair per unit, the first in the order of the rule; all pairs under `any`."""
    word = compute_picking_rule(rule)
    if word in ("", "any"):
        return sql
    order = _RANK.format(column=column) if word == "best" else _ORDERS[word]
    return (
        "SELECT grp, pair_key, course_key, patient_key FROM ("
        f"SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.grp, {UNIT_KEYS[unit]} ORDER BY {order}) AS place "
        f"FROM ({sql}) AS s INNER JOIN pairs AS p ON p.pair_key = s.pair_key) AS ranked WHERE place = 1"
    )
