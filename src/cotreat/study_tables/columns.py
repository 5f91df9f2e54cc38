"""What a column and a table are, and the closed levels that several tables share."""

from dataclasses import dataclass
from enum import Enum

import pyarrow as pa


class ColumnType(Enum):
    """What a column holds, and how it is stored."""

    KEY = "KEY"  # BIGINT that identifies a row
    DAY = "DAY"  # BIGINT, days since 1970-01-01
    COUNT = "COUNT"  # BIGINT
    TEXT = "TEXT"  # as recorded
    TERM = "TERM"  # TEXT, a level of the vocabulary or the protocol
    NUM = "NUM"  # DOUBLE
    FLAG = "FLAG"  # BIGINT 0, 1 or NULL

    @property
    def arrow(self) -> pa.DataType:
        """The Arrow type that stores it."""
        if self in (ColumnType.TEXT, ColumnType.TERM):
            return pa.string()
        return pa.float64() if self is ColumnType.NUM else pa.int64()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name, type, unit or meaning, and its levels if they are closed."""

    name: str
    type: ColumnType
    about: str = ""
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table: what one row is, its columns in order, and the key that orders it."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def arrow(self) -> pa.Schema:
        """The Arrow schema of the table."""
        return pa.schema([pa.field(c.name, c.type.arrow) for c in self.columns])

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(c.name for c in self.columns)


RESPONSES = ("complete", "partial", "none", "unassessable")
PRECISIONS = ("day", "month", "year")
END_RULES = ("recorded", "supply", "ongoing", "fixed", "until_next")
KINDS = ("combination", "short_course", "crossover", "undetermined")
ORDERS = ("add_on", "anchor_added", "simultaneous", "unknown")
ENDS = ("ongoing", "both_stopped", "partner_stopped", "anchor_stopped")
PLACEMENTS = (
    "placed",
    "between_states",
    "partly_observed",
    "no_onset",
    "before_person_time",
    "after_person_time",
    "no_person_time",
    "declared",
)
NO_GRADES = ("no_value", "no_criterion", "no_limit", "no_baseline", "no_limit_and_baseline")
TIMINGS = ("on_board", "in_risk_window", "after_risk_window", "before_start", "never_taken", "unknown")
DECHALLENGES = ("ended_after_stop", "ended_on_drug", "not_stopped", "unknown")
RECHALLENGES = ("came_back", "not_come_back", "not_done", "unknown")
STATES = ("none", "anchor_only", "partner_only", "combination")
