"""How the elements of constants lie in a file."""

import numpy as np
import pytest

from aipu.errors import AipuError
from aipu.frontends.tflite.elements import DTYPES, elements


@pytest.mark.parametrize("kind", DTYPES)
def test_elements_lie_one_after_another(kind):
    array = np.array([[0, 1, 0], [1, 1, 0]], DTYPES[kind])
    data = np.frombuffer(array.tobytes(), np.uint8)
    assert np.array_equal(elements(data, kind, (2, 3)), array)


def test_four_bits_an_element_the_lower_half_first():
    data = np.array([0x71, 0x8F, 0x0E], np.uint8)
    assert elements(data, "INT4", (5,)).tolist() == [1, 7, -1, -8, -2]


@pytest.mark.parametrize("shape", [(3,), (5,), (2, 0), (-1, -4)], ids=str)
def test_bytes_that_do_not_fill_the_shape(shape):
    with pytest.raises(AipuError):
        elements(np.zeros(4, np.uint8), "UINT8", shape)


def test_elements_that_are_no_numbers():
    with pytest.raises(AipuError, match="STRING, which has no numbers"):
        elements(np.zeros(4, np.uint8), "STRING", (4,))
