"""Rules over suspected drugs: an event that is attributed to a drug that had not started."""

from cotreat.engine import Engine
from cotreat.findings import Findings
from cotreat.readers.sources import ReadStudy
from cotreat.validation.rules import Rule, validate_rule

_PLACE = """
SELECT e.source_id, e.source_row, d.drug AS value, {why} AS why
FROM event_drugs AS d
INNER JOIN adverse_events AS e ON e.event_key = d.event_key
WHERE d.timing = '{timing}'
"""

CAUSALITY_RULES: tuple[Rule, ...] = (
    Rule(
        "warning",
        "suspect_not_started",
        "suspects",
        _PLACE.format(
            timing="before_start",
            why="'The event is attributed to ' || d.drug || ', and began before its first recorded day.'",
        ),
        "Correct the onset, the suspect, or the start of the drug; the attribution is counted as recorded.",
    ),
    Rule(
        "warning",
        "suspect_never_taken",
        "suspects",
        _PLACE.format(
            timing="never_taken",
            why="'The event is attributed to ' || d.drug || ', of which the patient has no record.'",
        ),
        "Correct the suspect, or add the missing exposure; a drug without a role in the study has none here.",
    ),
)


def validate_causality(engine: Engine, study: ReadStudy) -> Findings:
    """Attributions that the dates of the drugs contradict.

    Parameters
    ----------
    engine
        Holds the study's tables, ``event_drugs`` among them.
    study
        Names its headings.
    """
    return Findings.concat(validate_rule(engine, rule, study) for rule in CAUSALITY_RULES)
