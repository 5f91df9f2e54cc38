"""What is worth knowing of many rows of a long table: one finding each, with their number."""

from dataclasses import dataclass

from cotreat.readers.long_tables import LongField
from cotreat.readers.table_files import LongTable

_NEARLY = 1e-9  # what a quotient of two exact numbers may lack
# mg supplied, by mg per administration, times the days between two; no daily dose, no length.
SUPPLY_OF_QUANTITY = (
    "CASE WHEN s.dose_text_dose_ng_day > 0 AND s.quantity_mg_number > 0 THEN "
    "NULLIF(CAST(floor(s.quantity_mg_number / s.dose_text_dose_mg * s.dose_text_dose_interval_days "
    f"+ {_NEARLY}) AS BIGINT), 0) END"
)
"""Whole days that a quantity lasts at the dose beside it, as SQL over a staged row ``s``."""


@dataclass(frozen=True, slots=True)
class CountRule:
    """Something worth knowing of many rows: one finding with their number.

    Attributes
    ----------
    why
        The reason, with ``{cells}`` for how many cells.
    """

    code: str
    field: str
    condition: str
    why: str
    what_to_do: str


def build_count_rules(table: LongTable) -> tuple[CountRule, ...]:
    """What is worth knowing of a table's dates."""
    rules: list[CountRule] = []
    for field, kept_type in table.types.items():
        # A date that the file keeps as such is a whole one.
        if field.is_date and kept_type != "DATE":
            rules += _partial_rules(field)
        if field.kind == "end":
            rules.append(
                CountRule(
                    "open_end",
                    field.name,
                    f"{field.name}_is_open",
                    "There was no end yet in {cells}.",
                    "Nothing, if that is meant; else set `open_end` under [source].",
                )
            )
    if table.has("quantity_mg") and table.has("dose_text"):
        rules.append(_quantity_rule(table))
    return tuple(rules)


def _quantity_rule(table: LongTable) -> CountRule:
    """Supplies that nobody recorded as days."""
    conditions = [f"{SUPPLY_OF_QUANTITY} IS NOT NULL"]
    if table.has("days_supply"):
        conditions.append("s.days_supply_number IS NULL")
    if table.has("end_date"):
        conditions.append("s.end_date_last IS NULL AND NOT COALESCE(s.end_date_is_open, FALSE)")
    return CountRule(
        "supply_from_quantity",
        "quantity_mg",
        " AND ".join(conditions),
        "Days of supply come from quantity and dose in {cells}, where neither an end nor days are given.",
        "Enter the days of supply where they are known.",
    )


def _partial_rules(field: LongField) -> list[CountRule]:
    taken = {
        "start": "its first day is taken",
        "end": "its last day is taken",
        "exact": "no day is taken",
    }[field.kind if field.kind in ("start", "end") else "exact"]
    return [
        CountRule(
            f"only_{precision}",
            field.name,
            f"{field.name}_precision = '{precision}'",
            f"Only the {precision} is given in {{cells}}: {taken}.",
            "Enter the days where they are known.",
        )
        for precision in ("month", "year")
    ]
