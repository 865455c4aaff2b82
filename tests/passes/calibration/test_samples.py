"""Calibration data: every fault is told, and sound data is cut into batches."""

from pathlib import Path

import numpy as np
import pytest

from aipu.errors import AipuError
from aipu.passes.calibration.samples import (
    Input,
    batches,
    check_samples,
    noise,
    read_samples,
)

IMAGE, VECTOR = Input("image", (1, 3, 8, 6)), Input("vector", (1, 5))


def images(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, shape or (4, 3, 8, 6))


def spoilt(value: float) -> np.ndarray:
    array = images()
    array[2, 1, 3, 4] = value
    return array


FAULTS = {
    "wrong name": ({"imagee": images()}, "'imagee', which is no input"),
    "missing": ({}, "no calibration data for the input 'image'"),
    "wrong shape": ({"image": images(4, 3, 8, 8)}, r"samples of shape \[3, 8, 6\]"),
    "NHWC": ({"image": images(4, 8, 6, 3)}, "looks like NHWC, the input is NCHW"),
    "one sample": ({"image": images(3, 8, 6)}, "add an axis in front"),
    "integers": ({"image": np.ones((4, 3, 8, 6), np.uint8)}, "floats, found uint8"),
    "text": ({"image": np.full((4, 3, 8, 6), "x")}, "expected floats"),
    "NaN": ({"image": spoilt(np.nan)}, "sample 2 holds NaN"),
    "infinity": ({"image": spoilt(np.inf)}, "sample 2 holds NaN or infinity"),
    "constant": ({"image": np.full((4, 3, 8, 6), 0.5)}, "every element is 0.5"),
    "empty": ({"image": images(0, 3, 8, 6)}, "there are no samples"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_told(fault):
    samples, message = FAULTS[fault]
    with pytest.raises(AipuError) as caught:
        check_samples(samples, [IMAGE])
    assert caught.match(message) or message in str(caught.value)


def test_nchw_for_an_nhwc_input_is_recognised():
    with pytest.raises(AipuError) as caught:
        check_samples({"x": images(4, 3, 8, 6)}, [Input("x", (1, 8, 6, 3))])
    assert "looks like NCHW" in str(caught.value)


def test_a_near_name_is_suggested():
    with pytest.raises(AipuError) as caught:
        check_samples({"imag": images()}, [IMAGE])
    assert "did you mean 'image'" in str(caught.value)


def test_inputs_have_as_many_samples():
    samples = {"image": images(), "vector": images(3, 5)}
    with pytest.raises(AipuError, match="different numbers of samples"):
        check_samples(samples, [IMAGE, VECTOR])


def test_sound_data_passes():
    check_samples({"image": images(), "vector": images(4, 5)}, [IMAGE, VECTOR])


def test_batches_are_those_of_the_network():
    samples = {"x": np.arange(10.0).reshape(5, 2)}
    cut = [arrays[0].tolist() for arrays in batches(samples, [Input("x", (2, 2))])]
    first, last = [0.0, 1.0], [8.0, 9.0]
    assert cut == [[first, [2.0, 3.0]], [[4.0, 5.0], [6.0, 7.0]], [last, first]]


def test_noise_is_the_same_every_time():
    one, other = noise([IMAGE, VECTOR]), noise([IMAGE, VECTOR])
    assert one["image"].shape[1:] == (3, 8, 6)
    assert len(one["image"]) == len(one["vector"])
    assert np.array_equal(one["image"], other["image"])
    assert 0.9 < one["image"].std() < 1.1


def test_reads_npz_and_npy(tmp_path: Path):
    np.savez(tmp_path / "both.npz", image=images(), vector=images(4, 5))
    np.save(tmp_path / "image.npy", images())
    both = read_samples(tmp_path / "both.npz", [IMAGE, VECTOR])
    assert set(both) == {"image", "vector"}
    one = read_samples(tmp_path / "image.npy", [IMAGE])
    assert np.array_equal(one["image"], images())


def test_one_array_for_two_inputs_is_refused(tmp_path: Path):
    np.save(tmp_path / "image.npy", images())
    with pytest.raises(AipuError, match="one array for the 2 inputs image, vector"):
        read_samples(tmp_path / "image.npy", [IMAGE, VECTOR])


@pytest.mark.parametrize("content", [b"", b"no array", b"PK\x03\x04 half a zip"])
def test_a_damaged_file_is_told(tmp_path: Path, content: bytes):
    path = tmp_path / "x.npy"
    path.write_bytes(content)
    with pytest.raises(AipuError, match="or a damaged one"):
        read_samples(path, [IMAGE])


def test_a_missing_file_is_told(tmp_path: Path):
    with pytest.raises(AipuError, match="no such file"):
        read_samples(tmp_path / "none.npy", [IMAGE])
