"""`aipu board`: a board, what is installed, and whether a program fits."""

import json
import sys
from pathlib import Path

import pytest

from aipu.tests.cli.command import aipu, complaint


def test_the_board_and_what_is_here() -> None:
    found = json.loads(aipu("board", "--json").stdout)
    assert found["board"]["name"] == "maixsense"
    assert {each["extra"] for each in found["installed"]["packages"]} >= {
        *("image", "report", "tflite", "torch")
    }
    text = aipu("board").stdout
    assert "r329-600mhz" in text
    assert "104.9 MB for the machine (CMA), 71.00 MB free" in text


def test_a_program_of_this_computer(tmp_path: Path) -> None:
    program = Path(sys.executable).resolve()
    result = aipu("board", "--elf", program)
    assert f"{program.name} on maixsense" in result.stdout
    found = json.loads(aipu("board", "--elf", program, "--json").stdout)
    good = all(demand["good"] for demand in found["demands"])
    assert result.exit_code == (0 if good else 1)


def test_what_it_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no board 'x'" in complaint("board", "x")
    text = tmp_path / "text"
    text.write_text("no program")
    assert "no ELF file" in complaint("board", "--elf", text)
    monkeypatch.setitem(sys.modules, "elftools", None)
    said = complaint("board", "--elf", text)
    assert said.endswith("pip install 'aipu-compiler[elf]'\n")
