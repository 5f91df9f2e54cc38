"""Links between the pages lead somewhere, and every page can be reached."""

import re

import pytest
from pages import ROOT, pages, read


def _targets(page: str) -> list[str]:
    """Files that a page links to or shows, without anchors and without addresses."""
    outside_code = re.sub(r"^```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"\]\(([^)\s#]+)", outside_code) + re.findall(r'(?:src|href)="([^"#]+)', outside_code)
    return [target for target in found if not re.match(r"[a-z]+:", target)]


@pytest.mark.parametrize("page", pages())
def test_links_lead_to_files(page: str) -> None:
    folder = (ROOT / page).parent
    assert [target for target in _targets(page) if not (folder / target).exists()] == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached: set[str] = set()
    waiting = ["README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        linked = ((ROOT / page).parent / target for target in _targets(page) if target.endswith(".md"))
        waiting += [p.resolve().relative_to(ROOT).as_posix() for p in linked if p.exists()]
    assert [page for page in pages() if page not in reached] == []
