"""Small modules, what torch makes of them, and what they compute: here and in torch."""

from collections.abc import Callable, Mapping, Sequence
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
TOLERANCE = 1e-5


class Function(torch.nn.Module):
    """A function as a module, which is what torch exports."""

    def __init__(self, function: Callable[..., object]):
        super().__init__()
        self.function = function

    def forward(self, *inputs: "torch.Tensor") -> object:
        return self.function(*inputs)


def exported(model: Callable[..., object], inputs: Tensors, **options: object):
    """A module or a function as a program."""
    module = model if isinstance(model, torch.nn.Module) else Function(model)
    with catch_warnings():
        simplefilter("ignore")
        return torch.export.export(module.eval(), tuple(inputs), **options)


def in_core_operators(program):
    """A program in core ATen operators."""
    with catch_warnings():
        simplefilter("ignore")
        return program.run_decompositions()


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

    As torch exports it, and in core ATen operators, unless `core` is false.
    """

    def run(
        model: Callable[..., object], *inputs: "torch.Tensor", core: bool = True
    ) -> ImportedModel:
        expected = reference(model, inputs)
        program = exported(model, inputs)
        plain = imported(program)
        assert error(results(plain, inputs), expected) < TOLERANCE
        if core:
            decomposed = imported(in_core_operators(program))
            assert error(results(decomposed, inputs), expected) < TOLERANCE
        return plain

    return run


@pytest.fixture(scope="session")
def check_all() -> Callable[..., None]:
    """`check_all(functions, *inputs)`: as `check`, for many functions by name.

    They are one program, since torch takes its time to export.
    """

    def run(
        functions: Mapping[str, Callable[..., object]],
        *inputs: "torch.Tensor",
        core: bool = True,
    ) -> None:
        def together(*values: "torch.Tensor") -> list[object]:
            return [function(*values) for function in functions.values()]

        expected = reference(together, inputs)
        assert len(expected) == len(functions)
        programs = [exported(together, inputs)]
        if core:
            programs.append(in_core_operators(programs[0]))
        for program in programs:
            found = results(imported(program), inputs)
            wrong = {
                name: error([a], [b])
                for name, a, b in zip(functions, found, expected, strict=True)
            }
            assert max(wrong.values()) < TOLERANCE, wrong

    return run


@pytest.fixture(scope="session")
def operators() -> Callable[[ImportedModel], list[str]]:
    """The names of the operators of an imported model, weights and return left out."""

    def names(model: ImportedModel) -> list[str]:
        return [
            op.name for op in main(model).body.block.ops if isinstance(op, nn.Operator)
        ]

    return names
