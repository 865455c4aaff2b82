"""A file is written whole or not at all."""

from pathlib import Path

import pytest

from aipu.errors import AipuError
from aipu.runtime.files import read_file, read_text, whole_file, write_file


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_file_is_written(tmp_path: Path) -> None:
    file = tmp_path / "aipu.bin"
    write_file(file, b"new")
    assert file.read_bytes() == b"new"
    assert names(tmp_path) == ["aipu.bin"]


def test_a_file_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "aipu.bin"
    file.write_bytes(b"old and longer")
    write_file(file, b"new")
    assert file.read_bytes() == b"new"


def test_an_error_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "aipu.bin"
    file.write_bytes(b"old")
    with pytest.raises(AipuError, match="half"), whole_file(file) as beside:
        beside.write_bytes(b"ne")
        raise AipuError("half")
    assert file.read_bytes() == b"old"
    assert names(tmp_path) == ["aipu.bin"]


def test_an_error_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), whole_file(tmp_path / "new") as beside:
        beside.write_bytes(b"ne")
        raise KeyboardInterrupt
    assert names(tmp_path) == []


def test_two_files_are_written_together_or_not(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "missing" / "second"
    with pytest.raises(AipuError), whole_file(first) as one, whole_file(second) as two:
        one.write_bytes(b"1")
        two.write_bytes(b"2")
    assert names(tmp_path) == []


def test_a_link_goes_on_pointing_at_the_file(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_bytes(b"old")
    link.symlink_to(file)
    write_file(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("folder", "this is a folder"),
        ("missing/aipu.bin", "No such file or directory"),
        ("file/aipu.bin", "Not a directory"),
        ("x" * 300, "File name too long"),
    ],
)
def test_what_cannot_be_written(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(AipuError, match=message) as caught:
        write_file(tmp_path / name, b"new")
    assert caught.value.place == str(tmp_path / name)
    assert sorted(names(tmp_path)) == ["file", "folder"]


def test_a_device_is_not_replaced() -> None:
    with pytest.raises(AipuError, match="not a regular file"):
        write_file(Path("/dev/null"), b"new")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(AipuError, match="No such file"):
        read_file(tmp_path / "missing")
    with pytest.raises(AipuError, match="Is a directory"):
        read_text(tmp_path)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(AipuError, match="not a text in UTF-8"):
        read_text(tmp_path / "binary")


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"\xef\xbb\xbf.target")
    assert read_text(tmp_path / "text") == ".target"
