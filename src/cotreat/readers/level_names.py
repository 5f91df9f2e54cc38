"""A level name for words that no vocabulary knows."""

import re
import unicodedata

_LONGEST = 60


def compute_level_name(text: str) -> str:
    """The words as a level: ASCII letters and digits in lower case, joined by `_`.

    What has no ASCII letter or digit at all becomes ``other``.
    """
    plain = unicodedata.normalize("NFKD", text[:400]).encode("ascii", "ignore").decode().casefold()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST].strip("_")
    if not name:
        return "other"
    return name if name[0].isalpha() else f"x_{name}"
