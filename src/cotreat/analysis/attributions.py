"""Which drug was blamed, alone or among others; and what judges, and what dates, say of it.

An event can have several suspects. `any_suspect` counts it for each of them, `sole_suspect` only where
there is no other; to the combination as such it is attributed under ``drug=combination``.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from cotreat.analysis.intervals import PatientGroup
from cotreat.analysis.measure import Measure
from cotreat.analysis.proportions import compute_share_estimates
from cotreat.analysis.results import Estimate
from cotreat.analysis.selection import StudyTables
from cotreat.engine import Engine
from cotreat.errors import UsageError
from cotreat.outcomes.causality import compute_agreements

SUSPICIONS = ("any_suspect", "sole_suspect")
DIFFER = "judges_differ"

_EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "drug": "SELECT event_key, patient_key, '' AS class FROM events",
        "drug & term": "SELECT event_key, patient_key, COALESCE(term, 'unknown') AS class FROM events",
    }
)
_DATES = (
    "SELECT event_key, drug, '' AS method, {column} AS answer FROM event_drugs WHERE {column} <> 'unknown'"
)
_SAID: Mapping[str, str] = MappingProxyType(
    {
        # Of several judges by one method the category, if it is one.
        "causality": (
            "SELECT event_key, drug, method, CASE WHEN COUNT(DISTINCT category) > 1 "
            f"THEN '{DIFFER}' ELSE MIN(category) END AS answer FROM event_judgements "
            "GROUP BY event_key, drug, method"
        ),
        "causality_timing": _DATES.format(column="timing"),
        "causality_dechallenge": _DATES.format(column="dechallenge"),
        "causality_rechallenge": _DATES.format(column="rechallenge"),
    }
)


def estimate_attributions(
    engine: Engine, measure: Measure, *, tables: StudyTables, where: Mapping[str, str], by: str
) -> list[Estimate]:
    """Events by suspected drug, of all events or of those of a term; or what is said of them.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        Of kind attribution or causality.
    tables
        How numbers are computed.
    where
        Not used: these numbers have no filter.
    by
        ``drug``, or for attributions ``drug & term``.

    Raises
    ------
    UsageError
        There is a filter, or another group.
    """
    known = tuple(_EVENTS) if measure.kind == "attribution" else ("drug",)
    if where or by not in known:
        groups = " or by ".join(f"`{name}`" for name in known)
        msg = f"`{measure.name}` is computed by {groups}, without a filter."
        raise UsageError(msg)
    if measure.kind == "attribution":
        return list(_attributed(engine, measure, by, tables))
    return list(_said(engine, measure))


@cache
def _sql(name: str) -> str:
    return files("cotreat.analysis").joinpath(f"{name}.sql").read_text(encoding="utf-8")


def _attributed(engine: Engine, measure: Measure, by: str, tables: StudyTables) -> Iterator[Estimate]:
    rows = engine.fetch(_sql("attribution_counts").replace("{events}", _EVENTS[by])).to_pylist()
    totals: dict[str, dict[int, int]] = defaultdict(dict)
    hits: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["drug"]:
            hits[row["drug"], row["class"]].append(row)
        else:
            totals[row["class"]][row["n_events"]] = row["patients"]
    for (drug, event_class), found in sorted(hits.items()):
        group = f"drug={drug}" + (f" & term={event_class}" if by != "drug" else "")
        for suspicion in SUSPICIONS:
            groups = _patient_groups(totals[event_class], found, suspicion)
            yield from compute_share_estimates(
                _count(measure, group, suspicion, groups), groups, tables.proportion_interval
            )


def _patient_groups(
    totals: Mapping[int, int], found: Sequence[Mapping[str, Any]], suspicion: str
) -> list[PatientGroup]:
    """Patients by their events and by how many of these count; those without a hit too."""
    groups = [PatientGroup(row["n_events"], row[suspicion], row["patients"]) for row in found]
    with_hits = defaultdict[int, int](int)
    for row in found:
        with_hits[row["n_events"]] += row["patients"]
    others = ((n, patients - with_hits[n]) for n, patients in totals.items())
    return [*groups, *(PatientGroup(n, 0, patients) for n, patients in others if patients)]


def _count(measure: Measure, group: str, level: str, groups: Sequence[PatientGroup]) -> Estimate:
    return Estimate(
        measure.name,
        "event",
        "",
        group,
        level,
        "count",
        None,
        numerator=sum(g.hits * g.patients for g in groups),
        denominator=sum(g.units * g.patients for g in groups),
        unit="events",
        n_patients=sum(g.patients for g in groups),
        n_missing=0,
    )


def _said(engine: Engine, measure: Measure) -> Iterator[Estimate]:
    """What is said of the events attributed to each drug, among those of which something is said.

    Counts alone: an interval would be about a population of suspicions.
    """
    attributed = {
        row["drug"]: row["n"]
        for row in engine.fetch("SELECT drug, COUNT(*) AS n FROM event_suspects GROUP BY drug").to_pylist()
    }
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in engine.fetch(_sql("causality_counts").replace("{said}", _SAID[measure.name])).to_pylist():
        found[row["drug"], row["method"]].append(row)
    for (drug, method), rows in sorted(found.items()):
        known = sum(row["events"] for row in rows)
        missing = attributed[drug] - known
        for row in sorted(rows, key=lambda row: str(row["answer"])):
            yield Estimate(
                measure.name,
                "event",
                "",
                f"drug={drug}" + (f" & method={method}" if method else ""),
                str(row["answer"]),
                "count",
                float(row["events"]),
                numerator=row["events"],
                denominator=known,
                unit="events",
                n_patients=row["patients"],
                n_missing=missing,
                note="n_missing: events attributed to it of which this is not known" if missing else "",
            )


def estimate_agreements(engine: Engine, measure: Measure) -> list[Estimate]:
    """How far every two judges agree by one method: Cohen's kappa, and how often they said the same.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        Of kind agreement.
    """
    rows = engine.fetch("SELECT * FROM event_judgements WHERE judge IS NOT NULL").to_pylist()
    return [
        Estimate(
            measure.name,
            "event",
            "",
            f"judges={found.judges[0]} v {found.judges[1]} & method={found.method}",
            "",
            "kappa",
            found.kappa,
            ci_lower=found.lower,
            ci_upper=found.upper,
            ci_method="asymptotic, 95 %" if found.lower is not None else "",
            numerator=found.agreed,
            denominator=found.n,
            note=""
            if found.kappa is not None
            else "fewer than two were judged by both, or one judge said the same of all",
        )
        for found in compute_agreements(rows)
    ]
