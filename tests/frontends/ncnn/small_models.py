"""Small ncnn models written by hand, and what ncnn itself computes with them."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from xdsl.dialects.func import FuncOp

from aipu.dialects.semantics.evaluate import evaluate
from aipu.errors import Warnings
from aipu.frontends.model import ImportedModel
from aipu.frontends.ncnn.param_file import read_param
from aipu.frontends.ncnn.weight_layout import LAYOUTS, Stored
from aipu.passes.authoring.functions import input_name, main_function, output_name

Arrays = Mapping[str, np.ndarray]


def param_text(lines: Sequence[str]) -> str:
    """The text of a model: its layers, a line each, behind the head."""
    blobs = sum(int(line.split()[3]) for line in lines)
    return "\n".join(["7767517", f"{len(lines)} {blobs}", *lines, ""])


@dataclass(frozen=True)
class Pair:
    """The files of a model."""

    param: Path
    bin: Path


def write_pair(folder: Path, lines: Sequence[str], seed: int = 0) -> Pair:
    """A model with weights between 0.5 and 1, which suit a variance, too."""
    pair = Pair(folder / "model.param", folder / "model.bin")
    pair.param.write_text(param_text(lines))
    generator = np.random.default_rng(seed)
    content = bytearray()
    for layer in read_param(pair.param, Warnings()):
        for slot in LAYOUTS[layer.operator](layer):
            if slot.stored is Stored.TAGGED:
                content += struct.pack("<I", 0)
            content += generator.uniform(0.5, 1, slot.size).astype("<f4").tobytes()
    pair.bin.write_bytes(content)
    return pair


def results(imported: ImportedModel, arrays: Arrays) -> dict[str, np.ndarray]:
    """What an imported model computes, by the names of its outputs."""
    function: FuncOp = main_function(imported.module)
    ordered = [arrays[input_name(argument)] for argument in function.args]
    found = evaluate(function, ordered, imported.weights)
    return {output_name(function, i): array for i, array in enumerate(found)}


def reference(pair: Pair, arrays: Arrays, outputs: Sequence[str]) -> list[np.ndarray]:
    """What ncnn computes for one image; the test is skipped where it is not there."""
    ncnn = pytest.importorskip("ncnn", reason="needs the package ncnn")
    net = ncnn.Net()
    # The approximations that ncnn makes for speed are not what a model means.
    for option in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage"):
        setattr(net.opt, f"use_{option}", False)
    net.opt.use_winograd_convolution = False
    net.opt.lightmode = False
    net.opt.num_threads = 1
    assert net.load_param(str(pair.param)) == 0
    assert net.load_model(str(pair.bin)) == 0
    extractor = net.create_extractor()
    # ncnn reads these arrays without keeping them alive.
    images = {name: np.ascontiguousarray(array[0]) for name, array in arrays.items()}
    for name, image in images.items():
        extractor.input(name, ncnn.Mat(image))
    found: list[np.ndarray] = []
    for name in outputs:
        code, blob = extractor.extract(name)
        assert code == 0
        found.append(np.array(blob))
    return found
