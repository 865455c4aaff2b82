"""Whatever is in a file, it is an array or one error."""

from pathlib import Path

import numpy as np
import pytest

from aipu.errors import AipuError
from aipu.passes.quantising.calibration.array_file import read_array, read_arrays


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
