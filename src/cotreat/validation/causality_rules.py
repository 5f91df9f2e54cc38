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
    Rule(
        "warning",
        "judged_not_suspected",
        "drug",
        """
        SELECT MIN(a.source_id) AS source_id, MIN(a.source_row) AS source_row, a.drug AS value,
            'The event names its suspects, and this drug, of which a judge says more than unlikely or '
            || 'doubtful, is none of them; what was judged of it is counted for the agreement of judges '
            || 'only.' AS why
        FROM causality_answers AS a
        -- A drug that is no suspect and an unlikely cause: the two agree.
        INNER JOIN causality_judged AS j
            ON j.event_key = a.event_key AND j.drug = a.drug AND j.method = a.method
            AND COALESCE(j.judge, '') = COALESCE(a.judge, '') AND j.category NOT IN ('unlikely', 'doubtful')
        INNER JOIN (SELECT DISTINCT event_key FROM attributions) AS n ON n.event_key = a.event_key
        LEFT JOIN attributions AS s ON s.event_key = a.event_key AND s.drug = a.drug
        WHERE s.event_key IS NULL
        GROUP BY a.event_key, a.drug
        """,
        "Name the drug among the suspects of its event, or correct the judged drug.",
    ),
    Rule(
        "warning",
        "category_contradicts_answers",
        "category",
        """
        SELECT a.source_id, a.source_row, a.category AS value,
            'The answers of the same judge come to ' || j.category || ', which is counted.' AS why
        FROM causality_answers AS a
        INNER JOIN causality_judged AS j
            ON j.event_key = a.event_key AND j.drug = a.drug AND j.method = a.method
            AND COALESCE(j.judge, '') = COALESCE(a.judge, '') AND j.category <> a.category
        WHERE a.item IS NULL
        """,
        "Correct the answers, or take the category out.",
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
