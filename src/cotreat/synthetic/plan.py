"""Scenarios, drugs and words as small tables beside which the invented patients are drawn."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import pyarrow as pa

from cotreat.engine import DuckDBEngine
from cotreat.findings import Unparsed
from cotreat.readers.dose import parse_dose
from cotreat.synthetic.scenarios import (
    FIRST_OBSERVED_DAY,
    MOST_EVENTS,
    Layer,
    Scenario,
    read_record_styles,
    read_scenarios,
    read_slots,
)
from cotreat.vocabulary import read_ae_terms, read_conditions, read_drugs, read_lab_tests

Row = Mapping[str, Any]

_NG_PER_MG = 1_000_000
# A number below 2^32 to another: a one-to-one mixing of its bits in whole numbers, the same on every machine
# and in every version of the database, which its own hash functions do not promise.
_MACROS = (
    "CREATE OR REPLACE TEMP MACRO scramble(x) AS xor(x >> 16, x) * 73244475 & 4294967295",
    "CREATE OR REPLACE TEMP MACRO mixed(x) AS xor(scramble(scramble(x)) >> 16, scramble(scramble(x)))",
    "CREATE OR REPLACE TEMP MACRO luck_of(patient, seed) AS mixed(xor(mixed(patient & 4294967295), seed))",
    "CREATE OR REPLACE TEMP MACRO draw(luck, place) AS mixed((luck + place * 2654435769) & 4294967295)",
)


def build_plan(engine: DuckDBEngine) -> tuple[str, ...]:
    """The tables that invented patients are drawn from, and the drawing itself as macros; their names.

    Notes
    -----
    ``draw(luck, place)`` is a number from 0 to 2^32 - 1 for each place of a patient's
    (or an era's) luck, which comes from the seed and the patient's number alone: no
    patient depends on another or on how many there are.
    """
    for macro in _MACROS:
        engine.connection.execute(macro)
    scenarios = read_scenarios()
    tables = {**_scenario_tables(scenarios), **_drug_tables(), **_clinic_tables()}
    for name, rows in tables.items():
        engine.load(f"synthetic_{name}", pa.Table.from_pylist([dict(row) for row in rows]))
    return tuple(f"synthetic_{name}" for name in tables)


def compute_seed(seed: int) -> int:
    """A number below 2^32 for any seed; seeds that are near each other give numbers that are not."""
    return int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:4], "big")


@cache
def read_clinic() -> Mapping[str, Any]:
    """Drugs, diseases, events and words of invented patients, as ``clinic.toml`` has them."""
    return tomllib.loads(files("cotreat.synthetic").joinpath("clinic.toml").read_text(encoding="utf-8"))


def _scenario_tables(scenarios: Sequence[Scenario]) -> Mapping[str, Sequence[Row]]:
    numbered = list(enumerate(scenarios, start=1))
    weighed = [(key, s.name) for key, s in numbered for _ in range(s.weight)]
    return {
        "scenario_slots": [
            {"slot": slot, "scenario_key": key, "scenario": name} for slot, (key, name) in enumerate(weighed)
        ],
        "timelines": [_timeline(key, s) for key, s in numbered],
        "scenario_eras": [row for key, s in numbered for row in _eras(key, s)],
        "scenario_pairs": [row for key, s in numbered for row in _pairs(key, s)],
        "scenario_courses": [row for key, s in numbered for row in _courses(key, s)],
        **_record_tables(),
    }


def _timeline(key: int, scenario: Scenario) -> Row:
    """Days from event to event, the first of no importance; those that are missing are no days long."""
    gaps = [(event.least_days, event.most_days - event.least_days + 1) for event in scenario.timeline]
    gaps += [(0, 1)] * (MOST_EVENTS - len(gaps))
    least = {f"least_{n}": least for n, (least, _) in enumerate(gaps, start=1)}
    choices = {f"choices_{n}": choices for n, (_, choices) in enumerate(gaps, start=1)}
    observed = scenario.event(FIRST_OBSERVED_DAY)
    is_open = int(scenario.is_open)
    return {"scenario_key": key, "is_open": is_open, "first_observed_event": observed, **least, **choices}


def _eras(key: int, scenario: Scenario) -> Iterable[Row]:
    slots = read_slots()
    pools = sorted(str(drug["pool"]) for drug in read_clinic()["drug"])
    for number, era in enumerate(scenario.eras, start=1):
        slot = slots[era.slot]
        yield {
            "scenario_key": key,
            "era": number,
            "first_place": pools.index(slot.pool),
            "places": pools.count(slot.pool),
            "shift": slot.shift,
            "first_event": era.first_event,
            "last_event": era.last_event,
            "is_ongoing": int(era.is_ongoing),
        }


def _pairs(key: int, scenario: Scenario) -> Iterable[Row]:
    places = {era.label: n for n, era in enumerate(scenario.eras, start=1)}
    for number, pair in enumerate(scenario.pairs, start=1):
        yield {
            "scenario_key": key,
            "pair": number,
            "anchor_era": places[pair.anchor],
            "partner_era": places[pair.partner],
            "first_event": pair.first_event,
            "last_event": pair.last_event,
            "kind": pair.kind,
            "order": pair.order,
            "end": pair.end,
            "is_ongoing": int(pair.end == "ongoing"),
        }


def _courses(key: int, scenario: Scenario) -> Iterable[Row]:
    places = {era.label: n for n, era in enumerate(scenario.eras, start=1)}
    for number, course in enumerate(scenario.courses, start=1):
        yield {
            "scenario_key": key,
            "course": number,
            "anchor_era": places[course.anchor],
            "partner_1_era": places[course.partners[0]],
            "partner_2_era": places[course.partners[1]] if len(course.partners) > 1 else None,
            "n_pairs": course.n_pairs,
            "first_event": course.first_event,
            "last_event": course.last_event,
            "order": course.order,
            "end": course.end,
            "is_ongoing": int(course.end == "ongoing"),
        }


def _record_tables() -> Mapping[str, Sequence[Row]]:
    styles = read_record_styles()
    layers: list[Row] = []
    slots: Mapping[bool, list[Row]] = {False: [], True: []}
    for style in styles:
        first = len(layers) + 1
        layers += [{"layer_key": n, **_layer(layer)} for n, layer in enumerate(style.layers, start=first)]
        record = {"record": style.name, "first_layer_key": first, "last_layer_key": len(layers)}
        slots[False].extend([record] * style.weight)
        slots[True].extend([record] * style.ongoing)
    # A hundred slots of an era that stopped, and a hundred of one that goes on.
    numbered = [{"slot": n, **record} for n, record in enumerate([*slots[False], *slots[True]])]
    return {"record_layers": layers, "record_slots": numbered}


def _layer(layer: Layer) -> Row:
    return {
        "every": layer.every,
        "lasts": layer.lasts,
        "shorter_by": layer.shorter_by,
        "copies": layer.copies,
        "has_supply": int(layer.supply),
    }


def _drug_tables() -> Mapping[str, Sequence[Row]]:
    """The drugs, numbered in the order of their names, and their doses as the reader of doses reads them."""
    clinic, known = read_clinic(), read_drugs()
    listed = sorted(clinic["drug"], key=lambda drug: str(drug["drug"]))
    by_pool = sorted(listed, key=lambda drug: str(drug["pool"]))
    drugs: list[Row] = []
    doses: list[Row] = []
    for key, drug in enumerate(listed, start=1):
        first = len(doses) + 1
        doses += [{"dose_key": n, **_dose(text)} for n, text in enumerate(drug["doses"], start=first)]
        drugs.append(
            {
                "drug_key": key,
                "drug": drug["drug"],
                "drug_name": known[drug["drug"]].name,
                "pool": drug["pool"],
                "place": by_pool.index(drug),
                "role": clinic["roles"].get(drug["pool"]),
                "route": drug["route"],
                "first_dose_key": first,
                "last_dose_key": len(doses),
            }
        )
    return {"drugs": drugs, "doses": doses}


def _dose(text: str) -> Row:
    dose = parse_dose(text)
    if isinstance(dose, Unparsed) or dose.mg_per_day is None or dose.interval_days is None:
        msg = f"The dose {text!r} of clinic.toml is not read."
        raise ValueError(msg)
    return {
        "dose_text": text,
        "dose_mg": dose.mg_per_day * dose.interval_days,
        "dose_interval_days": dose.interval_days,
        "dose_ng_day": round(dose.mg_per_day * _NG_PER_MG),
    }


def _clinic_tables() -> Mapping[str, Sequence[Row]]:
    clinic, conditions, drugs, events = read_clinic(), read_conditions(), read_drugs(), read_ae_terms()
    words = [*clinic["reasons"]["started"].items(), *clinic["reasons"]["ended"].items()]
    reasons = [
        {"reason_key": n, "level": level, "words": text} for n, (level, text) in enumerate(words, start=1)
    ]
    return {
        "reasons": reasons,
        "diseases": [
            {"disease_key": n + 1, "place": n, "disease_name": conditions[row["disease"]].name, **row}
            for n, row in enumerate(clinic["disease"])
        ],
        "condition_list": [
            {
                "condition_key": n,
                "term_name": conditions[row["term"]].name,
                "kind": conditions[row["term"]].kind,
                **row,
            }
            for n, row in enumerate(clinic["condition"])
        ],
        "event_terms": [
            {
                "pool": row["pool"],
                "percent": row["percent"],
                "place": place,
                "choices": len(row["terms"]),
                "term": term,
                "term_name": events[term].name,
            }
            for row in clinic["adverse_event"]
            for place, term in enumerate(row["terms"])
        ],
        "laboratory_tests": [
            {"test_key": n, "kept_unit": read_lab_tests()[row["test"]].unit, **row}
            for n, row in enumerate(clinic["laboratory"])
        ],
        "therapies": [
            {"therapy_key": n, "drug_name": drugs[row["drug"]].name, **row}
            for n, row in enumerate(clinic["prior_therapy"])
        ],
    }
