"""What moves and resizes pixels means the same in every format that has it.

Maps are [N, H, W, C] here; a format that has channels first gets and gives them so.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.caffe.importer import import_caffe
from aipu.frontends.model import ImportedModel
from aipu.frontends.ncnn.importer import import_ncnn
from aipu.frontends.onnx.importer import import_onnx
from aipu.frontends.tensorflow.importer import import_tensorflow
from aipu.passes.authoring.functions import main_function
from aipu.tests.frontends.caffe.small_models import input_layer, layer
from aipu.tests.frontends.ncnn.small_models import param_text
from aipu.tests.frontends.tensorflow.graph_writer import GraphWriter

X = np.random.default_rng(0).standard_normal((1, 4, 6, 8), np.float32)
FIRST = X.transpose(0, 3, 1, 2)

Door = Callable[[Path], ImportedModel]
Map = np.ndarray
LAST = ("tflite", "tensorflow")
"""Formats that have channels last."""


def tflite(kind: str, *constants: Map, options: str = "", **given: Any) -> Door:
    def write(folder: Path) -> ImportedModel:
        pytest.importorskip("tflite", reason="needs the extra 'tflite'")
        from aipu.frontends.tflite.importer import import_tflite
        from aipu.tests.frontends.tflite.tflite_file import (
            Operator,
            Tensor,
            tflite_file,
        )

        names = [f"c{number}" for number in range(len(constants))]
        known = [Tensor(*each) for each in zip(names, constants, strict=True)]
        tensors = [Tensor("x", shape=X.shape), *known, Tensor("y")]
        node = Operator(kind, ["x", *names], ["y"], given, options)
        path = folder / "model.tflite"
        path.write_bytes(tflite_file(tensors, [node], ["x"], ["y"]))
        return import_tflite(path)

    return write


def tensorflow(operator: str, *constants: object, **given: Any) -> Door:
    def write(folder: Path) -> ImportedModel:
        writer, path = GraphWriter(), folder / "model.pb"
        writer.placeholder("x", X.shape)
        names = [writer.constant(f"c{at}", array) for at, array in enumerate(constants)]
        writer.node(operator, "y", "x", *names, **given)
        path.write_bytes(writer.proto.SerializeToString())
        return import_tensorflow(path)

    return write


def by_onnx(operator: str, *constants: Map | None, **given: Any) -> Door:
    def write(folder: Path) -> ImportedModel:
        known = {f"c{at}": array for at, array in enumerate(constants)}
        names = [name if known[name] is not None else "" for name in known]
        node = helper.make_node(operator, ["x", *names], ["y"], **given)
        real, path = TensorProto.FLOAT, folder / "model.onnx"
        graph = helper.make_graph(
            [node],
            "graph",
            [helper.make_tensor_value_info("x", real, FIRST.shape)],
            [helper.make_tensor_value_info("y", real, None)],
            [
                numpy_helper.from_array(array, name)
                for name, array in known.items()
                if array is not None
            ],
        )
        opset = helper.make_opsetid("", 19)
        onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=9), path)
        return import_onnx(path)

    return write


def pytorch(function: Callable) -> Door:
    def write(folder: Path) -> ImportedModel:
        torch = pytest.importorskip("torch", reason="needs torch: the extra 'torch'")
        from aipu.tests.frontends.pytorch.exporting import exported, imported

        return imported(exported(lambda x: function(torch, x), [torch.tensor(FIRST)]))

    return write


def ncnn(operator: str, parameters: str) -> Door:
    def write(folder: Path) -> ImportedModel:
        _, channels, rows, columns = FIRST.shape
        source = f"Input x 0 1 x 0={columns} 1={rows} 2={channels}"
        path = folder / "model.param"
        path.write_text(param_text([source, f"{operator} y 1 1 x y {parameters}"]))
        return import_ncnn(path, random_weights=0)

    return write


def caffe(operator: str, parameters: str) -> Door:
    def write(folder: Path) -> ImportedModel:
        path = folder / "model.prototxt"
        text = layer(operator, ["x"], "y", parameters)
        path.write_text(input_layer("x", FIRST.shape) + text)
        return import_caffe(path, random_weights=0)

    return write


def padded(mode: Any, **given: Any) -> Callable[[Map], Map]:
    return lambda x: np.pad(x, [(0, 0), (1, 2), (2, 1), (0, 0)], mode, **given)


def interpolated(**given: Any) -> Callable[[Map], Map]:
    """What torch makes of a map, to compare the other formats with."""

    def resize(x: Map) -> Map:
        torch = pytest.importorskip("torch", reason="needs torch: the extra 'torch'")
        first = torch.tensor(x.transpose(0, 3, 1, 2).copy())
        found = torch.nn.functional.interpolate(first, mode="bilinear", **given)
        return found.numpy().transpose(0, 2, 3, 1)

    return resize


def ints(*values: object) -> Map:
    return np.array(values, np.int32)


def longs(*values: object) -> Map:
    return np.array(values, np.int64)


PADS = ints([0, 0], [1, 2], [2, 1], [0, 0])
FLAT = longs(0, 0, 1, 2, 0, 0, 2, 1)
SIZE = (7, 9)
TO_SIZE = longs(1, 8, *SIZE)
EVEN, ANY = ints(0, 2, 4, 6), ints(3, 0, 0, 7)


def gathers(indices: Map) -> Mapping[str, Door]:
    return {
        "tflite": tflite("GATHER", indices, options="GatherOptions", Axis=3),
        "tensorflow": tensorflow("GatherV2", indices, np.int32(3)),
        "onnx": by_onnx("Gather", indices.astype(np.int64), axis=1),
        "pytorch": pytorch(
            lambda torch, x: torch.index_select(x, 1, torch.tensor(indices))
        ),
    }


MEANINGS: Mapping[str, tuple[Callable[[Map], Map], Mapping[str, Door]]] = {
    "a pad of a number": (
        padded("constant", constant_values=0.5),
        {
            "tflite": tflite("PADV2", PADS, np.array([0.5], np.float32)),
            "tensorflow": tensorflow("PadV2", PADS, np.float32(0.5)),
            "onnx": by_onnx("Pad", FLAT, np.array(0.5, np.float32)),
            "pytorch": pytorch(
                lambda torch, x: torch.nn.functional.pad(x, (2, 1, 1, 2), value=0.5)
            ),
            "ncnn": ncnn("Padding", "0=1 1=2 2=2 3=1 5=0.5"),
        },
    ),
    "a reflection": (
        padded("reflect"),
        {
            "tflite": tflite("MIRROR_PAD", PADS, options="MirrorPadOptions", Mode=0),
            "tensorflow": tensorflow("MirrorPad", PADS, mode="REFLECT"),
            "onnx": by_onnx("Pad", FLAT, mode="reflect"),
            "pytorch": pytorch(
                lambda torch, x: torch.nn.functional.pad(x, (2, 1, 1, 2), "reflect")
            ),
            "ncnn": ncnn("Padding", "0=1 1=2 2=2 3=1 4=2"),
        },
    ),
    "a reflection with its edge": (
        padded("symmetric"),
        {
            "tflite": tflite("MIRROR_PAD", PADS, options="MirrorPadOptions", Mode=1),
            "tensorflow": tensorflow("MirrorPad", PADS, mode="SYMMETRIC"),
        },
    ),
    "edges": (
        padded("edge"),
        {
            "onnx": by_onnx("Pad", FLAT, mode="edge"),
            "pytorch": pytorch(
                lambda torch, x: torch.nn.functional.pad(x, (2, 1, 1, 2), "replicate")
            ),
            "ncnn": ncnn("Padding", "0=1 1=2 2=2 3=1 4=1"),
        },
    ),
    "a circle": (
        padded("wrap"),
        {
            "onnx": by_onnx("Pad", FLAT, mode="wrap"),
            "pytorch": pytorch(
                lambda torch, x: torch.nn.functional.pad(x, (2, 1, 1, 2), "circular")
            ),
        },
    ),
    "every second channel": (lambda x: x[..., ::2], gathers(EVEN)),
    "some channels": (lambda x: x[..., ANY], gathers(ANY)),
    "depth to space": (
        lambda x: (
            x.reshape(1, 4, 6, 2, 2, 2).transpose(0, 1, 3, 2, 4, 5).reshape(1, 8, 12, 2)
        ),
        {
            "tflite": tflite(
                "DEPTH_TO_SPACE", options="DepthToSpaceOptions", BlockSize=2
            ),
            "tensorflow": tensorflow("DepthToSpace", block_size=2),
            "onnx": by_onnx("DepthToSpace", blocksize=2),
            "caffe": caffe("Reorg", "reorg_param { stride: 2 reverse: true }"),
            "ncnn": ncnn("PixelShuffle", "0=2 1=1"),
        },
    ),
    "depth to space, a channel at a time": (
        lambda x: (
            x.reshape(1, 4, 6, 2, 2, 2).transpose(0, 1, 4, 2, 5, 3).reshape(1, 8, 12, 2)
        ),
        {
            "onnx": by_onnx("DepthToSpace", blocksize=2, mode="CRD"),
            "pytorch": pytorch(
                lambda torch, x: torch.nn.functional.pixel_shuffle(x, 2)
            ),
            "ncnn": ncnn("PixelShuffle", "0=2"),
        },
    ),
    "space to depth": (
        lambda x: (
            x.reshape(1, 2, 2, 3, 2, 8).transpose(0, 1, 3, 2, 4, 5).reshape(1, 2, 3, 32)
        ),
        {
            "tflite": tflite(
                "SPACE_TO_DEPTH", options="SpaceToDepthOptions", BlockSize=2
            ),
            "tensorflow": tensorflow("SpaceToDepth", block_size=2),
            "onnx": by_onnx("SpaceToDepth", blocksize=2),
            "caffe": caffe("Reorg", "reorg_param { stride: 2 }"),
            "ncnn": ncnn("Reorg", "0=2 1=1"),
        },
    ),
    "channels of groups": (
        lambda x: x.reshape(1, 4, 6, 2, 4).swapaxes(3, 4).reshape(X.shape),
        {
            "caffe": caffe("ShuffleChannel", "shuffle_channel_param { group: 2 }"),
            "pytorch": pytorch(
                lambda torch, x: torch.nn.functional.channel_shuffle(x, 2)
            ),
            "ncnn": ncnn("ShuffleChannel", "0=2"),
        },
    ),
    "copies": (
        lambda x: np.tile(x, (1, 1, 1, 3)),
        {
            "tflite": tflite("TILE", ints(1, 1, 1, 3)),
            "tensorflow": tensorflow("Tile", ints(1, 1, 1, 3)),
            "onnx": by_onnx("Tile", longs(1, 3, 1, 1)),
            "pytorch": pytorch(lambda torch, x: x.repeat(1, 3, 1, 1)),
            "caffe": caffe("Tile", "tile_param { tiles: 3 }"),
        },
    ),
    "columns turned": (
        lambda x: x[:, :, ::-1],
        {
            "tflite": tflite("REVERSE_V2", ints(2)),
            "tensorflow": tensorflow("ReverseV2", ints(2)),
            "onnx": by_onnx("Slice", longs(-1), longs(-99), longs(3), longs(-1)),
            "pytorch": pytorch(lambda torch, x: x.flip(3)),
        },
    ),
    "the nearest pixel": (
        lambda x: x.repeat(2, 1).repeat(2, 2),
        {
            "tflite": tflite(
                "RESIZE_NEAREST_NEIGHBOR",
                ints(8, 12),
                options="ResizeNearestNeighborOptions",
            ),
            "tensorflow": tensorflow("ResizeNearestNeighbor", ints(8, 12)),
            "onnx": by_onnx(
                "Resize",
                None,
                np.array([1, 1, 2, 2], np.float32),
                coordinate_transformation_mode="asymmetric",
                nearest_mode="floor",
            ),
            "pytorch": pytorch(
                lambda torch, x: torch.nn.functional.interpolate(x, scale_factor=2)
            ),
            "caffe": caffe("Upsample", "upsample_param { scale: 2 }"),
            "ncnn": ncnn("Interp", "0=1 1=2.0 2=2.0"),
        },
    ),
    "pixels between centres": (
        interpolated(size=SIZE),
        {
            "tflite": tflite(
                "RESIZE_BILINEAR",
                ints(*SIZE),
                options="ResizeBilinearOptions",
                HalfPixelCenters=True,
            ),
            "tensorflow": tensorflow(
                "ResizeBilinear", ints(*SIZE), half_pixel_centers=True
            ),
            "onnx": by_onnx("Resize", None, None, TO_SIZE, mode="linear"),
            "pytorch": pytorch(
                lambda torch, x: torch.nn.functional.interpolate(
                    x, SIZE, mode="bilinear"
                )
            ),
            "ncnn": ncnn("Interp", "0=2 3=7 4=9"),
        },
    ),
    "pixels between corners": (
        interpolated(size=SIZE, align_corners=True),
        {
            "tflite": tflite(
                "RESIZE_BILINEAR",
                ints(*SIZE),
                options="ResizeBilinearOptions",
                AlignCorners=True,
            ),
            "tensorflow": tensorflow("ResizeBilinear", ints(*SIZE), align_corners=True),
            "onnx": by_onnx(
                "Resize",
                None,
                None,
                TO_SIZE,
                mode="linear",
                coordinate_transformation_mode="align_corners",
            ),
            "pytorch": pytorch(
                lambda torch, x: torch.nn.functional.interpolate(
                    x, SIZE, mode="bilinear", align_corners=True
                )
            ),
            "caffe": caffe("Interp", "interp_param { height: 7 width: 9 }"),
            "ncnn": ncnn("Interp", "0=2 3=7 4=9 6=1"),
        },
    ),
}

DOORS = [
    pytest.param(expected, name, door, id=f"{meaning}-{name}")
    for meaning, (expected, doors) in MEANINGS.items()
    for name, door in doors.items()
]


@pytest.mark.parametrize("expected, name, door", DOORS)
def test_an_operator_means_the_same(tmp_path, expected, name, door):
    model = door(tmp_path)
    given = X if name in LAST else FIRST
    (found,) = evaluate(main_function(model.module), [given], model.weights)
    found = found if name in LAST else found.transpose(0, 2, 3, 1)
    assert found.shape == expected(X).shape
    assert np.abs(found - expected(X)).max() < 1e-5


@pytest.mark.parametrize("name, door", gathers(EVEN).items())
def test_a_gather_of_every_second_channel_is_one_slice(tmp_path, name, door):
    operators = [op.name for op in door(tmp_path).module.walk()]
    assert operators.count("nn.slice") == 1
    assert "nn.concat" not in operators
