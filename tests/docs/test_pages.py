"""What the pages show is what comes back: each is walked through in a fresh folder.

Where a page is right and shows an old output, `python docs/refresh_outputs.py` puts
the new one in.
"""

from pathlib import Path

import pytest

from aipu.tests.docs.page import blocks, pages
from aipu.tests.docs.session import agrees, fresh_folder, walk

ROOT = Path(__file__).parents[2]
LIVE = {"console", "python", "pycon"}


def is_live(page: Path) -> bool:
    """Whether a page shows anything that can be tried."""
    return any(each.language in LIVE for each in blocks(page.read_text()))


@pytest.mark.parametrize(
    "page", filter(is_live, pages(ROOT)), ids=lambda page: page.name
)
def test_a_page_shows_what_comes_back(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(fresh_folder(tmp_path, ROOT))
    for command, found in walk(page):
        assert agrees(command.shown, found), f"$ {command.line}\n{found}"
