"""Links lead somewhere: to files that exist, and to headings that they have."""

from pathlib import Path

import pytest

from aipu.tests.docs.page import anchors, links, pages

ROOT = Path(__file__).parents[2]
PAGES = pages(ROOT)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page.read_text()):
        if link.startswith(("https://", "http://")):
            continue
        file, _, heading = link.partition("#")
        target = page.parent / file if file else page
        assert target.exists(), f"{page.name}: no file {file}"
        if heading:
            assert heading in anchors(target.read_text()), f"{page.name}: {link}"


def test_every_page_is_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    others = {page.name for page in PAGES if page.parent == index.parent}
    assert others - {index.name} <= set(links(index.read_text()))
