"""The HTML report: one inert file that can be read anywhere."""

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from invented_report import hostile_report, report

from cotreat.errors import OutputError
from cotreat.report.blocks import Blocks
from cotreat.report.html import write_html

VOID = {"meta", "br", "link", "img", "hr", "input"}


class Page(HTMLParser):
    """Elements of a page, and whether they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def page(blocks: Blocks, folder: Path) -> tuple[str, Page]:
    write_html(blocks, folder / "report.html")
    text = (folder / "report.html").read_text(encoding="utf-8")
    return text, Page(text)


def test_the_page_is_well_formed_and_every_id_its_own(tmp_path: Path) -> None:
    text, parsed = page(report(), tmp_path)
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert parsed.open == []
    ids = [attrs["id"] for _, attrs in parsed.tags if attrs.get("id")]
    assert [i for i, n in Counter(ids).items() if n > 1] == []
    links = {href for a in parsed.all("a") if (href := a["href"])}
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    # Nothing else but the files that are written beside the page.
    assert {link for link in links if not link.startswith("#")} == {"checklists.docx", "checklists.csv"}
    labelled = [attrs["aria-labelledby"] for _, attrs in parsed.tags if attrs.get("aria-labelledby")]
    assert set(labelled) <= set(ids)


def test_nothing_comes_from_elsewhere_and_nothing_runs(tmp_path: Path) -> None:
    text, parsed = page(report(), tmp_path)
    assert parsed.all("script") == parsed.all("link") == parsed.all("iframe") == []
    policy = next(
        m["content"] for m in parsed.all("meta") if m.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert "script-src" not in policy
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]+"|http-equiv', "", text)
    assert not re.search(r"\son\w+=", text)


def test_hostile_texts_are_shown_and_do_nothing(tmp_path: Path) -> None:
    text, parsed = page(hostile_report(), tmp_path)
    assert parsed.open == []
    assert parsed.all("script") == []
    assert "<script>alert(1)</script> & \"q\" 'a'" in parsed.text
    assert "{{ 7*7 }}" in parsed.text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", text)
    assert "\u2400" in text


def test_tables_are_read_aloud_with_their_headings(tmp_path: Path) -> None:
    _, parsed = page(report(), tmp_path)
    tables = list(report().tables)
    assert len(parsed.all("table")) == len(parsed.all("caption")) == len(tables)
    assert {th.get("scope") for th in parsed.all("th")} == {"col", "row", "rowgroup"}
    assert len([th for th in parsed.all("th") if th["scope"] == "col"]) == sum(len(t.columns) for t in tables)
    assert all(t["id"] for t in parsed.all("caption"))


def test_figures_have_their_alternative_text_in_the_drawing(tmp_path: Path) -> None:
    text, parsed = page(report(), tmp_path)
    drawings = parsed.all("svg")
    assert len(drawings) == len(list(report().figures)) == 3
    assert all(svg["role"] == "img" and svg["aria-labelledby"] for svg in drawings)
    assert "<desc" in text
    assert "Swimmer plot of 9 patients with 11 combinations" in parsed.text


def test_headings_step_down_one_by_one(tmp_path: Path) -> None:
    _, parsed = page(report(), tmp_path)
    levels = [int(tag[1]) for tag, _ in parsed.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_paper_phone_and_darkness_are_provided_for(tmp_path: Path) -> None:
    text, _ = page(report(), tmp_path)
    for rule in (
        "@page landscape { size: A4 landscape",
        "thead { display: table-header-group; }",
        "prefers-color-scheme: dark",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "break-inside: avoid",
    ):
        assert rule in text


@pytest.mark.parametrize("theme", [":root {", "prefers-color-scheme: dark) {"])
def test_text_stands_out_from_its_ground(tmp_path: Path, theme: str) -> None:
    text, _ = page(report(), tmp_path)
    block = text[text.index(theme) :]
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6});", block[: block.index("}")]))
    for ink in ("ink", "quiet", "link"):
        for ground in ("paper", "ground"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    first, _ = page(report(), tmp_path / "a")
    second, _ = page(report(), tmp_path / "b")
    assert first == second


def test_a_page_that_cannot_be_written_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        write_html(report(), tmp_path / "file" / "report.html")
