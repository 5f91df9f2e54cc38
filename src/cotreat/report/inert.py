"""Cells and texts that stay text: no spreadsheet formula, no hidden or forbidden character.

Cells come from other people's files. A spreadsheet program runs a cell that starts
with ``=``, and a control character makes a Word file unreadable; both are defused here
and nowhere else.
"""

import re

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?")
# The first four also exist in full width, and East Asian spreadsheet programs read them alike.
_FORMULA_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20\t\r\n"
# Marks that reorder or hide the characters around them: what is read would not be what is stored.
_HIDING = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
# Control characters but tab and line feed, surrogates, and the last two places of each plane.
_NONE = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_ILLEGIBLE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{_HIDING}{_NONE}]")


def compute_inert_cell(text: str | float | None) -> str:
    """The cell as text that no spreadsheet program takes for a formula.

    Parameters
    ----------
    text
        What the cell holds. None gives an empty cell. A number, also a number that is
        written as text, stays as it is, negative ones too; a real number is written so
        that reading it gives the same double.

    Returns
    -------
    str
        The text; with a leading apostrophe when its first character, or its first one
        after blanks, is ``=``, ``+``, ``-`` or ``@`` (in either width), or when it starts
        with a tab or a line break.
    """
    if text is None:
        return ""
    if not isinstance(text, str):
        return str(text) if isinstance(text, int) else repr(text)
    if _NUMBER.fullmatch(text):
        return text
    visible = text.lstrip(" \u00a0\u200b\ufeff")
    return f"'{text}" if visible[:1] and visible[0] in _FORMULA_STARTS else text


def compute_legible_text(text: str) -> str:
    r"""The text with every character that XML forbids, or that hides others, made visible.

    Tab and line feed stay, other line breaks become line feeds, and control characters
    become their pictures (NUL is U+2400). Marks that reorder or hide text, surrogates and
    non-characters become their code, as in ``\u202e``.
    """
    return _ILLEGIBLE.sub(_legible, text.replace("\r\n", "\n").replace("\r", "\n"))


def _legible(found: re.Match[str]) -> str:
    char = found[0]
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"\\u{code:04x}"
