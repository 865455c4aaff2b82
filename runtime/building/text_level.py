"""At which level the module of a text is, told by what stands in it."""

from xdsl.dialects.builtin import ModuleOp

from ...dialects import nn, tile
from ...dialects.aipu import ProgramOp
from ...dialects.quant import quantisation
from ...errors import AipuError
from ...passes.authoring.places import PLACE
from .levels import AIPU, FLOAT, PREPARED, QUANTISED, TILE


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


def check_buildable(level: str, place: str) -> None:
    """Check that a text of a level has all that a package tells of.

    Raises:
        AipuError: it is a program, and nothing says what it computes.
    """
    if level == AIPU:
        raise AipuError(
            "a program of instructions alone: what it is to compute, and what its "
            "layers are, says the level above",
            place=place,
            remedy="build the text of the level 'tile', or assemble it: aipu asm",
        )


def _has_integers(op: nn.Operator) -> bool:
    return any(quantisation(value) is not None for value in (*op.operands, op.ofm))
