"""The function of a network, `@main`, its inputs and what is said of them."""

from collections.abc import Mapping

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, ModuleOp, StringAttr
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, BlockArgument

from ...dialects.quant import UniformType
from ...errors import AipuError

MAIN = "main"
NAME = "nn.name"
STORED = "nn.stored"
"""Of a real argument that the model keeps as integers: which ones."""
RUNTIME = "nn.runtime"
"""Of a function whose tensors are pinned: for which runtime, and its rounding."""


def main_function(module: ModuleOp) -> FuncOp:
    """The function `@main`.

    Raises:
        AipuError: there is none, or it has no body.
    """
    for op in module.body.block.ops:
        if (
            isinstance(op, FuncOp)
            and op.sym_name.data == MAIN
            and not op.is_declaration
        ):
            return op
    raise AipuError(f"the module has no function @{MAIN}")


def function_of(argument: BlockArgument) -> FuncOp:
    """The function that `argument` belongs to."""
    function = argument.block.parent_op()
    if not isinstance(function, FuncOp):
        raise AipuError("expected the argument of a function")
    return function


def argument_attributes(argument: BlockArgument) -> Mapping[str, Attribute]:
    """What is said of an argument: its name, its range."""
    stated = function_of(argument).arg_attrs
    return stated.data[argument.index].data if stated is not None else {}


def set_argument_attribute(
    argument: BlockArgument, name: str, attribute: Attribute
) -> None:
    """Say one thing more of an argument, or another."""
    function = function_of(argument)
    everything = [dict(argument_attributes(each)) for each in function.args]
    everything[argument.index][name] = attribute
    function.arg_attrs = ArrayAttr(map(DictionaryAttr, everything))


def drop_argument_attribute(argument: BlockArgument, name: str) -> None:
    """Say one thing less of an argument."""
    function = function_of(argument)
    everything = [dict(argument_attributes(each)) for each in function.args]
    everything[argument.index].pop(name, None)
    function.arg_attrs = ArrayAttr(map(DictionaryAttr, everything))


def input_name(argument: BlockArgument) -> str:
    """The name that the source model gives an input; else `input 0`."""
    name = argument_attributes(argument).get(NAME)
    if isinstance(name, StringAttr):
        return name.data
    return f"input {argument.index}"


def stored_type(argument: BlockArgument) -> UniformType | None:
    """The integers that the source model keeps a real input as, if it does."""
    stored = argument_attributes(argument).get(STORED)
    return stored if isinstance(stored, UniformType) else None


def output_name(function: FuncOp, number: int) -> str:
    """The name that the source model gives an output; else `output 0`."""
    stated = function.res_attrs
    name = stated.data[number].data.get(NAME) if stated is not None else None
    return name.data if isinstance(name, StringAttr) else f"output {number}"
