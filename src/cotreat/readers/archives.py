"""Parts of a workbook or a document, which is a ZIP archive of XML texts, read without trusting it.

Nothing is unpacked to disk, entities are refused, and a part that swells to an absurd
size when it is unpacked is refused before it fills the memory.
"""

import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import NoReturn
from xml.parsers import expat  # DTDs and with them entities are refused below

from cotreat.readers.places import Place

MOST_UNPACKED_BYTES = 1 << 30
_MOST_SWELLING = 100  # a sheet of a million like rows swells about thirtyfold
_SWELLING_MATTERS_FROM = 50 << 20
_CHUNK = 1 << 18
_LAST_RECORD = 22  # bytes at the end of every archive, before its comment

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)

Listener = Callable[[expat.XMLParserType, str], object]


@dataclass(frozen=True, slots=True)
class ArchiveKind:
    """What an archive is, for messages.

    Attributes
    ----------
    noun
        What it is called.
    mend, lighten
        What to do when it is damaged, and when it is too large.
    """

    noun: str
    mend: str
    lighten: str


WORKBOOK = ArchiveKind(
    "workbook",
    "Open it in a spreadsheet program, save it as a new .xlsx file and use that.",
    "Delete what is not part of the table, or save the sheet as CSV and use that.",
)


class Archive:
    """A workbook or a document in memory; `kind` says which, for messages.

    Raises
    ------
    SourceError
        The file is cut off, damaged, or two of its parts have the same name.
    """

    def __init__(self, content: bytes, place: Place, kind: ArchiveKind = WORKBOOK) -> None:
        self._place = place
        self._kind = kind
        self._swollen = 0
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
            self.names = tuple(self._zip.namelist())
        except _BROKEN:
            self._refuse_broken(content)
        # Two parts of one name could show one content to us and another to a spreadsheet program.
        self._by_name = {name.casefold(): name for name in self.names}
        if len(self._by_name) < len(self.names):
            self.refuse_damage("two of its parts have the same name")

    def refuse_damage(self, why: str) -> NoReturn:
        """The message for a file that no program for its kind wrote like this is raised."""
        self._place.refuse(f"the {self._kind.noun} is damaged ({why}).", self._kind.mend)

    def find(self, folder: str, target: str) -> str:
        """The name of the part that a part in `folder` calls `target`; empty when there is none."""
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        return self._by_name.get(path.casefold(), "")

    def chunks(self, name: str) -> Iterator[bytes]:
        """The unpacked bytes of a part, piece by piece.

        Raises
        ------
        SourceError
            The part is missing, damaged, protected by a password or absurdly large.
        """
        try:
            info = self._zip.getinfo(name)
            with self._zip.open(info) as part:
                while chunk := part.read(_CHUNK):
                    self._swollen += len(chunk)
                    self._refuse_swelling(part.tell(), info.compress_size)
                    yield chunk
        except _BROKEN as error:
            if isinstance(error, RuntimeError) and "password" in str(error):
                self._place.refuse(
                    "the file is protected by a password.", "Save a copy without a password and use that."
                )
            self.refuse_damage(f"its part {name} cannot be unpacked")

    def parse(self, name: str, listen: Listener, *, namespaces: bool = False) -> None:
        """An XML part is parsed; the handlers that `listen` sets see its elements in order.

        Parameters
        ----------
        name
            The part.
        listen
            Called at the root element with the parser, whose handlers it sets, and with
            the prefix of the root element ("x:", mostly empty).
        namespaces
            Whether names reach the handlers as namespace, blank, local name; else as
            they are written.

        Raises
        ------
        SourceError
            The part is no well-formed XML, or declares a DTD.
        """
        parser = expat.ParserCreate(namespace_separator=" " if namespaces else None)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = lambda tag, _: listen(parser, tag[: tag.find(":") + 1])
        try:
            for chunk in self.chunks(name):
                parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position only
            parser.Parse(b"", True)  # noqa: FBT003 - the same
        except (expat.ExpatError, LookupError, ValueError):
            self.refuse_damage(f"its part {name} is not valid XML")

    def elements(self, name: str) -> list[tuple[str, Mapping[str, str]]]:
        """Every element of a small XML part below its root, with its attributes; prefixes left out."""
        found: list[tuple[str, Mapping[str, str]]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            found.append((_local(tag), {_local(key): value for key, value in attributes.items()}))

        def listen(parser: expat.XMLParserType, _: str) -> None:
            parser.StartElementHandler = start

        self.parse(name, listen)
        return found

    def _refuse_broken(self, content: bytes) -> NoReturn:
        tail = content[-(1 << 16) - _LAST_RECORD :]
        if len(tail) - tail.rfind(b"PK\x05\x06") < _LAST_RECORD or b"PK\x05\x06" not in tail:
            self._place.refuse(
                "the file ends too early: it is being written, was copied only in part, or is damaged.",
                "Wait until it is saved or copied whole, then run again.",
            )
        self.refuse_damage("its list of parts cannot be read")

    def _refuse_swelling(self, unpacked: int, packed: int) -> None:
        is_absurd = unpacked > _SWELLING_MATTERS_FROM and unpacked > _MOST_SWELLING * max(packed, 1)
        if is_absurd or self._swollen > MOST_UNPACKED_BYTES:
            self._place.refuse(
                f"unpacked, the {self._kind.noun} is larger than {self._swollen >> 20} MB.",
                self._kind.lighten,
            )

    def _refuse_doctype(self, *_: object) -> None:
        self.refuse_damage(f"it declares entities, which no {self._kind.noun} needs")


def _local(name: str) -> str:
    return name.rpartition(":")[2]
