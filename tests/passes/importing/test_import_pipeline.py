"""The pipeline `import` on real networks: the same results, and few transposes left."""

from pathlib import Path

import onnx
import pytest
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block

from aipu.dialects import nn
from aipu.frontends.model import ImportedModel
from aipu.frontends.onnx.importer import import_onnx
from aipu.passes.authoring.context import AipuContext
from aipu.passes.registry import PASSES
from aipu.passes.running.deviation import deviation
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.runtime.optimising.draws import draws
from aipu.runtime.optimising.numerics import execute

LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
LIGHT_MODELS = sorted(path.stem for path in LIGHT.glob("*.onnx"))
QUICK = ["light_squeezenet", "light_shufflenet"]
HEAVY = ["light_vgg19", "light_zfnet512"]
"""Of operators that others have, too, and many weights."""
SHARED_MODELS = [
    "mnist/mnist.onnx",
    "cifar_resnet/resnet20.onnx",
    "ultraface/version-RFB-320.onnx",
    "mobilenet_v2/mobilenet_v2.onnx",
    "efficientnet_lite0/efficientnet_lite0.onnx",
]
SHUFFLE = (0, 1, 2, 4, 3)


def light_model(name: str) -> ImportedModel:
    return import_onnx(LIGHT / f"{name}.onnx", random_weights=0)


def cleaned(model: ImportedModel) -> AipuContext:
    context = AipuContext(model.weights)
    run_pipeline(build_pipeline("import", PASSES), model.module, context)
    return context


def results_are_kept(model: ImportedModel) -> bool:
    (inputs,) = (draw.inputs for draw in draws(model.module) if draw.usual)
    before = execute(model.module, inputs, model.weights)
    context = cleaned(model)
    after = execute(model.module, inputs, context.weights)
    pairs = zip(before, after, strict=True)
    return all(deviation(old, new) < 1e-4 for old, new in pairs)


def transposes(module: ModuleOp) -> list[nn.TransposeOp]:
    return [op for op in module.walk() if isinstance(op, nn.TransposeOp)]


def inner_transposes(module: ModuleOp) -> list[tuple[int, ...]]:
    """The permutations of transposes that read something else than an input."""
    return [
        tuple(op.permutation.get_values())
        for op in transposes(module)
        if not isinstance(op.ifm.owner, Block)
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long) if name in HEAVY else name
        for name in LIGHT_MODELS
    ],
)
def test_what_the_machine_has_not_is_gone(name: str) -> None:
    module = (model := light_model(name)).module
    cleaned(model)
    left = {op.name for op in module.walk()}
    assert not left & {"nn.batch_norm", "nn.mul", "nn.pad", "nn.reduce_mean"}
    shuffles = 16 if name == "light_shufflenet" else 0
    assert inner_transposes(module) == [SHUFFLE] * shuffles
    assert len(transposes(module)) == 1 + shuffles


@pytest.mark.parametrize("name", QUICK)
def test_results_are_kept(name: str) -> None:
    assert results_are_kept(light_model(name))


@pytest.mark.long
@pytest.mark.parametrize("name", sorted({*LIGHT_MODELS} - {*QUICK}))
def test_results_of_large_networks_are_kept(name: str) -> None:
    assert results_are_kept(light_model(name))


@pytest.mark.parametrize("path", SHARED_MODELS)
def test_trained_networks_are_kept(shared: Path, path: str) -> None:
    file = shared / "models" / path
    shapes = {"input": (1, 3, 224, 224)} if "mobilenet" in path else {}
    model = import_onnx(file, shapes=shapes)
    assert results_are_kept(model)
    assert inner_transposes(model.module) == []
