"""Arrays in files."""

from pathlib import Path

import numpy as np
import pytest

from aipu.errors import AipuError
from aipu.runtime.array_files import read_arrays, write_arrays

ARRAYS = {"plain": np.arange(6.0).reshape(2, 3), "/model/out:0": np.ones((1, 4))}


def test_names_become_files_that_hold_them(tmp_path: Path) -> None:
    paths = write_arrays(tmp_path / "out", ARRAYS)
    assert [path.name for path in paths] == ["plain.npy", "%2Fmodel%2Fout:0.npy"]
    found = read_arrays(zip(ARRAYS, paths, strict=True))
    assert all((found[name] == array).all() for name, array in ARRAYS.items())


def test_all_files_are_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "second.npy").mkdir()
    with pytest.raises(AipuError, match="this is a folder"):
        write_arrays(tmp_path, {"first": np.ones(1), "second": np.ones(1)})
    assert [path.name for path in tmp_path.iterdir()] == ["second.npy"]


def test_a_name_is_given_once(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.ones(1))
    with pytest.raises(AipuError, match="the input 'x' is given twice"):
        read_arrays([("x", tmp_path / "x.npy")] * 2)
