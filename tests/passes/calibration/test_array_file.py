"""Whatever is in a file, it is an array or one error."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aipu.errors import AipuError
from aipu.passes.calibration.array_file import read_array, read_arrays


def header(text: str) -> bytes:
    """An `.npy` file of version 1 without data."""
    padded = text.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded.encode()


HUGE = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000000, 9), }"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no array",
        b"\x93NUMPY",
        header("{'descr': '<f4', 'fortran_order': ((((((("),
        header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"),
        header(HUGE),
    ],
)
def test_a_file_that_is_no_array(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(content)
    with pytest.raises(
        AipuError, match=r"not an \.npy or \.npz file, or a damaged"
    ) as e:
        read_array(path)
    assert e.value.place == str(path)


def test_several_arrays_are_not_one(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", a=np.ones(1))
    with pytest.raises(AipuError, match="holds several arrays"):
        read_array(tmp_path / "x.npz")


def test_python_objects_are_not_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([{}], object), allow_pickle=True)
    np.savez(tmp_path / "x.npz", a=np.array([{}], object), allow_pickle=True)
    for file in ("x.npy", "x.npz"):
        with pytest.raises(AipuError, match="holds Python objects") as caught:
            read_arrays(tmp_path / file)
        assert "allow_pickle" not in str(caught.value)


def test_an_archive_that_unpacks_to_too_much(tmp_path: Path) -> None:
    path, chunk = tmp_path / "x.npz", bytes(1 << 20)
    with ZipFile(path, "w") as archive:
        archive.writestr("a.npy", chunk, ZIP_DEFLATED)
    packed = path.read_bytes()
    claim = (1 << 20).to_bytes(4, "little")
    path.write_bytes(packed.replace(claim, b"\xfe\xff\xff\xff"))
    with ZipFile(path, "a") as archive:
        archive.writestr("b.npy", b"too much")
    with pytest.raises(AipuError, match="it would unpack to 4294967302 bytes"):
        read_arrays(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(byte=st.integers(0, 159), value=st.integers(0, 255))
def test_any_changed_byte_is_an_array_or_an_error(
    byte: int, value: int, tmp_path: Path
) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.arange(8, dtype=np.float32))
    data = bytearray(path.read_bytes())
    data[byte] = value
    path.write_bytes(data)
    try:
        assert isinstance(read_array(path), np.ndarray)
    except AipuError as error:
        assert error.place == str(path)
