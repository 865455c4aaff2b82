"""The nets of ncnn's own benchmark, with random weights."""

import struct
from collections.abc import Container, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from aipu import compile as build
from aipu.dialects import nn
from aipu.errors import Warnings
from aipu.frontends.layers.node import DrawnWeights
from aipu.frontends.ncnn.importer import import_ncnn
from aipu.frontends.ncnn.param_file import read_param
from aipu.frontends.ncnn.weight_layout import LAYOUTS, Stored
from aipu.passes.authoring.functions import input_name, main_function
from aipu.tests.frontends.ncnn.small_models import Pair, reference, results

SHAPES: Mapping[str, Mapping[str, Sequence[int]]] = {
    "FastestDet": {"in0": (1, 3, 352, 352)},
    "vision_transformer": {"input": (1, 3, 384, 384)},
}
"""Of inputs that the files leave open: what ncnn's benchmark feeds them with."""

LARGER: Mapping[str, str] = dict.fromkeys(
    ["nanodet_m", "vgg16", "vgg16_int8"], "tpu-256x256"
)
"""What does not fit the chip, and a target that it fits."""

NAMES = [
    "FastestDet",
    "alexnet",
    "blazeface",
    "efficientnet_b0",
    "efficientnetv2_b0",
    "googlenet",
    "googlenet_int8",
    "mnasnet",
    "mobilenet",
    "mobilenet_int8",
    "mobilenet_ssd",
    "mobilenet_ssd_int8",
    "mobilenet_v2",
    "mobilenet_v3",
    "mobilenet_yolo",
    "mobilenetv2_yolov3",
    "nanodet_m",
    "proxylessnasnet",
    "regnety_400m",
    "resnet18",
    "resnet18_int8",
    "resnet50",
    "resnet50_int8",
    "shufflenet",
    "shufflenet_v2",
    "squeezenet",
    "squeezenet_int8",
    "squeezenet_ssd",
    "squeezenet_ssd_int8",
    "vgg16",
    "vgg16_int8",
    "vision_transformer",
    "yolo-fastest-1.1",
    "yolo-fastestv2",
    "yolov4-tiny",
]

FAST = {"shufflenet_v2", "squeezenet"}
OF_REALS = [
    "efficientnetv2_b0",
    "regnety_400m",
    "nanodet_m",
    "yolo-fastestv2",
    "blazeface",
    "mobilenet_v3",
    "FastestDet",
    *sorted(FAST),
]


def some(names: Sequence[str], fast: Container[str] = FAST) -> list:
    """All of them, those that are not fast for the long suite."""
    return [
        name if name in fast else pytest.param(name, marks=pytest.mark.long)
        for name in names
    ]


@pytest.mark.parametrize("name", some(OF_REALS))
def test_reals_are_those_of_ncnn(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    param = shared / "models" / "ncnn" / f"{name}.param"
    taken: dict[str, list[np.ndarray]] = {}
    draw = DrawnWeights.take

    def recorded(self, layer, part, shape):
        taken.setdefault(layer.name, []).append(draw(self, layer, part, shape))
        return taken[layer.name][-1]

    monkeypatch.setattr(DrawnWeights, "take", recorded)
    imported = import_ncnn(param, random_weights=0, shapes=SHAPES.get(name, {}))
    content = bytearray()
    for layer in read_param(param, Warnings()):
        slots = LAYOUTS[layer.operator](layer)
        for slot, array in zip(slots, taken.get(layer.name, []), strict=True):
            if slot.stored is Stored.TAGGED:
                content += struct.pack("<I", 0)
            content += array.astype("<f4").tobytes()
    pair = Pair(param, tmp_path / "model.bin")
    pair.bin.write_bytes(content)
    (argument,) = main_function(imported.module).args
    shape = nn.shape(argument)
    image = np.random.default_rng(0).standard_normal(shape, np.float32)
    arrays = {input_name(argument): image}
    found = results(imported, arrays)
    for array, expected in zip(
        found.values(), reference(pair, arrays, list(found)), strict=True
    ):
        assert array[0].shape == expected.shape
        assert np.abs(array[0] - expected).max() <= 1e-4 * np.abs(expected).max()


@pytest.mark.parametrize("name", some(NAMES, fast={"shufflenet_v2"}))
def test_builds_verify_bit_for_bit(shared: Path, name: str) -> None:
    package = build(
        shared / "models" / "ncnn" / f"{name}.param",
        target=LARGER.get(name, "r329"),
        shapes=SHAPES.get(name, {}),
        random_weights=0,
    )
    rows = package.verify()
    assert rows
    assert all(row.equal for row in rows)
