"""Variables: what is known of each pair, as one portable SQL query each.

Every variable has the columns ``pair_key, event_key, level, is_known``. One row is one
answer of a pair: `level` with is_known 1; `level` NULL when the answer is unknown for
every level; is_known 0 when it is unknown for that level only. A pair without a row is
one to which the question does not apply, such as the end reason of an ongoing pair.
Measures, groups and filters all use the same variables.
"""

from collections.abc import Mapping
from types import MappingProxyType


def _of_pairs(expression: str, where: str = "1 = 1") -> str:
    return (
        f"SELECT p.pair_key, CAST(NULL AS BIGINT) AS event_key, {expression} AS level, "
        f"CAST(1 AS BIGINT) AS is_known FROM pairs AS p WHERE {where}"
    )


def _of_patients(expression: str) -> str:
    return (
        f"SELECT p.pair_key, CAST(NULL AS BIGINT) AS event_key, {expression} AS level, "
        "CAST(1 AS BIGINT) AS is_known "
        "FROM pairs AS p INNER JOIN patients AS t ON t.patient_key = p.patient_key"
    )


_COMORBIDITY = """
SELECT p.pair_key, CAST(NULL AS BIGINT) AS event_key, c.term AS level, CAST(1 AS BIGINT) AS is_known
FROM pairs AS p
LEFT JOIN conditions AS c ON c.patient_key = p.patient_key AND c.kind <> 'disease'
"""

# A therapy belongs to one pair in a case table, to the patient elsewhere.
_PRIOR_THERAPY = """
SELECT p.pair_key, CAST(NULL AS BIGINT) AS event_key, h.drug AS level, CAST(1 AS BIGINT) AS is_known
FROM pairs AS p
LEFT JOIN prior_therapies AS h
    ON h.patient_key = p.patient_key AND COALESCE(h.pair_key, p.pair_key) = p.pair_key
"""

# Only a pair that is known to go on has no end reason; of one that may have ended it is unknown.
# One that goes on at the end of observation because that is the death has ended.
_END_REASON = """
SELECT pair_key, CAST(NULL AS BIGINT) AS event_key, end_reason AS level, CAST(1 AS BIGINT) AS is_known
FROM pairs WHERE COALESCE(is_ongoing, 0) = 0 OR end_reason = 'death'
UNION ALL
SELECT pair_key, CAST(NULL AS BIGINT) AS event_key, end_reason_other AS level, CAST(1 AS BIGINT) AS is_known
FROM pairs WHERE COALESCE(is_ongoing, 0) = 0 AND end_reason_other IS NOT NULL
"""

# The anchor and all partners of the course to which a pair belongs, as a whole.
_DRUG_SET = """
SELECT p.pair_key, CAST(NULL AS BIGINT) AS event_key, c.anchor || ' + ' || c.partners AS level,
    CAST(1 AS BIGINT) AS is_known
FROM pairs AS p INNER JOIN courses AS c ON c.course_key = p.course_key
"""

# Pairs whose adverse events are unknown.
_EVENTS_UNKNOWN = """
SELECT pair_key, event_key, CASE WHEN 1 = 0 THEN '' END AS level, CAST(0 AS BIGINT) AS is_known
FROM event_pairs WHERE event_key IS NULL
"""


def _of_events(answers: str) -> str:
    """Answers of events, and `none` (never shown as a level) of each pair that has no other answer."""
    answered = f"{answers} UNION ALL {_EVENTS_UNKNOWN}"
    nothing = _of_pairs(
        "'none'", f"p.pair_key NOT IN (SELECT answered.pair_key FROM ({answered}) AS answered)"
    )
    return f"{answered} UNION ALL {nothing}"


# An event that may not have begun in the pair leaves its level unknown there, and is no event of it.
_PLACED = """
    l.pair_key,
    CASE WHEN l.is_certain = 1 THEN e.event_key END AS event_key"""
_IN_PAIRS = "FROM event_pairs AS l INNER JOIN events AS e ON e.event_key = l.event_key"

_TERM = f"SELECT {_PLACED}, e.term AS level, l.is_certain AS is_known {_IN_PAIRS}"

_ATTRIBUTION = f"""
SELECT {_PLACED}, a.drug AS level, l.is_certain AS is_known
{_IN_PAIRS} LEFT JOIN event_suspects AS a ON a.event_key = e.event_key
"""

# Events of a term of which it is not known whether it is of special interest, with each that it may be.
MAY_BE_ANY_AESI = (
    "INNER JOIN (SELECT aesi, MIN(needs_serious) AS needs_serious FROM aesi_terms GROUP BY aesi) AS a "
    "ON a.needs_serious = 0 OR COALESCE(e.is_serious, 1) = 1 "
    "WHERE e.term IS NULL OR e.term NOT IN (SELECT term FROM aesi_known_terms)"
)

# An event that counts only when serious, of unknown seriousness, leaves its level unknown.
_AESI = f"""
SELECT {_PLACED}, t.aesi AS level,
    CASE WHEN t.needs_serious = 0 OR e.is_serious = 1 THEN l.is_certain ELSE CAST(0 AS BIGINT) END AS is_known
{_IN_PAIRS} INNER JOIN aesi_terms AS t ON t.term = e.term
WHERE t.needs_serious = 0 OR e.is_serious IS NULL OR e.is_serious = 1
UNION ALL
SELECT {_PLACED}, a.aesi AS level, CAST(0 AS BIGINT) AS is_known {_IN_PAIRS} {MAY_BE_ANY_AESI}
"""

# Risks of a patient on the first day of the pair: age, and conditions recorded until then. Whether there is
# a condition is known where any is recorded, be it that there is none, and none is unreadable.
_RISKS = """
SELECT pair_key, 'age_65' AS flag, CASE WHEN age_years >= 65 THEN 1 WHEN age_years < 65 THEN 0 END AS has
FROM pairs
UNION ALL
SELECT p.pair_key, f.flag,
    CASE WHEN h.flag IS NOT NULL THEN 1 WHEN k.patient_key IS NOT NULL THEN 0 END AS has
FROM pairs AS p
CROSS JOIN (SELECT DISTINCT flag FROM risk_flag_terms) AS f
LEFT JOIN (
    SELECT DISTINCT q.pair_key, t.flag
    FROM pairs AS q
    INNER JOIN conditions AS c ON c.patient_key = q.patient_key
    INNER JOIN risk_flag_terms AS t ON t.term = c.term
    WHERE COALESCE(c.start_day, q.start_day, 0) <= COALESCE(q.start_day, c.start_day, 0)
) AS h ON h.pair_key = p.pair_key AND h.flag = f.flag
LEFT JOIN (
    SELECT patient_key FROM conditions WHERE kind <> 'disease'
    GROUP BY patient_key HAVING COUNT(*) = COUNT(term)
) AS k ON k.patient_key = p.patient_key
"""
_RISK_FLAG = f"""
SELECT pair_key, CAST(NULL AS BIGINT) AS event_key, flag AS level,
    CAST(COALESCE(has, 0) AS BIGINT) AS is_known
FROM ({_RISKS}) AS r WHERE COALESCE(has, 1) = 1
UNION ALL
SELECT pair_key, CAST(NULL AS BIGINT) AS event_key,
    CASE WHEN MAX(COALESCE(has, 1)) = 1 THEN 'any' ELSE 'none' END AS level,
    CAST(CASE WHEN MAX(COALESCE(has, 0)) = 1 OR COUNT(has) = COUNT(*) THEN 1 ELSE 0 END AS BIGINT) AS is_known
FROM ({_RISKS}) AS r GROUP BY pair_key
"""

# Unknown where there may be an event and none is certain.
_HAS_EVENT = """
SELECT p.pair_key, CAST(NULL AS BIGINT) AS event_key,
    CASE WHEN MAX(l.is_certain) = 1 THEN 'yes' WHEN COUNT(l.pair_key) = 0 THEN 'no' END AS level,
    CAST(1 AS BIGINT) AS is_known
FROM pairs AS p LEFT JOIN event_pairs AS l ON l.pair_key = p.pair_key
GROUP BY p.pair_key
UNION ALL
SELECT pair_key, CAST(NULL AS BIGINT) AS event_key, CASE WHEN 1 = 0 THEN '' END AS level,
    CAST(0 AS BIGINT) AS is_known
FROM event_pairs WHERE is_certain = 0
"""


# An anchor that did not come first was never taken alone: what it did alone is no question.
_WAS_ALONE = "COALESCE(p.\"order\", 'unknown') IN ('add_on', 'unknown')"


def _judgement(column: str, where: str = "1 = 1") -> str:
    """Complete, partial and none among the assessable; unassessable among all recorded."""
    unknown = " UNION ALL ".join(
        f"SELECT pair_key, CAST(NULL AS BIGINT) AS event_key, '{level}' AS level, "
        "CAST(0 AS BIGINT) AS is_known "
        f"FROM pairs WHERE {column} = 'unassessable'"
        for level in ("complete", "partial", "none")
    )
    return f"{_of_pairs(f'p.{column}', where)} UNION ALL {unknown}"


def _judgement_as_failure(column: str, where: str = "1 = 1") -> str:
    return _of_pairs(f"CASE WHEN p.{column} = 'unassessable' THEN 'none' ELSE p.{column} END", where)


# Of combinations that ended in complete response: was the partner stopped and the anchor taken on?
_WITHDRAWN = _of_pairs(
    "CASE p.\"end\" WHEN 'partner_stopped' THEN 'yes' WHEN 'anchor_stopped' THEN 'no' "
    "WHEN 'both_stopped' THEN 'no' END",
    "p.response = 'complete' AND p.is_ongoing = 0",
)

# Variables that only studies with dated exposures have; no filter and no group uses them.
DATED_VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "response_held_without_partner": (
            "SELECT p.pair_key, CAST(NULL AS BIGINT) AS event_key, f.held AS level, "
            "CAST(1 AS BIGINT) AS is_known FROM pairs AS p "
            "INNER JOIN pair_followups AS f ON f.pair_key = p.pair_key "
            "WHERE p.response = 'complete' AND p.\"end\" = 'partner_stopped'"
        )
    }
)

VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "case_id": _of_pairs("p.case_id"),
        "sex": _of_patients("t.sex"),
        "disease": _of_patients("t.disease"),
        "comorbidity": _COMORBIDITY,
        "prior_therapy": _PRIOR_THERAPY,
        "anchor_drug": _of_pairs("p.anchor"),
        "partner_drug": _of_pairs("p.partner"),
        "regimen": _of_pairs("p.regimen"),
        "drug_set": _DRUG_SET,
        "order": _of_pairs('p."order"'),
        "reason_started": _of_pairs("p.reason_started"),
        "monotherapy_response": _judgement("monotherapy_response", _WAS_ALONE),
        "monotherapy_response_as_failure": _judgement_as_failure("monotherapy_response", _WAS_ALONE),
        "response": _judgement("response"),
        "response_as_failure": _judgement_as_failure("response"),
        "end_reason": _END_REASON,
        "next_treatment": _of_pairs("p.next_treatment", "COALESCE(p.next_treatment, '') <> 'not_observed'"),
        "partner_withdrawn_in_response": _WITHDRAWN,
        "ongoing": _of_pairs("CASE WHEN p.is_ongoing = 1 THEN 'yes' WHEN p.is_ongoing = 0 THEN 'no' END"),
        "short_course": _of_pairs(
            "CASE WHEN p.is_short_course = 1 THEN 'yes' WHEN p.is_short_course = 0 THEN 'no' END"
        ),
        "has_adverse_event": _HAS_EVENT,
        "adverse_event_term": _of_events(_TERM),
        "adverse_event_attribution": _of_events(_ATTRIBUTION),
        "aesi": _of_events(_AESI),
        "risk_flag": _RISK_FLAG,
    }
)
