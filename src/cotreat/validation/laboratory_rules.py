"""Rules over graded laboratory values: a severity that was recorded otherwise than the values say."""

from cotreat.engine import Engine
from cotreat.findings import Findings
from cotreat.readers.sources import ReadStudy
from cotreat.validation.rules import Rule, validate_rule

# The worst of the results between onset and end, where it is known; grade 5 is a death and no value.
_SEVERITY = """
SELECT e.source_id, e.source_row, e.severity_grade AS value,
    'The recorded severity of ' || e.term || ' is not the CTCAE grade of its values: the worst of '
        || CAST(w.results AS {text}) || ' between its onset and its end is grade '
        || CAST(w.worst AS {text}) || '. The recorded one is used.' AS why
FROM adverse_events AS e
INNER JOIN (
    SELECT a.event_key, MAX(g.lowest_grade) AS worst, MAX(g.highest_grade) AS at_most, COUNT(*) AS results
    FROM adverse_events AS a
    INNER JOIN (SELECT DISTINCT criterion_key, term FROM laboratory_criteria) AS c ON c.term = a.term
    INNER JOIN laboratory_grades AS g
        ON g.criterion_key = c.criterion_key
        AND g.patient_key = a.patient_key
        AND g.day >= a.onset_day
        AND g.day <= COALESCE(a.end_day, a.onset_day)
    WHERE g.lowest_grade IS NOT NULL
    GROUP BY a.event_key
) AS w ON w.event_key = e.event_key
WHERE w.worst = w.at_most AND e.severity_grade < 5 AND w.worst <> e.severity_grade
"""


def validate_laboratory(engine: Engine, study: ReadStudy) -> Findings:
    """Adverse events whose recorded severity contradicts the grade of the laboratory values of their days.

    Parameters
    ----------
    engine
        Holds the study's tables, ``laboratory_grades`` and ``laboratory_criteria`` among them.
    study
        Names its headings.
    """
    rule = Rule(
        "warning",
        "severity_contradicts_value",
        "severity",
        _SEVERITY.format(text=engine.dialect.text),
        "Correct the severity, or the value; symptoms and transfusions can make it worse than its value.",
    )
    return validate_rule(engine, rule, study)
