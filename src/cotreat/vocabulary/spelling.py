"""Spelling keys: what makes two spellings of one word the same word.

A key forgets case, accents, punctuation and the habits in which English, Spanish
and German spell one Greek or Latin word (haemorrhage, hemorragia; cyclosporine,
ciclosporina). It corrects no mistake: a misspelt word has a key of its own, and
:func:`compute_edit_distance` says how far it is from a known one.
"""

import re
import unicodedata

_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# Apostrophes and free-standing accents are dropped, so that "Crohn's" is "Crohns".
_SILENT = str.maketrans(
    "", "", "'`\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}"
)
_ELLIPSIS = re.compile(r"\.{2,}")
# Signs that only part words. Any other sign is a word: neither "gout?" nor "gout ..." is "gout".
_PARTING = r"\s_\-\u2010-\u2015/,;:()\"\u201c\u201d\u201e\u00ab\u00bb*\u2022\u00b7|\\"
_WORD = re.compile(rf"[^\W_]+|[^\w{_PARTING}]")
_DOUBLED = re.compile(r"([^\W\d_])\1+")

# In this order: single letters first, since "kh" is to end as "ch" does.
_FOLDED = (
    ("qu", "c"),
    ("q", "c"),
    ("k", "c"),
    ("z", "c"),
    ("y", "i"),
    ("ae", "e"),
    ("oe", "e"),
    ("ue", "u"),
    ("ph", "f"),
    ("th", "t"),
    ("rh", "r"),
    ("ch", "c"),
)
# Latin and Greek words that end in s in the singular: psoriasis, lupus.
_NO_PLURAL_AFTER = frozenset("iu")
_SHORTEST_PLURAL = 5
_LONGEST_ACRONYM = 3  # FFA is not FA


def parse_plain_text(text: str) -> str:
    """The text in lower case, without accents; every other sign stays.

    Examples
    --------
    >>> parse_plain_text("Náuseas (leves)")
    'nauseas (leves)'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def parse_spelling_key(text: str) -> str:
    """The spelling key of a text; empty when it holds nothing but blanks and punctuation.

    Examples
    --------
    >>> parse_spelling_key("Haematoma"), parse_spelling_key("hematoma")
    ('hematoma', 'hematoma')
    >>> parse_spelling_key("Cyclosporin-A") == parse_spelling_key("ciclosporin a")
    True
    """
    plain = parse_plain_text(text.translate(_SILENT))
    plain = _ELLIPSIS.sub(" \N{HORIZONTAL ELLIPSIS} ", plain).replace(".", "")
    return " ".join(_fold(word) for word in _WORD.findall(plain))


def parse_spelling_keys(text: str) -> tuple[str, ...]:
    """The keys under which a known spelling is found: one, or two with an umlaut.

    Notes
    -----
    "Hämatom" is typed with its umlaut, without it, or as "Haematom": the first two
    share a key, the third has another.
    """
    plain = parse_spelling_key(text)
    written_out = parse_spelling_key(unicodedata.normalize("NFC", text.casefold()).translate(_DIGRAPHS))
    return (plain,) if plain == written_out else (plain, written_out)


def compute_edit_distance(left: str, right: str, *, limit: int) -> int:
    """How many single edits turn one word into the other, at most `limit` + 1.

    Parameters
    ----------
    left, right
        Two words; an edit inserts, deletes or replaces one character, or swaps two
        neighbours (optimal string alignment, the restricted Damerau-Levenshtein distance).
    limit
        Largest distance of interest; `limit` + 1 stands for everything above it.

    Examples
    --------
    >>> compute_edit_distance("upadacitnib", "upadacitinib", limit=3)
    1
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    above = list(range(len(right) + 1))
    for i, letter in enumerate(left, start=1):
        row = [i]
        for j, other in enumerate(right, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(above) > limit:
            return limit + 1
        before, above = above, row
    return min(above[-1], limit + 1)


def _fold(word: str) -> str:
    """One word without the habits of one language."""
    for written, folded in _FOLDED:
        word = word.replace(written, folded)
    if len(word) > _LONGEST_ACRONYM:
        word = _DOUBLED.sub(r"\1", word)
    is_plural = len(word) >= _SHORTEST_PLURAL and word.endswith("s") and word[-2] not in _NO_PLURAL_AFTER
    return word[:-1] if is_plural else word
