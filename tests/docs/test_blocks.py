"""Every command and every piece of Python in the documentation runs, and prints what the page shows."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pages import ROOT, Block, blocks, commands, pages, read, says

RUN = ("console", "python")
# Shown, not run: `sh` is for make, which makes an environment of its own and is run as it stands by .ci/run.
SHOWN = ("sh", "text", "toml", "csv", "sql")


@pytest.mark.parametrize(
    "page", [page for page in pages() if any(b.language in RUN for b in blocks(read(page)))]
)
def test_the_blocks_of_a_page_run_in_order(page: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for block in blocks(read(page)):
        if block.language == "python":
            _check(
                [sys.executable, "-W", "error", "-c", block.text],
                block.output,
                f"{page}:{block.line}",
                tmp_path,
            )
        elif block.language == "console":
            for command, shown in commands(block.text):
                _check(_argv(command), shown, f"{page}:{block.line} {command}", tmp_path)


@pytest.mark.parametrize("page", pages())
def test_every_block_says_what_it_is(page: str) -> None:
    unknown = [f"{page}:{b.line} {b.language!r}" for b in blocks(read(page)) if b.language not in RUN + SHOWN]
    assert unknown == []


def test_shell_blocks_name_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target
        for page in pages()
        for block in blocks(read(page))
        if block.language == "sh"
        for target in re.findall(r"\bmake (?:[A-Z]+=\S+ )*([a-z]+)", block.text)
    }
    assert named >= {"demo", "test"}
    assert named - targets == set()


def test_finds_blocks_with_their_output() -> None:
    text = "a\n```python\nprint(1)\n```\n\n```text\n1\n```\nb\n```text\n2\n```\n"
    assert list(blocks(text)) == [
        Block("python", "print(1)\n", 2, "1\n"),
        Block("text", "1\n", 6, ""),
        Block("text", "2\n", 10, ""),
    ]


def test_finds_commands_with_their_output() -> None:
    assert list(commands("$ one\nfirst\nsecond\n$ two\n")) == [("one", "first\nsecond\n"), ("two", "")]


@pytest.mark.parametrize(
    ("shown", "printed", "equal"),
    [
        ("12 of 18", "12 of 18\n", True),
        ("12 of 18", "13 of 18\n", False),
        ("12 of ...", "12 of 18\n", True),
        ("a\n...\nd", "a\nb\nc\nd\n", True),
        ("a.b", "axb", False),
    ],
)
def test_compares_output(shown: str, printed: str, equal: bool) -> None:
    assert says(shown, printed) is equal


def _argv(command: str) -> list[str]:
    """The command with cotreat and python of this environment."""
    program, *arguments = shlex.split(command)
    assert program in {"cotreat", "python"}, f"{command}: a console block runs cotreat or python only"
    return [str(Path(sys.executable).parent / program), *arguments]


def _check(argv: list[str], shown: str, where: str, folder: Path) -> None:
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    printed = done.stdout + done.stderr
    assert done.returncode == 0, f"{where}\n{printed}"
    assert not shown or says(shown, printed), f"{where} printed\n{printed}\nthe page shows\n{shown}"
