"""What every part of a protocol is made of."""

import difflib
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

Level = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Words = tuple[str, ...]


class Frozen(BaseModel):
    """A part of the protocol: immutable, every key declared, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FixedLength(Frozen):
    """An exposure without an end lasts so many days."""

    days: PositiveInt


NoEnd = Literal["ongoing", "until_next"] | FixedLength


def compute_nearest(word: str, known: tuple[str, ...]) -> str:
    """What a message says of the word that may have been meant; empty when none is near."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    listed = f"; known: {', '.join(known)}" if known and len(known) <= 12 else ""
    return f"; did you mean `{near[0]}`?" if near else listed
