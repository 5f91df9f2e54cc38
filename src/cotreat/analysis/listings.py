"""Listings: rows of one episode table, for display; never a source of numbers."""

from importlib.resources import files

from cotreat.analysis.results import Listing
from cotreat.engine import DuckDBEngine, Engine

MOST_ROWS = 200

# Texts are joined in the order of their records, which engines spell differently: the few rows of the few
# patients who are shown are put together on DuckDB, whatever the study runs on.
_PATIENTS = "patient_key IN (SELECT patient_key FROM pairs WHERE course_key IS NOT NULL)"
_SHOWN = {
    **dict.fromkeys(
        (
            "pairs",
            "patients",
            "declared_pairs",
            "conditions",
            "prior_therapies",
            "adverse_events",
            "events",
            "exposures",
            "assessments",
        ),
        _PATIENTS,
    ),
    "event_pairs": f"pair_key IN (SELECT pair_key FROM pairs WHERE {_PATIENTS})",
    "event_suspects": f"event_key IN (SELECT event_key FROM events WHERE {_PATIENTS})",
}


def build_listing(engine: Engine, name: str, *, minimum_count: int) -> Listing | str:
    """The rows of one display, or why there are none.

    Parameters
    ----------
    engine
        Holds the study's tables.
    name
        ``cases``: one row per pair, as a letter prints it; ``swimmer``: one lane per patient.
    minimum_count
        Smallest count that may be shown; single rows are shown only when it is 0.
    """
    if minimum_count > 0:
        return f"single rows are not shown in a study whose counts below {minimum_count} are suppressed"
    found = engine.fetch("SELECT COUNT(*) AS n FROM pairs WHERE course_key IS NOT NULL")
    n = int(str(found.column("n")[0]))
    if n > MOST_ROWS:
        return f"{n} combinations are too many to show one by one (at most {MOST_ROWS})"
    sql = files("cotreat.analysis").joinpath(f"listing_{name}.sql").read_text(encoding="utf-8")
    with DuckDBEngine() as display:
        for table, rows in _SHOWN.items():
            display.load(table, engine.fetch(f"SELECT * FROM {table} WHERE {rows}"))
        return Listing(name, display.fetch(sql))
