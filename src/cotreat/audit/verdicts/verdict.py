"""A verdict on one number, and its six words.

reproduced: what the data give, after rounding as printed. reproduced_otherwise: what they
give under another, named reading. not_reproduced: under no declared reading.
impossible: no data could give it. not_derivable: the data do not hold it. unbound: what
it is about is not clear, so nothing is said.
"""

from dataclasses import dataclass
from typing import Literal

Word = Literal[
    "reproduced", "reproduced_otherwise", "not_reproduced", "impossible", "not_derivable", "unbound"
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one number.

    Attributes
    ----------
    word
        The verdict.
    data_value
        What the data give, in words; empty when they give nothing.
    reading
        The reading that fits, in words; ``as stated``, or empty when none fits.
    readings_tried
        How many readings were tried.
    note
        What a reader must know.
    """

    word: Word
    data_value: str = ""
    reading: str = ""
    readings_tried: int = 0
    note: str = ""
