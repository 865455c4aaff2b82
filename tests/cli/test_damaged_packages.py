"""A package that somebody damaged or mixed up: one message, never a traceback."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aipu.backend_aipu.binary.note import VERSION
from aipu.tests.cli.command import aipu, complaint
from aipu.tests.small_model import model_of, save

COMMANDS = ("run", "verify", "report")


def all_refuse(package: Path) -> str:
    """What every command says to a package, which must be the same."""
    (message,) = {complaint(command, package) for command in COMMANDS}
    return message


def flip(path: Path, byte: int) -> None:
    data = bytearray(path.read_bytes())
    data[byte] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("byte", [0, 100, 600, -1])
def test_a_flipped_byte_of_the_binary(byte: int, copy: Path) -> None:
    flip(copy / "aipu.bin", byte)
    assert "aipu.bin: " in all_refuse(copy)


@pytest.mark.parametrize("left", [0, 10, 900])
def test_a_binary_that_was_cut_short(left: int, copy: Path) -> None:
    data = (copy / "aipu.bin").read_bytes()
    (copy / "aipu.bin").write_bytes(data[:left])
    assert "aipu.bin: " in all_refuse(copy)


def test_a_binary_of_another_version(copy: Path) -> None:
    data = bytearray((copy / "aipu.bin").read_bytes())
    data[84] += 1  # the version in the note: docs/binary.md
    (copy / "aipu.bin").write_bytes(data)
    expected = f"format version {VERSION + 1}, expected version {VERSION}"
    assert expected in all_refuse(copy)


def test_a_binary_for_another_target(copy: Path, model: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    aipu("build", model, "-o", other, "--target", "gemmini-16x16")
    (copy / "aipu.bin").write_bytes((other / "aipu.bin").read_bytes())
    assert "made for the target 'gemmini-16x16', not 'r329'" in all_refuse(copy)


@pytest.mark.parametrize("name", ["aipu.bin", "package.json", "weights.npz"])
def test_a_missing_file(name: str, copy: Path) -> None:
    (copy / name).unlink()
    assert name in all_refuse(copy)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b"null"])
def test_a_manifest_that_is_none(content: bytes, copy: Path) -> None:
    (copy / "package.json").write_bytes(content)
    assert "package.json: not a package" in all_refuse(copy)


def unknown_format(manifest: dict) -> None:
    manifest["format"] = 3


def impossible_machine(manifest: dict) -> None:
    manifest["machine"]["array"]["rows"] = 0


def another_target(manifest: dict) -> None:
    manifest["target"] = "r330"


def unknown_field(manifest: dict) -> None:
    manifest["comment"] = "edited by hand"


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (unknown_format, "a package of format 3, expected 2"),
        (impossible_machine, "$.machine.array.rows"),
        (another_target, "made for the target 'r329', not 'r330'"),
        (unknown_field, "unknown field `comment`"),
    ],
)
def test_a_manifest_that_was_edited(
    edit: Callable[[dict], None], words: str, copy: Path
) -> None:
    manifest = json.loads((copy / "package.json").read_text())
    edit(manifest)
    (copy / "package.json").write_text(json.dumps(manifest))
    assert words in all_refuse(copy)


def test_weights_that_were_edited(copy: Path) -> None:
    flip(copy / "weights.npz", 200)
    assert "weights.npz: " in all_refuse(copy)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("model.mlir", "run"),
        ("levels/tile.mlir", "report"),
        ("levels/prepared.mlir", "verify"),
        ("levels/aipu.mlir", "verify"),
    ],
)
def test_a_level_that_was_cut_short(name: str, command: str, copy: Path) -> None:
    data = (copy / name).read_bytes()
    (copy / name).write_bytes(data[:300])
    assert name in complaint(command, copy)


def test_a_schedule_of_another_package(copy: Path, tmp_path: Path) -> None:
    path = save(model_of("Relu", [1, 16]), tmp_path / "relu.onnx")
    aipu("build", path, "-o", tmp_path / "other")
    tile = tmp_path / "other" / "levels" / "tile.mlir"
    (copy / "levels" / "tile.mlir").write_bytes(tile.read_bytes())
    assert "its files do not belong together" in complaint("report", copy)
