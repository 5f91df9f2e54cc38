"""How long was one anchor drug combined, with whatever partners? Pairs linked to courses."""

from cotreat.engine import Engine, TableName
from cotreat.episodes.segments import build_regimens
from cotreat.episodes.step import build_step


def build_courses(engine: Engine, pairs: TableName, roles: TableName) -> TableName:
    """Courses: counted pairs of one patient and one anchor drug, linked by common days.

    Parameters
    ----------
    engine
        Where the tables live.
    pairs
        One row per pair; those without ``course_key`` make no course.
    roles
        One row per drug in a role.
    """
    sets = build_step(engine, "partner_sets", sql="partner_sets", tables={"pairs": pairs, "roles": roles})
    tables = {
        "pairs": pairs,
        "partner_sets": sets,
        "partner_regimens": build_regimens(engine, sets, roles, name="partner_regimens"),
    }
    courses = build_step(engine, "courses", sql="courses", tables=tables)
    engine.drop("partner_sets", "partner_regimens")
    return courses
