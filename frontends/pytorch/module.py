"""Modules in memory: exported by torch, then read as a file of torch would be."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from io import BytesIO
from types import ModuleType
from typing import Protocol, TypeGuard

import numpy as np

from ...errors import AipuError
from ..model import ImportedModel
from .archive import read_archive
from .importer import import_archive

EXPORT_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What `torch.export.export` raises: its own errors, and those of the module."""


class Module(Protocol):
    """What is needed here of a `torch.nn.Module`; torch itself may be missing."""

    training: bool

    def train(self, mode: bool = True, /) -> object: ...


class ExportedProgram(Protocol):
    """What is needed here of a `torch.export.ExportedProgram`."""

    @property
    def graph_signature(self) -> object: ...


def import_module_in_memory(
    model: Module | ExportedProgram,
    example_inputs: object = (),
    *,
    shapes: Mapping[str, Sequence[int]] = {},
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    batch: int | None = None,
    random_weights: int | None = None,
    fixed: Mapping[str, np.ndarray] = {},
) -> ImportedModel:
    """The network of a module as it runs in eval mode, or of an exported program.

    Args:
        model: the module; it is in the mode that it was in afterwards.
        example_inputs: what the module is called with: a tensor, or a tuple of them.
            Only their shapes matter. A program needs none.
        shapes, inputs, outputs, batch, random_weights, fixed: as `import_pytorch` takes
            them.

    Raises:
        UnsupportedError: operators or arguments that `nn` cannot say, all of them.
        AipuError: torch is missing, or cannot export the module.
    """
    torch = _torch()
    place = type(model).__name__
    if _is_module(model, torch):
        program = _exported(torch, model, example_inputs, place)
    elif isinstance(model, torch.export.ExportedProgram):
        program, place = model, "program"
    else:
        raise AipuError(
            "a model is a file, an onnx.ModelProto, a torch.nn.Module or an "
            f"ExportedProgram, found {place}"
        )
    content = BytesIO()
    torch.export.save(program, content)
    return import_archive(
        read_archive(content.getvalue(), place),
        place,
        shapes=shapes,
        inputs=inputs,
        outputs=outputs,
        batch=batch,
        fixed=fixed,
    )


def _torch() -> ModuleType:
    try:
        return import_module("torch")
    except ImportError as error:
        raise AipuError(
            f"a module in memory is exported by torch, which is missing: {error}",
            remedy="pip install 'aipu-compiler[torch]'",
        ) from error


def _is_module(model: object, torch: ModuleType) -> TypeGuard[Module]:
    return isinstance(model, torch.nn.Module)


def _exported(
    torch: ModuleType, module: Module, example_inputs: object, place: str
) -> object:
    """The module as a program, without changes in place."""
    if isinstance(example_inputs, torch.Tensor):
        example_inputs = (example_inputs,)
    if not isinstance(example_inputs, tuple | list) or not example_inputs:
        raise AipuError(
            "a module is exported by a call, and there is nothing to call it with",
            place=place,
            remedy="say example_inputs=(tensor, ...), of the shapes that it takes",
        )
    mode = module.training
    module.train(False)
    try:
        program = torch.export.export(module, tuple(example_inputs))
        return program.run_decompositions({})
    except EXPORT_ERRORS as error:
        raise AipuError(
            f"torch.export.export cannot export it: {error}",
            place=place,
            remedy="see PyTorch's page 'torch.export': no control flow on data",
        ) from error
    finally:
        module.train(mode)
