"""Calibration data: every fault is told, and sound data is cut into batches."""

from pathlib import Path

import numpy as np
import pytest
from xdsl.dialects.builtin import IntegerType, Signedness, i64

from aipu.dialects.quant import UniformType
from aipu.errors import AipuError
from aipu.passes.quantising.calibration.network_input import Input
from aipu.passes.quantising.calibration.samples import (
    batches,
    noise,
    prepared,
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
    "integers": ({"image": np.ones((4, 3, 8, 6), np.uint8)}, "the reals themselves"),
    "text": ({"image": np.full((4, 3, 8, 6), "x")}, "expected numbers"),
    "NaN": ({"image": spoilt(np.nan)}, "sample 2 holds NaN"),
    "infinity": ({"image": spoilt(np.inf)}, "sample 2 holds NaN or infinity"),
    "constant": ({"image": np.full((4, 3, 8, 6), 0.5)}, "every element is 0.5"),
    "empty": ({"image": images(0, 3, 8, 6)}, "there are no samples"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_told(fault):
    samples, message = FAULTS[fault]
    with pytest.raises(AipuError) as caught:
        prepared(samples, [IMAGE])
    assert caught.match(message) or message in str(caught.value)


def test_nchw_for_an_nhwc_input_is_recognised():
    with pytest.raises(AipuError) as caught:
        prepared({"x": images(4, 3, 8, 6)}, [Input("x", (1, 8, 6, 3))])
    assert "looks like NCHW" in str(caught.value)


def test_a_near_name_is_suggested():
    with pytest.raises(AipuError) as caught:
        prepared({"imag": images()}, [IMAGE])
    assert "did you mean 'image'" in str(caught.value)


def test_inputs_have_as_many_samples():
    samples = {"image": images(), "vector": images(3, 5)}
    with pytest.raises(AipuError, match="different numbers of samples"):
        prepared(samples, [IMAGE, VECTOR])


def test_sound_data_passes():
    samples = {"image": images(), "vector": images(4, 5)}
    found = prepared(samples, [IMAGE, VECTOR])
    assert all(np.array_equal(found[name], samples[name]) for name in samples)


STATE = Input("state", (2, 1, 4))


def test_inputs_of_different_leading_extents_are_counted_in_batches():
    """Eight sequences, and two rows of state for each of them."""
    vectors, states = images(8, 5), images(16, 1, 4)
    found = prepared({"vector": vectors, "state": states}, [VECTOR, STATE])
    runs = list(batches(found, [VECTOR, STATE]))
    assert len(runs) == 8
    assert np.array_equal(runs[3][0], vectors[3:4])
    assert np.array_equal(runs[3][1], states[6:8])


def test_samples_may_have_an_axis_of_their_own():
    """[samples, *shape] means the same as the samples one after another."""
    vectors, states = images(8, 1, 5), images(8, 2, 1, 4)
    apart = prepared({"vector": vectors, "state": states}, [VECTOR, STATE])
    along = prepared(
        {"vector": vectors.reshape(8, 5), "state": states.reshape(16, 1, 4)},
        [VECTOR, STATE],
    )
    assert all(np.array_equal(apart[name], along[name]) for name in apart)


def test_part_of_a_run_is_told():
    samples = {"vector": images(8, 5), "state": images(15, 1, 4)}
    with pytest.raises(AipuError, match="15 along the leading axis"):
        prepared(samples, [VECTOR, STATE])


def test_a_scalar_has_a_number_a_sample():
    scalar = Input("rate", ())
    found = prepared({"vector": images(3, 5), "rate": images(3)}, [VECTOR, scalar])
    runs = list(batches(found, [VECTOR, scalar]))
    assert [rate.shape for _, rate in runs] == [(), (), ()]


def test_one_input_may_be_constant_while_another_varies():
    samples = {"vector": images(8, 5), "state": np.zeros((16, 1, 4))}
    assert not prepared(samples, [VECTOR, STATE])["state"].any()


BYTES = Input(
    "x",
    (1, 3),
    stored=UniformType(0.5, 128, IntegerType(8, Signedness.UNSIGNED)),
)


def test_integers_of_the_stored_type_are_the_reals_that_they_stand_for():
    samples = {"x": np.array([[128, 129, 0], [255, 127, 128]], np.uint8)}
    expected = [[0.0, 0.5, -64.0], [63.5, -0.5, 0.0]]
    assert prepared(samples, [BYTES])["x"].tolist() == expected


def test_other_integers_could_be_read_in_two_ways():
    with pytest.raises(AipuError) as caught:
        prepared({"x": np.array([[1, 2, 3]], np.int64)}, [BYTES])
    assert "0.5 * (stored - 128)" in str(caught.value)
    assert "array.astype('float32')" in str(caught.value)
    assert "array.astype('uint8')" in str(caught.value)


IDS = Input("ids", (1, 2), i64, choices=7)


def test_an_integer_input_takes_integers_that_fit():
    found = prepared({"ids": np.array([[1, 6]], np.uint8)}, [IDS])["ids"]
    assert (found.dtype, found.tolist()) == (np.int64, [[1, 6]])
    with pytest.raises(AipuError, match="expected integers \\(int64\\)"):
        prepared({"ids": np.array([[1.0, 6.0]])}, [IDS])
    picture = Input("p", (1, 2), IntegerType(8, Signedness.UNSIGNED))
    with pytest.raises(AipuError, match="from 0 to 255; found -1 to 6"):
        prepared({"p": np.array([[-1, 6]])}, [picture])


def test_noise_is_of_the_kind_of_its_input():
    ids = noise([IDS])["ids"]
    assert (ids.dtype, ids.min(), ids.max()) == (np.int64, 0, 6)
    stored = noise([BYTES])["x"]
    assert (stored.min(), stored.max()) == (-64.0, 63.5)
    assert len(noise([VECTOR])["vector"]) > len(noise([IMAGE])["image"])


def test_noise_is_what_the_model_rounds_an_input_to():
    element = UniformType(0.5, 3)
    drawn = noise([Input("x", (1, 1000), rounded=element)])["x"]
    integers = drawn / element.scale + element.zero_point
    assert np.array_equal(integers, integers.round())
    assert (integers.min(), integers.max()) == (-128, 127)
    means = drawn.mean(axis=1)
    assert means[1] < -20 < means[0] < 20 < means[2]


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
