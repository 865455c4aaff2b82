"""What torch makes of a module or a function, and what it computes: here and there.

Tests take torch from here: where it is missing they skip.
"""

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
torch.manual_seed(0)
torch.set_num_threads(1)

Arrays = Sequence[np.ndarray]
Model = Callable[..., object]
TOLERANCE = 1e-5


class Function(torch.nn.Module):
    """A function as a module, which is what torch exports."""

    def __init__(self, function: Model):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def exported(model, inputs: Sequence, **options: object):
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
    """The function of an imported model."""
    (function,) = model.module.body.block.ops
    assert isinstance(function, FuncOp)
    return function


def operators(model: ImportedModel) -> list[str]:
    """The names of the operators of an imported model, weights and return left out."""
    block = main(model).body.block
    return [op.name for op in block.ops if isinstance(op, nn.Operator)]


def results(model: ImportedModel, inputs: Sequence) -> list[np.ndarray]:
    """What an imported model computes."""
    arrays = [value.detach().numpy() for value in inputs]
    return evaluate(main(model), arrays, model.weights)


def reference(model, inputs: Sequence) -> list[np.ndarray]:
    """What torch computes."""
    if isinstance(model, torch.nn.Module):
        model.eval()
    with torch.no_grad():
        outputs = torch.utils._pytree.tree_leaves(model(*inputs))
    return [value.numpy().astype(np.float32) for value in outputs]


def error(found: Arrays, expected: Arrays) -> float:
    """The largest difference, relative to the largest magnitude of each array."""
    assert [array.shape for array in found] == [array.shape for array in expected]
    return max(
        float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30))
        for a, b in zip(found, expected, strict=True)
    )


def check(model: Model, *inputs, core: bool = True) -> ImportedModel:
    """A model means here what it means in torch; the model as imported.

    As torch exports it, and in core ATen operators, unless `core` is false.
    """
    expected = reference(model, inputs)
    program = exported(model, inputs)
    plain = imported(program)
    assert error(results(plain, inputs), expected) < TOLERANCE
    if core:
        decomposed = imported(in_core_operators(program))
        assert error(results(decomposed, inputs), expected) < TOLERANCE
    return plain


def check_all(functions: Mapping[str, Model], *inputs, core: bool = True) -> None:
    """As `check`, for many functions by name.

    They are one program, since torch takes its time to export.
    """

    def together(*values):
        return [function(*values) for function in functions.values()]

    with torch.no_grad():
        expected = reference(together, inputs)
        programs = [exported(together, inputs)]
    assert len(expected) == len(functions)
    if core:
        programs.append(in_core_operators(programs[0]))
    for program in programs:
        found = results(imported(program), inputs)
        errors = {
            name: error([a], [b])
            for name, a, b in zip(functions, found, expected, strict=True)
        }
        assert max(errors.values()) < TOLERANCE, errors
