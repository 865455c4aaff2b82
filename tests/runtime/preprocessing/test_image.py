"""Images as a model takes them."""

import numpy as np
import pytest
from PIL import Image as Pillow

from aipu.errors import AipuError
from aipu.frontends.preprocessing import Image
from aipu.runtime.manifest import TensorInfo
from aipu.runtime.preprocessing.image import crop_box, read_image
from aipu.runtime.preprocessing.record import preprocessing


@pytest.fixture
def pixels() -> np.ndarray:
    generator = np.random.default_rng(0)
    return generator.integers(0, 256, (6, 8, 3), np.uint8)


@pytest.fixture
def path(tmp_path, pixels):
    Pillow.fromarray(pixels).save(tmp_path / "x.png")
    return tmp_path / "x.png"


def test_pixels_are_scaled(path, pixels):
    image = Image(mean=(1.0, 2.0, 3.0), scale=(0.5,))
    found = read_image(path, image, 6, 8)
    assert found.dtype == np.float32
    assert np.allclose(found, (pixels - np.array([1.0, 2, 3])) * 0.5)


def test_blue_first_and_channels_first(path, pixels):
    found = read_image(path, Image(channels="BGR", layout="NCHW"), 6, 8)
    assert np.array_equal(found, pixels[..., ::-1].transpose(2, 0, 1))


def test_grey(path):
    assert read_image(path, Image(channels="GREY"), 3, 4).shape == (3, 4, 1)


def test_the_whole_image_or_its_middle():
    assert crop_box(8, 6, 0, (3, 3)) == (0, 0, 8, 6)
    # The shorter side, 6, becomes 12; of that 4 columns and 8 rows are 2 and 4 before.
    assert crop_box(8, 6, 12, (4, 8)) == (3, 1, 5, 5)


def test_no_more_is_cropped_than_there_is():
    assert crop_box(8, 6, 3, (100, 100)) == (0, 0, 8, 6)


def test_the_middle_of_an_image(path, pixels):
    found = read_image(path, Image(resize=6), 4, 4)
    assert np.array_equal(found, pixels[1:5, 2:6])


def test_what_is_no_image_is_refused(tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(b"hello")
    with pytest.raises(AipuError, match="not an image"):
        read_image(path, Image(), 4, 4)
    with pytest.raises(AipuError, match="no such file"):
        read_image(tmp_path / "y.png", Image(), 4, 4)


def info(*shape: int) -> dict[str, TensorInfo]:
    return {"x": TensorInfo(shape, "float32")}


@pytest.mark.parametrize(
    ("shape", "layout"), [((1, 3, 8, 8), "NCHW"), ((1, 8, 8, 3), "NHWC")]
)
def test_the_layout_is_that_of_the_input(shape, layout):
    found = preprocessing({}, Image(), info(*shape))
    assert found == {"x": Image(layout=layout)}


def test_what_does_not_fit_is_refused():
    with pytest.raises(AipuError, match="no input takes images"):
        preprocessing({}, Image(), info(1, 10))
    with pytest.raises(AipuError, match="2 numbers for 3 channels"):
        preprocessing({}, Image(mean=(1.0, 2.0)), info(1, 8, 8, 3))
    with pytest.raises(AipuError, match="GREY images for an input of 3 channels"):
        preprocessing({}, Image(channels="GREY"), info(1, 8, 8, 3))
