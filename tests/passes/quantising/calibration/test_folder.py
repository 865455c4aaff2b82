"""Folders of samples."""

from pathlib import Path

import numpy as np
import pytest

from aipu.errors import AipuError
from aipu.passes.quantising.calibration.folder import read_folder
from aipu.passes.quantising.calibration.network_input import Input
from aipu.passes.quantising.calibration.samples import read_samples

SAMPLES = np.random.default_rng(0).normal(0, 1, (5, 3, 4, 4)).astype(np.float32)
RANKS = {"image": 4}


def write(folder: Path, **arrays: np.ndarray) -> Path:
    folder.mkdir(exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    return folder


def test_a_sample_a_file_in_the_order_of_names(tmp_path: Path) -> None:
    write(tmp_path, c=SAMPLES[2], a=SAMPLES[0], b=SAMPLES[1])
    assert (read_folder(tmp_path, RANKS)["image"] == SAMPLES[:3]).all()


def test_several_samples_a_file(tmp_path: Path) -> None:
    write(tmp_path, a=SAMPLES[:2], b=SAMPLES[2], c=SAMPLES[3:])
    assert (read_folder(tmp_path, RANKS)["image"] == SAMPLES).all()


def test_a_folder_for_each_of_several_inputs(tmp_path: Path) -> None:
    write(tmp_path / "left", a=SAMPLES[:2])
    write(tmp_path / "right", a=SAMPLES[3:, 0, 0])
    found = read_folder(tmp_path, {"left": 4, "right": 2})
    assert (found["left"] == SAMPLES[:2]).all()
    assert (found["right"] == SAMPLES[3:, 0, 0]).all()


def test_other_files_do_not_matter(tmp_path: Path) -> None:
    write(tmp_path, a=SAMPLES)
    (tmp_path / "readme.txt").write_text("where they come from")
    assert len(read_folder(tmp_path, RANKS)["image"]) == 5


def test_a_folder_is_calibration_data(tmp_path: Path) -> None:
    write(tmp_path, a=SAMPLES)
    found = read_samples(tmp_path, [Input("image", (1, 3, 4, 4))])
    assert (found["image"] == SAMPLES).all()


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(AipuError, match=r"no \.npy files"):
        read_folder(tmp_path, RANKS)


def test_a_missing_folder_of_an_input(tmp_path: Path) -> None:
    write(tmp_path / "left", a=SAMPLES)
    with pytest.raises(AipuError, match="no such folder of samples") as error:
        read_folder(tmp_path, {"left": 4, "right": 4})
    assert error.value.place == str(tmp_path / "right")


def test_samples_of_different_shapes(tmp_path: Path) -> None:
    write(tmp_path, a=SAMPLES, b=SAMPLES[:, :, :2])
    with pytest.raises(AipuError, match=r"samples of shape \[3, 2, 4\]") as error:
        read_folder(tmp_path, RANKS)
    assert error.value.place == str(tmp_path / "b.npy")


def test_samples_of_different_types(tmp_path: Path) -> None:
    write(tmp_path, a=SAMPLES, b=SAMPLES.astype(np.uint8))
    with pytest.raises(AipuError, match=r"uint8, but a\.npy holds float32"):
        read_folder(tmp_path, RANKS)
