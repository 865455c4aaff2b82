"""Where the feature maps of a function lie in DRAM, and how long each is needed."""

from collections.abc import Collection
from math import prod
from typing import NamedTuple

from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from ...dialects import nn, tile
from ...dialects.nn import shape
from ...errors import AipuError
from ..scheduling.allocation import Lifetime
from ..scheduling.network.links import keeps_result
from ..scheduling.network.names import first_element, is_name


class InDram(NamedTuple):
    """Where a tensor lies in DRAM: from byte `byte` of a buffer on."""

    buffer: str
    byte: int = 0


ON_CHIP = InDram("")
"""Of what lies on chip only."""


def feature_maps(
    function: FuncOp, works: Collection[str]
) -> tuple[dict[SSAValue, InDram], list[Lifetime]]:
    """The buffer of every value, and when each buffer is alive.

    The results of a group have their names, and an input none of `works`, the names
    of all groups of the program. Step 0 is the entry; the n-th operation
    is step n; results live to the end. A reshape is another name of its operand, a
    slice of rows one of a part of it. What stays on chip is not there.

    Raises:
        AipuError: an operation is neither a group nor such a name.
    """
    block = function.body.block
    entry = function.sym_name.data
    names: dict[SSAValue, InDram] = {}
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    sizes: dict[str, int] = {}

    def define(value: SSAValue, name: str, step: int) -> None:
        names[value] = InDram(name)
        sizes[name] = prod(shape(value))
        first[name] = last[name] = step

    for number, argument in enumerate(block.args):
        name = f"{entry}/input{number}"
        while name in works:
            name = f"{entry}/{name}"
        define(argument, name, 0)
    step = 0
    for step, op in enumerate(block.ops, 1):
        for operand in op.operands:
            if operand in names:
                last[names[operand].buffer] = step
        if isinstance(op, nn.ReshapeOp):
            if op.ifm in names:
                names[op.ofm] = names[op.ifm]
        elif isinstance(op, nn.SliceOp) and is_name(op) and op.ifm in names:
            buffer, byte = names[op.ifm]
            names[op.ofm] = InDram(buffer, byte + first_element(op))
        elif isinstance(op, tile.GroupOp):
            for name, result in zip(op.names, op.results, strict=True):
                if result is not op.last_result or not keeps_result(op):
                    define(result, name, step)
        elif op is not block.last_op:
            raise AipuError(
                f"{op.name} is in no group",
                place=entry,
                remedy="run the pipeline 'schedule' before",
            )
    assert block.last_op is not None
    for value in block.last_op.operands:
        last[names[value].buffer] = step
    return names, [
        Lifetime(name, size, first[name], last[name]) for name, size in sizes.items()
    ]
