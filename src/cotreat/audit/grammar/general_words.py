"""The words of general English that the audit knows (``words.csv``)."""

import csv
from functools import cache
from importlib.resources import files


@cache
def read_general_words() -> tuple[tuple[str, str, str], ...]:
    """Kind, value and phrase of every word."""
    text = files("cotreat.audit.grammar").joinpath("words.csv").read_text(encoding="utf-8")
    return tuple(
        (row["kind"], row["value"], phrase)
        for row in csv.DictReader(text.splitlines())
        for phrase in row["phrases"].split("|")
    )


@cache
def read_words_of(kind: str) -> dict[str, str]:
    """The phrases of one kind with their values."""
    return {phrase: value for own, value, phrase in read_general_words() if own == kind}
