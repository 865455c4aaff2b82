"""Small modules, what torch makes of them, and what they compute: here and in torch."""

from collections.abc import Callable, Sequence
from io import BytesIO
from warnings import catch_warnings, simplefilter

import numpy as np
import pytest
from xdsl.dialects.func import FuncOp

from aipu.dialects import nn
from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.model import ImportedModel
from aipu.frontends.pytorch.archive import read_archive
from aipu.frontends.pytorch.importer import import_archive

torch = pytest.importorskip("torch", reason="needs torch: the extra 'torch'")

Tensors = Sequence["torch.Tensor"]


class Function(torch.nn.Module):
    """A function as a module, which is what torch exports."""

    def __init__(self, function: Callable[..., object]):
        super().__init__()
        self.function = function

    def forward(self, *inputs: "torch.Tensor") -> object:
        return self.function(*inputs)


def exported(model: Callable[..., object], inputs: Tensors, core: bool = False):
    """A module or a function as a program; `core` is in core ATen operators."""
    module = model if isinstance(model, torch.nn.Module) else Function(model)
    with catch_warnings():
        simplefilter("ignore")
        program = torch.export.export(module.eval(), tuple(inputs))
        return program.run_decompositions() if core else program


def saved(program) -> bytes:
    """The file of a program."""
    content = BytesIO()
    with catch_warnings():
        simplefilter("ignore")
        torch.export.save(program, content)
    return content.getvalue()


def imported(program, **options) -> ImportedModel:
    return import_archive(read_archive(saved(program), "program"), "program", **options)


def main(model: ImportedModel) -> FuncOp:
    (function,) = model.module.body.block.ops
    assert isinstance(function, FuncOp)
    return function


def results(model: ImportedModel, inputs: Tensors) -> list[np.ndarray]:
    """What an imported model computes."""
    arrays = [value.detach().numpy() for value in inputs]
    return evaluate(main(model), arrays, model.weights)


def reference(model: Callable[..., object], inputs: Tensors) -> list[np.ndarray]:
    """What torch computes."""
    if isinstance(model, torch.nn.Module):
        model.eval()
    with torch.no_grad():
        outputs = torch.utils._pytree.tree_leaves(model(*inputs))
    return [value.numpy().astype(np.float32) for value in outputs]


def error(found: Sequence[np.ndarray], expected: Sequence[np.ndarray]) -> float:
    """The largest difference, relative to the largest magnitude of each array."""
    assert [array.shape for array in found] == [array.shape for array in expected]
    return max(
        float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30))
        for a, b in zip(found, expected, strict=True)
    )


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def check() -> Callable[..., ImportedModel]:
    """`check(model, *inputs)`: it means here what it means in torch.

    As torch exports it, and in core ATen operators too, where `core` says so.
    """

    def run(
        model: Callable[..., object], *inputs: "torch.Tensor", core: bool = True
    ) -> ImportedModel:
        expected = reference(model, inputs)
        program = exported(model, inputs)
        plain = imported(program)
        assert error(results(plain, inputs), expected) < 1e-5
        if core:
            with catch_warnings():
                simplefilter("ignore")
                decomposed = imported(program.run_decompositions())
            assert error(results(decomposed, inputs), expected) < 1e-5
        return plain

    return run


@pytest.fixture(scope="session")
def operators() -> Callable[[ImportedModel], list[str]]:
    """The names of the operators of an imported model, weights and return left out."""

    def names(model: ImportedModel) -> list[str]:
        return [
            op.name for op in main(model).body.block.ops if isinstance(op, nn.Operator)
        ]

    return names
