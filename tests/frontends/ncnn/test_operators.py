"""Every layer of ncnn computes what ncnn computes."""

from pathlib import Path

import numpy as np
import pytest

from aipu.errors import UnsupportedError
from aipu.frontends.ncnn.importer import import_ncnn
from aipu.frontends.ncnn.operators import CONVERTERS
from aipu.tests.frontends.ncnn.small_models import reference, results, write_pair

IMAGE = "0=7 1=6 2=4"
ROW = "0=12"
MATRIX = "0=8 1=5"

OF_ONE_BLOB = [
    (IMAGE, "Convolution", "0=6 1=3 5=1 6=216"),
    (IMAGE, "Convolution", "0=6 1=3 11=2 2=2 12=1 3=1 13=2 4=2 14=1 5=1 6=144 9=1"),
    (IMAGE, "Convolution", "0=6 1=3 3=2 4=-233 5=0 6=216 9=2 -23310=1,0.1"),
    (IMAGE, "Convolution", "0=6 1=3 3=2 4=-234 6=216 9=3 -23310=2,-1.0,2.0"),
    (ROW, "Convolution", "0=6 1=1 5=1 6=72 9=4"),
    (IMAGE, "ConvolutionDepthWise", "0=4 1=3 4=1 5=1 6=36 7=4 9=5"),
    (IMAGE, "ConvolutionDepthWise", "0=8 1=3 5=1 6=144 7=2 9=6 -23310=2,0.2,0.5"),
    (IMAGE, "Deconvolution", "0=6 1=3 3=2 4=1 5=1 6=216 18=1"),
    (IMAGE, "DeconvolutionDepthWise", "0=4 1=4 3=2 4=1 6=64 7=4"),
    (IMAGE, "DeconvolutionDepthWise", "0=6 1=3 3=2 5=1 6=108 7=2"),
    (IMAGE, "InnerProduct", "0=5 1=1 2=840 9=1"),
    (MATRIX, "InnerProduct", "0=5 1=1 2=40"),
    (IMAGE, "Pooling", "0=0 1=3 2=2"),
    (IMAGE, "Pooling", "0=0 1=3 2=2 3=1 5=1"),
    (IMAGE, "Pooling", "0=1 1=3 2=2 3=1"),
    (IMAGE, "Pooling", "0=1 1=3 2=2 3=1 6=1"),
    (IMAGE, "Pooling", "0=1 1=3 2=2 5=2"),
    (IMAGE, "Pooling", "0=0 1=2 2=2 5=3"),
    (IMAGE, "Pooling", "0=1 4=1"),
    (IMAGE, "Pooling", "0=0 4=1"),
    (IMAGE, "Pooling", "0=1 7=1 8=1 18=3"),
    (IMAGE, "BatchNorm", "0=4 1=0.001"),
    (IMAGE, "Scale", "0=4 1=1"),
    (IMAGE, "Scale", "0=4"),
    (IMAGE, "Bias", "0=4"),
    (IMAGE, "LRN", "1=3 2=0.5"),
    (IMAGE, "LRN", "1=4 2=0.5"),
    (IMAGE, "LRN", "1=2 2=2.0 3=0.5 4=2.0"),
    (MATRIX, "LayerNorm", "0=8 1=0.001 2=1"),
    (MATRIX, "Softmax", "0=1 1=1"),
    (IMAGE, "Softmax", "0=0 1=1"),
    (ROW, "Softmax", ""),
    (IMAGE, "PReLU", "0=4"),
    (IMAGE, "PReLU", "0=1"),
    *((IMAGE, name, "") for name in ("AbsVal", "BNLL", "Flatten", "GELU", "HardSwish")),
    *((IMAGE, name, "") for name in ("HardSigmoid", "Mish", "ReLU", "Sigmoid")),
    *((IMAGE, name, "") for name in ("Softplus", "Swish", "TanH", "Dropout")),
    (IMAGE, "HardSwish", "0=0.16666667 1=0.5"),
    (IMAGE, "GELU", "0=1"),
    (IMAGE, "ReLU", "0=0.2"),
    (IMAGE, "ELU", "0=0.7"),
    (IMAGE, "Clip", "0=-0.5 1=0.8"),
    (IMAGE, "Power", "0=2.0 1=0.5 2=1.5"),
    (IMAGE, "BinaryOp", "0=2 1=1 2=1.5"),
    (IMAGE, "BinaryOp", "0=7 1=1 2=1.5"),
    *((IMAGE, "UnaryOp", f"0={number}") for number in (0, 1, 2, 3, 4, 7, 9, 10, 16)),
    (IMAGE, "Reduction", "0=3 1=0 -23303=2,1,2 4=1 5=1"),
    (IMAGE, "Reduction", "0=0 1=0 -23303=1,0 5=1"),
    (IMAGE, "Reduction", "0=8 1=0 -23303=1,-1 4=1 5=1"),
    (IMAGE, "Reduction", "0=4 1=1 2=0.5 4=0"),
    *((IMAGE, "Permute", f"0={number}") for number in range(6)),
    (MATRIX, "Permute", "0=1"),
    (IMAGE, "Reshape", "0=14 1=-1"),
    (IMAGE, "Reshape", "0=0 1=-1 2=2"),
    (IMAGE, "Reshape", "0=-1"),
    (IMAGE, "Crop", "0=1 1=2 2=1 3=4 4=3 5=2"),
    (IMAGE, "Crop", "0=1 1=2 2=1 3=-233 4=-233 5=-233"),
    (IMAGE, "Crop", "-23309=1,1 -23310=1,3 -23311=1,0"),
    (IMAGE, "Crop", "-23309=2,-5,1 -23310=2,-1,-233 -23311=2,2,1"),
    (IMAGE, "Padding", "0=1 1=2 2=0 3=1 5=0.5"),
    (IMAGE, "Padding", "0=0 1=0 2=0 3=0 7=1 8=3"),
    (IMAGE, "Padding", "0=1 1=2 2=0 3=3 4=1"),
    (IMAGE, "Padding", "0=1 1=2 2=0 3=3 4=2"),
    (IMAGE, "Interp", "0=1 1=2.0 2=2.0"),
    (IMAGE, "Interp", "0=2 1=2.0 2=3.0"),
    (IMAGE, "Interp", "0=2 3=3 4=11"),
    (IMAGE, "Interp", "0=2 3=11 4=13 6=1"),
    *(
        (IMAGE, "Interp", f"0={method} 1={factor} 2={factor} 6={corners}")
        for method in (1, 2)
        for factor in (0.5, 0.7, 1.1, 1.5, 2.5)
        for corners in (0, 1)
    ),
    (IMAGE, "ShuffleChannel", "0=2"),
    (IMAGE, "ShuffleChannel", "0=4 1=1"),
    ("0=8 1=6 2=4", "Reorg", "0=2"),
    ("0=8 1=6 2=4", "Reorg", "0=2 1=1"),
    (IMAGE, "PixelShuffle", "0=2"),
    (IMAGE, "PixelShuffle", "0=2 1=1"),
    ("0=7 1=1 2=4", "Squeeze", "1=1"),
    (MATRIX, "ExpandDims", "-23303=1,0"),
    (MATRIX, "Gemm", "3=1 5=1 6=1 8=3 9=8 10=4"),
    (MATRIX, "Gemm", "0=0.5 3=0 5=1 8=3 9=8 10=-1 6=1"),
    (MATRIX, "MultiHeadAttention", "0=8 1=2 2=64"),
]

SHAPES = {
    IMAGE: (1, 4, 6, 7),
    ROW: (1, 12),
    MATRIX: (1, 5, 8),
    "0=8 1=6 2=4": (1, 4, 6, 8),
    "0=7 1=1 2=4": (1, 4, 1, 7),
}


@pytest.mark.parametrize(("blob", "operator", "parameters"), OF_ONE_BLOB)
def test_a_layer_of_one_blob(
    tmp_path: Path, blob: str, operator: str, parameters: str
) -> None:
    pair = write_pair(
        tmp_path, [f"Input x 0 1 x {blob}", f"{operator} layer 1 1 x y {parameters}"]
    )
    arrays = {"x": normal(0, SHAPES[blob])}
    (expected,) = reference(pair, arrays, ["y"])
    found = results(import_ncnn(pair.param), arrays)["y"]
    assert found[0].shape == expected.shape
    np.testing.assert_allclose(found[0], expected, rtol=1e-4, atol=1e-5)


OF_TWO_BLOBS = [
    (IMAGE, IMAGE, "BinaryOp", "0=0"),
    (IMAGE, IMAGE, "BinaryOp", "0=1"),
    (IMAGE, IMAGE, "BinaryOp", "0=4"),
    (IMAGE, "0=4", "BinaryOp", "0=2"),
    ("0=4", IMAGE, "BinaryOp", "0=2"),
    (IMAGE, "0=1 1=1 2=4", "BinaryOp", "0=2"),
    (MATRIX, "0=5", "BinaryOp", "0=0"),
    (IMAGE, IMAGE, "Eltwise", "0=0"),
    (IMAGE, IMAGE, "Eltwise", "0=1 -23301=2,0.5,-2.0"),
    (IMAGE, IMAGE, "Eltwise", "0=2"),
    (IMAGE, IMAGE, "Concat", "0=0"),
    (IMAGE, IMAGE, "Concat", "0=-1"),
    (IMAGE, "0=3 1=2 2=4", "Crop", ""),
]
SECOND = {**SHAPES, "0=4": (1, 4), "0=1 1=1 2=4": (1, 4, 1, 1), "0=5": (1, 5)}
SECOND["0=3 1=2 2=4"] = (1, 4, 2, 3)


@pytest.mark.parametrize(("first", "second", "operator", "parameters"), OF_TWO_BLOBS)
def test_a_layer_of_two_blobs(
    tmp_path: Path, first: str, second: str, operator: str, parameters: str
) -> None:
    lines = [
        f"Input a 0 1 a {first}",
        f"Input b 0 1 b {second}",
        f"{operator} layer 2 1 a b y {parameters}",
    ]
    pair = write_pair(tmp_path, lines)
    arrays = {"a": normal(0, SECOND[first]), "b": normal(1, SECOND[second])}
    (expected,) = reference(pair, arrays, ["y"])
    found = results(import_ncnn(pair.param), arrays)["y"]
    assert found[0].shape == expected.shape
    np.testing.assert_allclose(found[0], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "parameters", ["-23300=2,-233,-233", "-23300=2,1,-233", "-23300=2,4,-233 1=1"]
)
def test_slices_into_parts(tmp_path: Path, parameters: str) -> None:
    lines = [f"Input x 0 1 x {IMAGE}", f"Slice layer 1 2 x y z {parameters}"]
    pair = write_pair(tmp_path, lines)
    arrays = {"x": normal(0, SHAPES[IMAGE])}
    found = results(import_ncnn(pair.param), arrays)
    for name, expected in zip("yz", reference(pair, arrays, "yz"), strict=True):
        np.testing.assert_array_equal(found[name][0], expected)


def test_memory_data_is_a_blob(tmp_path: Path) -> None:
    lines = [
        f"Input x 0 1 x {IMAGE}",
        "MemoryData m 0 1 m 0=4",
        "BinaryOp layer 2 1 x m y 0=0",
    ]
    pair = write_pair(tmp_path, lines)
    arrays = {"x": normal(0, SHAPES[IMAGE])}
    (expected,) = reference(pair, arrays, ["y"])
    np.testing.assert_allclose(
        results(import_ncnn(pair.param), arrays)["y"][0], expected, rtol=1e-6
    )


def test_what_is_not_supported_is_listed_with_its_layer(tmp_path: Path) -> None:
    lines = [
        f"Input x 0 1 x {IMAGE}",
        "Nonsense first 1 1 x a",
        "Padding second 1 1 a b 6=3",
        "Padding third 1 1 x c 0=1 6=3",
        "Convolution fourth 1 1 x d 0=2 1=1 6=8 77=3",
    ]
    param = tmp_path / "model.param"
    param.write_text("\n".join(["7767517", "5 5", *lines]))
    with pytest.raises(UnsupportedError) as caught:
        import_ncnn(param, random_weights=0)
    message = str(caught.value)
    assert "layer 'first' (Nonsense): the operator is not supported" in message
    assert "layer 'third' (Padding): padding with a number a channel" in message
    assert "layer 'fourth' (Convolution): its parameters 77=3" in message
    assert "second" not in message


def test_every_operator_that_holds_nothing_or_weights_is_known() -> None:
    from aipu.frontends.ncnn.weight_layout import LAYOUTS

    assert set(CONVERTERS) <= set(LAYOUTS)


def normal(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape, np.float32)
