"""The manual says what the code does."""

import re
import runpy
from pathlib import Path

import pytest

from aipu.backend_aipu.assembly import parse_assembly
from aipu.backend_aipu.binary_sections import SECTIONS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_instructions_page_is_up_to_date() -> None:
    page = runpy.run_path(str(DOCS / "generate_isa.py"))["isa_page"]()
    assert (DOCS / "isa.md").read_text() == page, "run docs/generate_isa.py"


def test_the_program_in_the_language_page_is_right() -> None:
    programs = re.findall(r"```asm\n(.*?)```", (DOCS / "assembly.md").read_text(), re.S)
    assert programs
    for program in programs:
        parse_assembly(program, "assembly.md")


def test_the_binary_page_knows_every_section() -> None:
    page = (DOCS / "binary.md").read_text()
    assert all(f"`{section.name}`" in page for section in SECTIONS)


@pytest.mark.parametrize("page", ["isa.md", "assembly.md", "binary.md"])
def test_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)", (DOCS / page).read_text())
    assert all((DOCS / link).exists() for link in links), links
