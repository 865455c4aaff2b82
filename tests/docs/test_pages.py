"""What the pages show is what comes back: each is walked through in a fresh folder.

Where a page is right and shows an old output, `python docs/refresh_outputs.py` puts
the new one in.
"""

from pathlib import Path

import pytest

from aipu.extensions import for_a_while
from aipu.tests.docs.page import agrees, blocks, first_difference, pages
from aipu.tests.docs.session import fresh_folder, walk

ROOT = Path(__file__).parents[2]
LIVE = {"console", "python", "pycon"}


def is_live(page: Path) -> bool:
    """Whether a page shows anything that can be tried."""
    return any(each.language in LIVE for each in blocks(page.read_text()))


PAGES = [page for page in pages(ROOT) if is_live(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_shows_what_comes_back(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(fresh_folder(tmp_path, ROOT))
    with for_a_while():
        for command, found in walk(page):
            where = first_difference(command.shown, found)
            message = f"$ {command.line}\nshown, not found: {where}\n{found}"
            assert agrees(command.shown, found), message
