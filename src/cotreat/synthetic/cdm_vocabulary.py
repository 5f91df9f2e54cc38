"""The vocabulary of an invented CDM: its own concepts, which no real vocabulary has.

Their numbers lie above 2,000,000,000, where OMOP keeps room for what a site makes itself. ATC
codes, UCUM codes and the numbers of the units and sexes that OMOP defines are facts and stand
as they are.
"""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from cotreat.findings import Unparsed
from cotreat.readers.cells import compute_day
from cotreat.readers.dose import parse_dose
from cotreat.synthetic.plan import read_clinic
from cotreat.vocabulary import read_ae_terms, read_conditions, read_drugs, read_instruments, read_lab_tests

_FIRST = 2_000_000_000
_INGREDIENTS, _PRODUCTS, _ATC = _FIRST + 1_000, _FIRST + 2_000, _FIRST + 3_000
_TERMS = _FIRST + 4_000
_MILLIGRAM, _MILLILITER = 8576, 8587
_OWN, _FIRST_VALID, _LAST_VALID = "Invented", date(1970, 1, 1), date(2099, 12, 31)
# How UCUM writes the units of invented results.
_UCUM = MappingProxyType({"U/L": "U/L", "g/dL": "g/dL", "10^9/L": "10*9/L"})
_DOMAINS = {
    "disease": "Condition",
    "condition": "Condition",
    "adverse_event": "Condition",
    "laboratory": "Measurement",
    "instrument": "Measurement",
    "unit": "Unit",
}


@dataclass(frozen=True, slots=True)
class InventedConcept:
    """One concept of the invented vocabulary.

    Attributes
    ----------
    concept_id, name, code
        Number, name and code.
    domain, vocabulary, concept_class
        As OMOP groups concepts.
    standard
        ``S`` standard, ``C`` a class.
    """

    concept_id: int
    name: str
    code: str
    domain: str
    vocabulary: str
    concept_class: str
    standard: str = "S"


@cache
def read_synthetic_concepts() -> Mapping[str, Mapping[str, int]]:
    """Numbers of invented concepts, by what they are and by term.

    Returns
    -------
    Mapping
        Under ``drug, disease, condition, adverse_event, laboratory, instrument`` and
        ``unit``, each term of the invented patients.
    """
    clinic = read_clinic()
    terms = {
        "disease": [row["disease"] for row in clinic["disease"]],
        "condition": [row["term"] for row in clinic["condition"]],
        "adverse_event": [term for row in clinic["adverse_event"] for term in row["terms"]],
        "laboratory": [row["test"] for row in clinic["laboratory"]],
        "instrument": [row["instrument"].lower() for row in clinic["disease"]],
        "unit": [row["unit"] for row in clinic["laboratory"]],
    }
    found: dict[str, Mapping[str, int]] = {
        "drug": {drug: _INGREDIENTS + n for n, drug in enumerate(_drugs(), start=1)}
    }
    number = _TERMS
    for purpose, named in terms.items():
        held: dict[str, int] = {}
        for term in sorted(set(named)):
            number += 1
            held[term] = number
        found[purpose] = held
    return found


def build_cdm_plan() -> Mapping[str, pa.Table]:
    """Small tables that the persons of the CDM are made with: products, terms and months."""
    concepts = read_synthetic_concepts()
    products = [
        {"drug": drug, "dose_text": dose, "product_id": product}
        for product, (drug, dose) in enumerate(_products(), start=_PRODUCTS + 1)
    ]
    terms = [
        {"purpose": purpose, "term": term, "concept_id": number}
        for purpose, named in concepts.items()
        for term, number in named.items()
    ]
    return {
        "products": pa.Table.from_pylist(products),
        "cdm_terms": pa.Table.from_pylist(terms),
        "months": pa.Table.from_pylist(list(_months())),
    }


def build_vocabulary_tables() -> Mapping[str, pa.Table]:
    """The tables of the vocabulary, and what the CDM says of itself, under the CDM's own names."""
    concepts = [
        {
            "concept_id": one.concept_id,
            "concept_name": one.name,
            "domain_id": one.domain,
            "vocabulary_id": one.vocabulary,
            "concept_class_id": one.concept_class,
            "standard_concept": one.standard,
            "concept_code": one.code,
            "valid_start_date": _FIRST_VALID,
            "valid_end_date": _LAST_VALID,
            "invalid_reason": None,
        }
        for one in _concepts()
    ]
    return {
        "concept": pa.Table.from_pylist(concepts, schema=_CONCEPT),
        "concept_ancestor": pa.Table.from_pylist(list(_ancestors())),
        "drug_strength": pa.Table.from_pylist(list(_strengths()), schema=_STRENGTH),
        "cdm_source": pa.table(
            {
                "cdm_source_name": ["Invented patients of cotreat"],
                "cdm_source_abbreviation": ["invented"],
                "cdm_version": ["5.4"],
                "vocabulary_version": ["invented"],
                "cdm_release_date": [read_clinic()["cutoff"]],
                "source_release_date": [read_clinic()["cutoff"]],
            }
        ),
    }


_CONCEPT = pa.schema(
    [
        ("concept_id", pa.int64()),
        *((name, pa.string()) for name in ("concept_name", "domain_id", "vocabulary_id")),
        *((name, pa.string()) for name in ("concept_class_id", "standard_concept", "concept_code")),
        ("valid_start_date", pa.date32()),
        ("valid_end_date", pa.date32()),
        ("invalid_reason", pa.string()),
    ]
)
_STRENGTH = pa.schema(
    [
        ("drug_concept_id", pa.int64()),
        ("ingredient_concept_id", pa.int64()),
        ("amount_value", pa.float64()),
        ("amount_unit_concept_id", pa.int64()),
        ("numerator_value", pa.float64()),
        ("numerator_unit_concept_id", pa.int64()),
        ("denominator_value", pa.float64()),
        ("denominator_unit_concept_id", pa.int64()),
        ("valid_start_date", pa.date32()),
        ("valid_end_date", pa.date32()),
        ("invalid_reason", pa.string()),
    ]
)


def _drugs() -> Sequence[str]:
    return sorted(str(drug["drug"]) for drug in read_clinic()["drug"])


def _products() -> Sequence[tuple[str, str]]:
    """A product for each dose of each drug."""
    doses = {str(drug["drug"]): drug["doses"] for drug in read_clinic()["drug"]}
    return [(drug, dose) for drug in _drugs() for dose in doses[drug]]


def _atc_levels() -> Mapping[str, int]:
    """ATC codes of the drugs, and the classes above them (L04AF, L04A, ...)."""
    codes = sorted(
        {drug.atc[0][:n] for name in _drugs() if (drug := read_drugs()[name]).atc for n in (4, 5, 7)}
    )
    return {code: number for number, code in enumerate(codes, start=_ATC + 1)}


def _concepts() -> Iterator[InventedConcept]:
    concepts, known = read_synthetic_concepts(), read_drugs()
    for drug, number in concepts["drug"].items():
        yield InventedConcept(number, known[drug].name, str(number), "Drug", _OWN, "Ingredient")
    for number, (drug, dose) in enumerate(_products(), start=_PRODUCTS + 1):
        name = f"{known[drug].name} {dose}"
        yield InventedConcept(number, name, str(number), "Drug", _OWN, "Clinical Drug")
    for code, number in _atc_levels().items():
        place = {4: "ATC 3rd", 5: "ATC 4th", 7: "ATC 5th"}[len(code)]
        yield InventedConcept(number, code, code, "Drug", "ATC", place, "C")
    for purpose, domain in _DOMAINS.items():
        for term, number in concepts[purpose].items():
            is_unit = purpose == "unit"
            yield InventedConcept(
                number,
                _UCUM[term] if is_unit else _name(purpose, term),
                _UCUM[term] if is_unit else str(number),
                domain,
                "UCUM" if is_unit else _OWN,
                "Unit" if is_unit else "Invented",
            )
    yield InventedConcept(_MILLIGRAM, "milligram", "mg", "Unit", "UCUM", "Unit")
    yield InventedConcept(_MILLILITER, "milliliter", "mL", "Unit", "UCUM", "Unit")


def _name(purpose: str, term: str) -> str:
    if purpose == "adverse_event":
        return f"{read_ae_terms()[term].name} (new)"
    if purpose == "laboratory":
        return read_lab_tests()[term].name
    return read_instruments()[term].name if purpose == "instrument" else read_conditions()[term].name


def _ancestors() -> Iterator[Mapping[str, int]]:
    """Every concept is below itself, products below their ingredient, ingredients below their ATC codes."""
    ingredients, codes = read_synthetic_concepts()["drug"], _atc_levels()
    parents: dict[int, list[tuple[int, int]]] = {one.concept_id: [] for one in _concepts()}
    for drug, number in ingredients.items():
        for code in read_drugs()[drug].atc[:1]:
            parents[number] += [(codes[code[:n]], level) for level, n in enumerate((7, 5, 4), start=1)]
    for code, number in codes.items():
        lengths = [n for n in (5, 4) if n < len(code)]
        parents[number] += [(codes[code[:n]], level) for level, n in enumerate(lengths, start=1)]
    for product, (drug, _) in enumerate(_products(), start=_PRODUCTS + 1):
        above = parents[ingredients[drug]]
        parents[product] += [(ingredients[drug], 1), *((number, level + 1) for number, level in above)]
    for number, above in sorted(parents.items()):
        for ancestor, level in [(number, 0), *above]:
            yield {
                "ancestor_concept_id": ancestor,
                "descendant_concept_id": number,
                "min_levels_of_separation": level,
                "max_levels_of_separation": level,
            }


def _strengths() -> Iterator[Mapping[str, Any]]:
    """A piece of each product holds what is taken at once."""
    ingredients = read_synthetic_concepts()["drug"]
    for product, (drug, text) in enumerate(_products(), start=_PRODUCTS + 1):
        dose = parse_dose(text)
        if isinstance(dose, Unparsed) or dose.mg_per_day is None or dose.interval_days is None:
            msg = f"The dose {text!r} of clinic.toml is not read."
            raise ValueError(msg)
        yield {
            "drug_concept_id": product,
            "ingredient_concept_id": ingredients[drug],
            "amount_value": float(dose.mg_per_day * dose.interval_days),
            "amount_unit_concept_id": _MILLIGRAM,
            "valid_start_date": _FIRST_VALID,
            "valid_end_date": _LAST_VALID,
        }


def _months() -> Iterator[Mapping[str, int]]:
    """Months in which somebody may be born."""
    for year in range(1900, read_clinic()["cutoff"].year + 1):
        for month in range(1, 13):
            first = compute_day(date(year, month, 1))
            days = calendar.monthrange(year, month)[1]
            yield {"year": year, "month": month, "first_day": first, "last_day": first + days - 1}
