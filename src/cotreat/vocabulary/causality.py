"""Which questions do WHO-UMC, Naranjo and DIPS ask, and which categories do they have? Beside this file."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

Method = Literal["who_umc", "naranjo", "dips"]
Answer = Literal["yes", "no", "unknown"]

ANSWERS: tuple[Answer, ...] = ("yes", "no", "unknown")
CATEGORIES: Mapping[Method, tuple[str, ...]] = MappingProxyType(
    {
        "who_umc": ("certain", "probable", "possible", "unlikely", "conditional", "unassessable"),
        "naranjo": ("definite", "probable", "possible", "doubtful"),
        "dips": ("highly_probable", "probable", "possible", "doubtful"),
    }
)
METHOD_SPELLINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "who_umc": ("who_umc", "WHO-UMC", "WHO/UMC", "WHO", "UMC"),
        "naranjo": ("naranjo", "Naranjo scale", "Naranjo score"),
        "dips": ("dips", "Horn"),
    }
)
CATEGORY_SPELLINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "probable": ("probable/likely", "likely"),
        "conditional": ("conditional/unclassified",),
        "unassessable": ("unassessable/unclassifiable", "unclassifiable"),
    }
)


@dataclass(frozen=True, slots=True)
class CausalityItem:
    """One question of a method, in our words, and the points of its answers; none in WHO-UMC."""

    method: Method
    item: str
    about: str
    points: Mapping[str, int]


@cache
def read_causality_items(method: Method) -> Mapping[str, CausalityItem]:
    """The items of a method, in its order."""
    text = files("cotreat.vocabulary").joinpath("causality.csv").read_text(encoding="utf-8")
    found = {
        row["item"]: CausalityItem(
            method, row["item"], row["about"], {a: int(row[a]) for a in ANSWERS if row[a]}
        )
        for row in csv.DictReader(text.splitlines())
        if row["method"] == method
    }
    return MappingProxyType(found)
