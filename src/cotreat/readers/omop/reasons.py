"""Why rows of a CDM are left out, or not used in full: each reason with what to say about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cotreat.findings import Severity
from cotreat.readers.table_sql import FIRST_DAY


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason.

    Attributes
    ----------
    severity
        Of its finding; where the protocol stops at bad rows, `is_bad` makes it an error.
    field
        Column that is named.
    why
        One sentence, with ``{rows}`` for how many rows.
    what_to_do
        One sentence.
    condition
        SQL over a row of a study drug (``r``) and its person (``p``), for what a row by
        itself can have wrong; it is never unknown.
    is_bad
        Whether the row cannot be right.
    """

    severity: Severity
    field: str
    why: str
    what_to_do: str
    condition: str = ""
    is_bad: bool = False


_SOURCE = "Correct the database's own records, if they are wrong."

ROW_PROBLEMS: Mapping[str, Reason] = MappingProxyType(
    {
        "missing_person": Reason(
            "warning",
            "person_id",
            "There is no person in {rows}; left out.",
            _SOURCE,
            "r.person_id IS NULL",
            is_bad=True,
        ),
        "person_not_listed": Reason(
            "warning",
            "person_id",
            "The person is not in the table person in {rows}; left out.",
            _SOURCE,
            "p.person_id IS NULL",
            is_bad=True,
        ),
        "person_listed_twice": Reason(
            "warning",
            "person_id",
            "The person stands in the table person more than once in {rows}; left out.",
            _SOURCE,
            "p.copies > 1",
            is_bad=True,
        ),
        "missing_start_date": Reason(
            "warning",
            "start_day",
            "There is no start that can be read in {rows}; left out.",
            _SOURCE,
            "r.start_day IS NULL",
            is_bad=True,
        ),
        "implausible_date": Reason(
            "warning",
            "start_day",
            "The start is before 1900 in {rows}; left out.",
            _SOURCE,
            f"r.start_day < {FIRST_DAY}",
            is_bad=True,
        ),
        "end_before_start": Reason(
            "warning",
            "end_day",
            "The end is before the start in {rows}; left out.",
            _SOURCE,
            "COALESCE(r.end_day < r.start_day, 1 = 0)",
            is_bad=True,
        ),
        "start_after_cutoff": Reason(
            "warning",
            "start_day",
            "The start is after the cut-off in {rows}; left out.",
            "Correct the dates, or `cutoff` under [study], if one of them is wrong.",
            "r.start_day > :cutoff",
        ),
    }
)
"""What a row of a study drug can have wrong by itself; the first that holds is its reason."""

OBSERVATION_REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        "no_observation_period": Reason(
            "warning",
            "person_id",
            "The person has no observation period in {rows}: nobody knows until when the person was "
            "observed; left out.",
            _SOURCE,
        ),
        "outside_observation": Reason(
            "info",
            "start_day",
            "The exposure has no day in an observation period of its person in {rows}; left out.",
            "Nothing, if that is how the database records.",
        ),
        "other_observation_period": Reason(
            "info",
            "start_day",
            "The exposure lies in another observation period than the one in which its person is followed in "
            "{rows}; left out.",
            "Nothing; each patient is followed in one period (see docs/omop.md).",
        ),
    }
)
"""Why a sound row lies outside the observation of its patient."""

USED_NOTES: Mapping[str, Reason] = MappingProxyType(
    {
        "no_end": Reason(
            "warning",
            "end_day",
            "There is neither an end nor a days' supply in {rows}; `no_end` under [source] says how long "
            "they last.",
            "Nothing, if that rule is meant.",
            "r.end_rule IS NULL",
        ),
        "supply_below_1": Reason(
            "info",
            "supply_days",
            "The days' supply is 0 or less in {rows}; it is unknown, and the end is used where there is one.",
            "Nothing, if that is how the database records.",
            "r.has_empty_supply = 1",
        ),
    }
)
"""What is worth knowing of rows that are used."""
