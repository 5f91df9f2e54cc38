"""Episodes of a case table, where pairs and courses are declared, not derived."""

from importlib.resources import files
from typing import cast

import pyarrow as pa

from cotreat.engine import Engine, TableName
from cotreat.errors import ProtocolError

_MOST_DRUGS = 52  # a sum of so many bits is exact in a double


def _sql(name: str) -> str:
    return files("cotreat.episodes").joinpath(name).read_text(encoding="utf-8")


def build_declared_pairs(engine: Engine, declared_pairs: TableName, *, min_overlap: int) -> TableName:
    """Pairs: one per declared case, in the shape that dated sources give too.

    Parameters
    ----------
    engine
        Where the tables live.
    declared_pairs
        One row per case of a case table.
    min_overlap
        Days below which a pair is flagged as a short course.

    Raises
    ------
    ProtocolError
        `min_overlap` is less than one day.
    """
    if min_overlap < 1:
        msg = f"`episodes.min_overlap` is {min_overlap}; it must be at least 1 day."
        raise ProtocolError(msg)
    sql = _sql("declared_pairs.sql").replace("declared_pairs AS d", f"{declared_pairs} AS d")
    return engine.create("pairs", sql, {"min_overlap": min_overlap})


def build_declared_courses(engine: Engine, pairs: TableName) -> TableName:
    """Courses: the cases of one patient on one anchor that the table declares to be one.

    Parameters
    ----------
    engine
        Where the tables live.
    pairs
        One row per declared pair.

    Raises
    ------
    ProtocolError
        The cases name more than 52 partner drugs.
    """
    found = engine.fetch(f"SELECT DISTINCT partner FROM {pairs}")
    drugs = sorted(str(drug) for drug in found.column("partner").to_pylist())
    if len(drugs) > _MOST_DRUGS:
        msg = f"The cases name {len(drugs)} partner drugs; at most {_MOST_DRUGS} can be followed."
        raise ProtocolError(msg)
    bits = {drug: 1 << place for place, drug in enumerate(drugs)}
    engine.load(
        "partner_bits",
        pa.table(
            {
                "partner": pa.array(drugs, pa.string()),
                "bit": pa.array(map(float, bits.values()), pa.float64()),
            }
        ),
    )
    masks = engine.fetch(
        "SELECT DISTINCT CAST(SUM(bit) AS BIGINT) AS mask FROM "
        f"(SELECT DISTINCT p.course_key, p.partner, b.bit FROM {pairs} AS p "
        "INNER JOIN partner_bits AS b ON b.partner = p.partner) AS members GROUP BY course_key"
    )
    sets = sorted(cast("list[int]", masks.column("mask").to_pylist()))
    names = [" + ".join(drug for drug, bit in bits.items() if mask & bit) for mask in sets]
    engine.load(
        "partner_sets",
        pa.table({"mask": pa.array(sets, pa.int64()), "partners": pa.array(names, pa.string())}),
    )
    courses = engine.create("courses", _sql("declared_courses.sql"))
    engine.drop("partner_bits", "partner_sets")
    return courses
