"""The text of a file: which encoding it has, and whether it is a text at all."""

import codecs
import re
from dataclasses import dataclass
from typing import Final, NoReturn

from cotreat.findings import Findings
from cotreat.readers.places import Excerpt, Place

_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
}
# Python calls these encodings too, but no file of cells is written in them.
_NO_CHARACTER_SETS: Final = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"}
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_MOST_CONTROL_SHARE = 0.002
_MOST_CONTROL = 3
# A letter, a sign or rare capital, a small letter: a DOS or Macintosh text that was taken for Windows-1252.
_MISREAD = re.compile(
    r"[^\W\d_](?:[\u20ac\u201a\u0192\u201c-\u201e\u2020\u2021\u02c6\u2030\u2039\u203a\u2122]"
    r"|[\xa1-\xa9\xab\xac\xae\xaf\xb1\xb6\xb8\xbb-\xbf]|[ŠŒŽŸ])[a-z]"
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_AROUND = 30
_WHAT_TO_DO = 'Save it as "CSV UTF-8" and use that, or give `encoding` under [source] of the protocol.'


@dataclass(frozen=True)
class DecodedText:
    """The text of a file; every line break is a line feed.

    Attributes
    ----------
    encoding
        Name of the encoding, as people call it.
    is_detected
        Whether the encoding was found out rather than given.
    """

    text: str
    encoding: str
    is_detected: bool
    findings: Findings


def read_text(content: bytes, place: Place, encoding: str | None) -> DecodedText:
    """The text that the bytes are.

    Parameters
    ----------
    content
        The whole file.
    encoding
        None asks for it to be found out: UTF-8, UTF-16 and UTF-32 by the mark at the
        start, UTF-8 by its rules, else Windows-1252 (and with it Latin-1).

    Raises
    ------
    SourceError
        The encoding is not known or does not fit, or the bytes are no text.
    """
    if encoding is not None:
        return _decode_as(content, place, encoding)
    mark = next((name for bom, name in _BOMS if content.startswith(bom)), None)
    if mark is None and b"\0" in content:
        _refuse_binary(content, place)
    name = mark or "utf-8"
    try:
        text = content.decode(name)
    except UnicodeError as error:
        if mark is not None:
            _refuse_undecodable(content, place, _NAMES[mark], error)
        return _decode_windows(content, place)
    return _checked(text, place, _NAMES[name], is_detected=True)


def _decode_as(content: bytes, place: Place, encoding: str) -> DecodedText:
    try:
        name = codecs.lookup(encoding).name
        text = None if name.replace("_", "-") in _NO_CHARACTER_SETS else content.decode(name)
    except UnicodeError as error:
        _refuse_undecodable(content, place, str(Excerpt(encoding)), error)
    except (LookupError, ValueError):
        name, text = "", None
    if text is None:
        place.refuse(
            f'the encoding "{Excerpt(encoding)}" is not known.',
            "Give `encoding` as utf-8, utf-16, cp1252, cp850, mac-roman or the like.",
        )
    shown = _NAMES.get(name, str(Excerpt(encoding)))
    return _checked(text.removeprefix("\ufeff"), place, shown, is_detected=False)


def _decode_windows(content: bytes, place: Place) -> DecodedText:
    """Text that is not UTF-8, as programs on Windows write it in Western Europe and America."""
    _refuse_mixture(content, place)
    try:
        text = content.decode("cp1252")
    except UnicodeError as error:
        _refuse_undecodable(content, place, "UTF-8 or Windows-1252", error)
    decoded = _checked(text, place, "Windows-1252", is_detected=True)
    misread = _MISREAD.search(decoded.text)
    shown = misread or _NOT_ASCII.search(decoded.text)
    start = shown.start() if shown else 0
    line_start = decoded.text.rfind("\n", 0, start) + 1
    guess = place.finding(
        "warning" if misread else "info",
        "encoding_guessed",
        "The text is not UTF-8 and was read as Windows-1252"
        + (", which gives letters that look wrong." if misread else "."),
        f"Look at the letters of the value; if they are wrong: {_WHAT_TO_DO}",
        row=decoded.text.count("\n", 0, start) + 1,
        value=decoded.text[max(line_start, start - _AROUND) : start + _AROUND].partition("\n")[0],
    )
    return DecodedText(
        decoded.text, decoded.encoding, is_detected=True, findings=Findings.concat([decoded.findings, guess])
    )


def _refuse_mixture(content: bytes, place: Place) -> None:
    """Bytes that are UTF-8 but for a few: read as Windows-1252, all the others would turn to rubbish."""
    readable = content.decode("utf-8", errors="surrogateescape")
    broken = re.search("[\udc80-\udcff]", readable)
    n_broken = len(re.findall("[\udc80-\udcff]", readable))
    if broken and len(_NOT_ASCII.findall(readable)) > 2 * n_broken:
        place.refuse(
            "the text is UTF-8, but a character in this line is not: two encodings are mixed.",
            f"Correct that line. {_WHAT_TO_DO}",
            row=readable.count("\n", 0, broken.start()) + 1,
        )


def _checked(text: str, place: Place, encoding: str, *, is_detected: bool) -> DecodedText:
    """The text with plain line breaks, if it is one that a person can have written."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a")
    control = _CONTROL.findall(text)
    if "\0" in control or len(control) > _MOST_CONTROL + _MOST_CONTROL_SHARE * len(text):
        place.refuse(
            f"it is not a text: it holds {len(control):,} control characters.",
            "Save the table as .xlsx or .csv.",
        )
    lost = text.find("\ufffd")
    findings = Findings.of()
    if lost >= 0:
        findings = place.finding(
            "warning",
            "lost_characters",
            f"{text.count(chr(0xFFFD)):,} characters were lost before this file was written: "
            "they are replacement characters now.",
            "Export the table again from where it comes from.",
            row=text.count("\n", 0, lost) + 1,
            value=text[max(text.rfind("\n", 0, lost) + 1, lost - _AROUND) : lost + _AROUND].partition("\n")[
                0
            ],
        )
    return DecodedText(text, encoding, is_detected, findings)


def _refuse_binary(content: bytes, place: Place) -> NoReturn:
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = content[first::2]
        if half.count(0) > len(half) // 2 > content[1 - first :: 2].count(0) * 4:
            place.refuse(
                "it looks like a UTF-16 text without a mark at its start.",
                f'Save it as "CSV UTF-8" and use that, or give encoding = "{name}" under [source].',
            )
    place.refuse("it is not a text: it holds NUL bytes.", "Save the table as .xlsx or .csv.")


def _refuse_undecodable(content: bytes, place: Place, encoding: str, error: UnicodeError) -> NoReturn:
    row, byte = None, ""
    if isinstance(error, UnicodeDecodeError):
        row = content.count(b"\n", 0, error.start) + 1
        byte = f" (byte 0x{content[error.start]:02X})"
    place.refuse(f"a character{byte} is not {encoding}.", _WHAT_TO_DO, row=row)
