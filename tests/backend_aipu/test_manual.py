"""The manual says what the code does."""

import runpy
from pathlib import Path

from aipu.backend_aipu.binary.note import VERSION
from aipu.backend_aipu.binary.sections import SECTIONS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_instructions_page_is_up_to_date() -> None:
    page = runpy.run_path(str(DOCS / "generate_isa.py"))["isa_page"]()
    assert (DOCS / "isa.md").read_text() == page, "run docs/generate_isa.py"


def test_the_binary_page_knows_every_section() -> None:
    page = (DOCS / "binary.md").read_text()
    assert all(f"`{section.name}`" in page for section in SECTIONS)


def test_the_binary_page_knows_the_version() -> None:
    page = (DOCS / "binary.md").read_text()
    assert f"version of the format, {VERSION} (uint32)" in page
