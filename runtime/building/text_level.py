"""Taking up a text at the level it is at: what is above it is left out.

A program says nothing of the layers that it computes. So the network at the level
`tile`, `tile.mlir`, has to lie beside its text: that is how a package keeps them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Region

from ...backend_aipu.assembly import parse_assembly
from ...backend_aipu.codegen import to_operation
from ...dialects import nn, tile
from ...dialects.aipu import ProgramOp
from ...dialects.quant import quantisation
from ...errors import AipuError
from ...frontends.model import ImportedModel
from ...passes.authoring.places import PLACE
from ...passes.authoring.segments import machine_functions
from ...passes.running.verification import verify
from ..files import read_text
from .levels import AIPU, FILES, FLOAT, PREPARED, QUANTISED, TILE
from .text_model import read_text_model

TEXT, ASSEMBLY = ".mlir", ".s"

BESIDE = "tile.mlir"
"""The network of a program, in the folder of its text."""


def is_text(path: Path) -> bool:
    """Whether a file is the text of a level, not a model."""
    return path.suffix in (TEXT, ASSEMBLY)


def read_levels(
    path: Path,
    *,
    weights: Path | None = None,
    shapes: Mapping[str, Sequence[int]] = {},
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    batch: int | None = None,
    random_weights: int | None = None,
    fixed: Mapping[str, np.ndarray] = {},
) -> tuple[ImportedModel, dict[str, ModuleOp]]:
    """The network of a text, and the levels that are there with it.

    Of a float network there is none: it may still have to be imported. A network of
    another level stands for those above it, too.

    Raises:
        AipuError: the text is wrong, or it was asked for what only a model can have.
    """

    def read(file: Path) -> ImportedModel:
        return read_text_model(
            file,
            weights=weights,
            shapes=shapes,
            inputs=inputs,
            outputs=outputs,
            batch=batch,
            random_weights=random_weights,
            fixed=fixed,
        )

    found = None if path.suffix == ASSEMBLY else read(path)
    level = AIPU if found is None else level_of(found.module)
    if level == FLOAT and found is not None:
        return found, {}
    if level != AIPU and found is not None:
        return found, _down_to(level, found.module)
    network = read(_beside(path))
    program = _assembled(path, network.module) if found is None else found.module
    levels = _down_to(TILE, network.module)
    named = ImportedModel(
        path.stem, network.module, network.weights, network.weights_source
    )
    return named, {**levels, AIPU: program}


def level_of(module: ModuleOp) -> str:
    """The level that a module is at; a float one may still have to be imported.

    A program is of `aipu`, groups with schedules of `tile`; groups without, integers
    and segments are quantised, and operators of which it is said where they run
    prepared.
    """
    ops = list(module.walk())
    groups = [op for op in ops if isinstance(op, tile.GroupOp)]
    if any(isinstance(op, ProgramOp) for op in ops):
        return AIPU
    if groups and all(group.schedule is not None for group in groups):
        return TILE
    operators = [op for op in ops if isinstance(op, nn.Operator)]
    if groups or any(_has_integers(op) for op in operators):
        return QUANTISED
    if any(PLACE in op.attributes for op in operators):
        return PREPARED
    return FLOAT


def _has_integers(op: nn.Operator) -> bool:
    return any(quantisation(value) is not None for value in (*op.operands, op.ofm))


def _down_to(last: str, module: ModuleOp) -> dict[str, ModuleOp]:
    levels = list(FILES)
    return {level: module.clone() for level in levels[: levels.index(last) + 1]}


def _beside(path: Path) -> Path:
    """The network of a program.

    Raises:
        AipuError: it is not there.
    """
    file = path.with_name(BESIDE)
    if not file.is_file():
        raise AipuError(
            "a program says nothing of the layers that it computes",
            place=str(path),
            remedy=f"put the network beside it that it is of, at the level 'tile': "
            f"{file}; or make no more than a binary of it: aipu asm",
        )
    return file


def _assembled(path: Path, network: ModuleOp) -> ModuleOp:
    """The module of an assembly, with the functions of its network.

    Raises:
        AipuError: the text is wrong, or the program is not one of the network.
    """
    module = network.clone()
    program = parse_assembly(read_text(path), str(path))
    for function in machine_functions(module):
        function.detach_region(0)
        function.add_region(Region())
    module.body.block.add_op(to_operation(program))
    verify(module)
    return module
