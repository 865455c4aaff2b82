"""The manual of the commands says what the commands say."""

import re
import runpy
from pathlib import Path

import pytest

from aipu.tests.cli.command import aipu

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "cli.md").read_text()


def test_the_page_is_up_to_date() -> None:
    page = runpy.run_path(str(DOCS / "generate_cli.py"))["cli_page"]()
    assert page == PAGE, "run docs/generate_cli.py"


@pytest.mark.parametrize("name", re.findall(r"^## aipu (\S.*)$", PAGE, re.MULTILINE))
def test_every_option_of_a_command_is_on_the_page(name: str) -> None:
    section = PAGE.partition(f"## aipu {name}\n")[2].partition("\n## ")[0]
    options = set(
        re.findall(
            r"^  (?:-\w, )?(--[\w-]+)", aipu(*name.split(), "--help").stdout, re.M
        )
    )
    assert all(f"`{option}`" in section for option in options - {"--help"})
    assert options


def test_the_page_of_the_interface_is_up_to_date() -> None:
    page = runpy.run_path(str(DOCS / "generate_api.py"))["api_page"]()
    assert page == (DOCS / "api.md").read_text(), "run docs/generate_api.py"


def test_the_page_of_operators_is_up_to_date() -> None:
    page = runpy.run_path(str(DOCS / "generate_operators.py"))["operators_page"]()
    assert page == (DOCS / "operators.md").read_text(), "run docs/generate_operators.py"
