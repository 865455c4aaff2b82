"""Which functions of a module run where: the attribute `place` that outlining sets."""

from collections.abc import Iterator

from xdsl.dialects.builtin import ModuleOp, StringAttr
from xdsl.dialects.func import FuncOp

from ...dialects import nn, tile
from .places import MACHINE


def functions(module: ModuleOp) -> Iterator[FuncOp]:
    """The functions of a module that have a body."""
    for op in module.ops:
        if isinstance(op, FuncOp) and op.body.blocks:
            yield op


def place_of(function: FuncOp) -> str | None:
    """Where a function runs; None if nobody has decided."""
    place = function.attributes.get("place")
    return place.data if isinstance(place, StringAttr) else None


def computes(function: FuncOp) -> bool:
    """Whether a function has operators, or groups of them."""
    work = (nn.Operator, tile.GroupOp)
    return any(isinstance(op, work) for op in function.body.block.ops)


def machine_functions(module: ModuleOp) -> list[FuncOp]:
    """The functions that run on the machine.

    Where nobody has decided: all that compute. A network may only hand on inputs and
    constants; that needs no machine.
    """
    decided = [f for f in functions(module) if place_of(f) is not None]
    if not decided:
        return [function for function in functions(module) if computes(function)]
    return [function for function in decided if place_of(function) == MACHINE]
