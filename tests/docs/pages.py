"""The pages that a reader meets, and the code blocks in them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """One fenced block: its language, text, line, and the output that stands right behind it."""

    language: str
    text: str
    line: int
    output: str


def pages() -> list[str]:
    found = [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "examples").glob("*/README.md"),
    ]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(text: str) -> Iterator[Block]:
    """Blocks in order; a block of language text right behind another is what that one prints."""
    found = list(_BLOCK.finditer(text))
    for place, match in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else None
        adjoins = after is not None and not text[match.end() : after.start()].strip()
        output = after[2] if after is not None and adjoins and after[1] == "text" else ""
        yield Block(match[1], match[2], text.count("\n", 0, match.start()) + 1, output)


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Commands of a console block, each with the lines that it is said to print."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def says(shown: str, printed: str) -> bool:
    """Whether what was printed is what the page shows; `...` stands for anything."""
    parts = [re.escape(part) for part in re.split(r"\.\.\.", shown.strip())]
    return re.fullmatch(".*".join(parts), printed.strip(), re.DOTALL) is not None
