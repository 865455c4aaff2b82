"""Files of arrays: what numpy writes, and what claims to be it."""

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
import pytest

from aipu.dialects.semantics.stored_arrays import (
    UNREADABLE,
    read_archive,
    read_arrays,
)
from aipu.dialects.semantics.weights import WeightStore
from aipu.errors import AipuError
from aipu.passes.quantising.calibration.array_file import read_array
from aipu.passes.quantising.calibration.network_input import Input
from aipu.passes.quantising.calibration.samples import read_samples
from aipu.tests.frontends.fuzz import mutants, survives

COUNTS = [60, pytest.param(500, marks=pytest.mark.long)]
ARRAY = np.arange(12, dtype=np.float32).reshape(3, 4)
GIGABYTE = 1 << 30


def header(shape: str, kind: str = "<f4") -> bytes:
    """The head of an `.npy`."""
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    padded = text.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded.encode()


def archive(content: bytes, compression: int = ZIP_STORED) -> bytes:
    """An `.npz` of one array."""
    result = BytesIO()
    with ZipFile(result, "w", compression) as file:
        file.writestr("image.npy", content)
    return result.getvalue()


def npy() -> bytes:
    return header("(3, 4)") + ARRAY.tobytes()


def refusal(content: bytes, path: Path) -> str:
    path.write_bytes(content)
    with pytest.raises(UNREADABLE) as caught:
        read_arrays(path)
    return str(caught.value)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_an_archive_has_its_arrays_by_name(save, tmp_path: Path) -> None:
    save(tmp_path / "x.npz", image=ARRAY, words=np.array(["a", "bc"]))
    found = read_archive(tmp_path / "x.npz")
    assert list(found) == ["image", "words"]
    assert np.array_equal(found["image"], ARRAY)
    assert found["words"].tolist() == ["a", "bc"]


@pytest.mark.parametrize("array", [ARRAY, ARRAY.T, ARRAY[:0], np.array(7), ARRAY > 4])
def test_an_array_is_what_was_saved(array: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", array)
    found = read_arrays(tmp_path / "x.npy")
    assert isinstance(found, np.ndarray)
    assert found.dtype == array.dtype
    assert np.array_equal(found, array)


@pytest.mark.parametrize("shape", ["(268435456, 4)", "(1000000000000000, 9)"])
@pytest.mark.parametrize("pack", [bytes, archive])
def test_a_shape_that_the_file_cannot_hold(pack, shape: str, tmp_path: Path) -> None:
    message = refusal(pack(header(shape) + bytes(40)), tmp_path / "x")
    assert "bytes, it has 40" in message


@pytest.mark.parametrize("pack", [bytes, archive])
def test_a_pickle_is_not_read(pack, tmp_path: Path) -> None:
    content = BytesIO()
    np.save(content, np.array([{}], object), allow_pickle=True)
    assert "pickle" in refusal(pack(content.getvalue()), tmp_path / "x")


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A megabyte that becomes more than a gigabyte."""
    path, zeros = tmp_path / "x.npz", bytes(1 << 24)
    with (
        ZipFile(path, "w", ZIP_DEFLATED) as file,
        file.open("image.npy", "w", force_zip64=True) as stream,
    ):
        stream.write(header(f"({GIGABYTE},)", "|u1"))
        for _ in range(GIGABYTE // len(zeros)):
            stream.write(zeros)
    assert path.stat().st_size < 2_000_000
    for read in (read_array, WeightStore.load, samples):
        with pytest.raises(AipuError, match="its parts claim 1073741952 bytes"):
            read(path)


def test_parts_that_lie_on_top_of_one_another(tmp_path: Path) -> None:
    """Two entries of the directory for the same bytes."""
    content = bytearray(archive(npy()))
    start, end = content.rindex(b"PK\x01\x02"), content.rindex(b"PK\x05\x06")
    entry = content[start:end]
    content[end:end] = entry * 5
    tail = len(content) - 22
    content[tail + 8 : tail + 12] = (6).to_bytes(2, "little") * 2
    content[tail + 12 : tail + 16] = (6 * len(entry)).to_bytes(4, "little")
    assert "its parts claim" in refusal(bytes(content), tmp_path / "x")


def test_other_ways_of_packing(tmp_path: Path) -> None:
    message = refusal(archive(npy(), ZIP_BZIP2), tmp_path / "x")
    assert "not stored as numpy stores them" in message


def samples(path: Path) -> object:
    return read_samples(path, [Input("image", (1, 4))])


READERS = {"array": read_array, "weights": WeightStore.load, "samples": samples}
FILES = {
    "npy": npy(),
    "npz": archive(npy()),
    "compressed": archive(npy(), ZIP_DEFLATED),
}


@pytest.mark.parametrize("count", COUNTS, ids=str)
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("reader", READERS)
def test_damaged_files(reader: str, file: str, count: int, tmp_path: Path) -> None:
    files = mutants(FILES[file], count)
    taken = [survives(READERS[reader], each, tmp_path / "x") for each in files]
    assert len(taken) == count
    assert not all(taken)
