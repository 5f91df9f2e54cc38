"""How much of a drug is in one unit of a product: ``drug_strength``, in ng."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pyarrow as pa

from cotreat.readers.omop.concept_sets import Vocabulary
from cotreat.readers.omop.views import NoView
from cotreat.vocabulary import read_drugs

_NG_PER_MG = 1_000_000
_HOURS_PER_DAY = 24
_MOST_NG = 10**15  # one kilogram

# Numbers of concepts in every OMOP vocabulary.
_NG_PER_UNIT = {
    8576: Fraction(_NG_PER_MG),  # milligram
    9655: Fraction(1000),  # microgram
    8504: Fraction(10**9),  # gram
}
_HOUR = 8505
_BY_QUANTITY = frozenset({0, 8576, 8587, 45744809})  # none, milligram, milliliter, actuation

_STRENGTHS = pa.schema(
    [(name, pa.int64()) for name in ("drug_no", "concept_id", "ng_per_unit", "ng_per_day")]
)


def build_strengths(vocabulary: Vocabulary, concepts: pa.Table) -> pa.Table:
    """``drug_no, concept_id, ng_per_unit, ng_per_day``: one row per product with a known strength.

    Parameters
    ----------
    vocabulary
        Has the strengths.
    concepts
        ``drug_no, concept_id, place``: one row per drug and concept.

    Notes
    -----
    The conventions of the OMOP CDM for drug dose: the quantity of a record counts pieces (tablets,
    puffs, packs of a stated volume) or millilitres and milligrams, so that the amount, or the
    numerator of the concentration, times the quantity is what was supplied. What is released over
    time (a denominator in hours) has a daily dose of its own: 25 µg per hour are 0.6 mg per day.
    Units of activity such as IU have no mass; their dose is unknown, and so is that of a product
    with two ingredients of one drug.
    """
    work = vocabulary.work
    if isinstance(vocabulary.drug_strength, NoView):
        return _STRENGTHS.empty_table()
    held = work.load("strength_concepts", concepts)
    table = work.build("strengths", {"drug_strength": vocabulary.drug_strength.name, "drug_concepts": held})
    found: dict[tuple[int, int], list[tuple[int, int] | None]] = {}
    for row in work.fetch(f"SELECT * FROM {table}").to_pylist():
        found.setdefault((row["drug_no"], row["concept_id"]), []).append(compute_strength(row))
    rows = [
        {
            "drug_no": drug_no,
            "concept_id": concept_id,
            "ng_per_unit": known[0] or None,
            "ng_per_day": known[1] or None,
        }
        for (drug_no, concept_id), strengths in sorted(found.items())
        if len(strengths) == 1 and (known := strengths[0]) is not None
    ]
    return pa.Table.from_pylist(rows, schema=_STRENGTHS)


def compute_strength(row: Mapping[str, Any]) -> tuple[int, int] | None:
    """Ng in one unit of the quantity, and ng released in a day; one of them is 0, and both unknown None.

    Parameters
    ----------
    row
        One row of ``drug_strength``.

    Examples
    --------
    >>> compute_strength({"amount": 15.0, "amount_unit": 8576})
    (15000000, 0)
    """
    unit = row.get("denominator_unit") or 0
    if row.get("amount"):
        return _known(_ng(row["amount"], row.get("amount_unit")), Fraction(0))
    amount = _ng(row.get("numerator"), row.get("numerator_unit"))
    if amount is None:
        return None
    if unit == _HOUR:
        hours = Fraction(row.get("denominator") or 1)
        return _known(Fraction(0), amount * _HOURS_PER_DAY / hours) if hours > 0 else None
    return _known(amount, Fraction(0)) if unit in _BY_QUANTITY else None


def _ng(value: float | None, unit: int | None) -> Fraction | None:
    if not value or value <= 0 or unit not in _NG_PER_UNIT:
        return None
    # The decimal that was written, not the nearest binary fraction of it.
    return Fraction(repr(value)) * _NG_PER_UNIT[unit]


def _known(per_unit: Fraction | None, per_day: Fraction) -> tuple[int, int] | None:
    if per_unit is None or not 0 < per_unit + per_day < _MOST_NG:
        return None
    return round(per_unit), round(per_day)


def compute_plausible_doses(levels: Sequence[str]) -> Sequence[tuple[int, int]]:
    """For each drug, the lowest and the highest plausible dose in ng per day; generous, for flagging."""
    known = read_drugs()
    ranges: list[tuple[int, int]] = []
    for level in levels:
        drug = known.get(level)
        low = drug.mg_day_low if drug and drug.mg_day_low is not None else 0.0
        high = drug.mg_day_high if drug and drug.mg_day_high is not None else _MOST_NG / _NG_PER_MG
        ranges.append((round(low * _NG_PER_MG), round(high * _NG_PER_MG)))
    return ranges
