"""What every part of a protocol is made of."""

import difflib
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt

Level = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Words = tuple[str, ...]


class Frozen(BaseModel):
    """A part of the protocol: immutable, every key declared, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FixedLength(Frozen):
    """An exposure without an end lasts so many days."""

    days: PositiveInt


NoEnd = Literal["ongoing", "until_next"] | FixedLength


_DATE_CODES = "aAbBdfHIjmMpSyY%"


def _checked_format(form: str) -> str:
    """The format, if every code in it is known and it gives a calendar day."""
    codes = set(re.findall(r"%(.?)", form))
    wrong = sorted(code for code in codes if not code or code not in _DATE_CODES)
    if wrong:
        msg = f"`%{wrong[0]}` is no part of a date"
        raise ValueError(msg)
    has_day = codes & {"d", "j"} and codes & {"m", "b", "B", "j"} and codes & {"y", "Y"}
    if not has_day:
        msg = 'needs codes for day, month and year, such as "%d.%m.%Y" for 31.03.2024'
        raise ValueError(msg)
    return form


DateFormat = Annotated[str, AfterValidator(_checked_format)]


def compute_nearest(word: str, known: tuple[str, ...]) -> str:
    """What a message says of the word that may have been meant; empty when none is near."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    listed = f"; known: {', '.join(known)}" if known and len(known) <= 12 else ""
    return f"; did you mean `{near[0]}`?" if near else listed
