"""A network of some of the operators of another one, in a module of its own.

What the operators read of others becomes an input, and what no operator reads an
output. What is known of a tensor, as its range, stays known.
"""

from collections.abc import Collection

from xdsl.dialects.builtin import (
    ArrayAttr,
    DictionaryAttr,
    FunctionType,
    ModuleOp,
    StringAttr,
)
from xdsl.dialects.func import CallOp, FuncOp, ReturnOp
from xdsl.ir import BlockArgument, Operation, SSAValue

from ...dialects import nn
from ...passes.authoring.functions import MAIN, argument_attributes
from ...passes.authoring.ranges import say_alike
from ...passes.authoring.segments import functions
from .numerics import network


def operators(module: ModuleOp) -> list[Operation]:
    """What a network is made of, but for its weights: operators, groups, calls."""
    function = network(module)
    if function.is_declaration:
        return []
    return [
        op
        for op in function.body.block.ops
        if not isinstance(op, nn.WeightOp | ReturnOp)
    ]


def of_some(module: ModuleOp, numbers: Collection[int]) -> ModuleOp:
    """A module whose network has only some of the operators, by their numbers."""
    module = module.clone()
    function = network(module)
    every = operators(module)
    kept = {every[number] for number in numbers}
    dropped = [op for op in every if op not in kept]
    outputs = _outputs(function, kept)
    for op in dropped:
        for result in op.results:
            if any(use.operation in kept for use in result.uses):
                result.replace_all_uses_with(_new_input(function, result))
    block = function.body.block
    terminator = block.last_op
    assert terminator is not None
    terminator.detach()
    terminator.erase()
    for op in reversed(dropped):
        op.detach()
        op.erase()
    block.add_op(ReturnOp(*outputs))
    for op in list(block.ops):
        if isinstance(op, nn.WeightOp) and not any(
            result.uses.get_length() for result in op.results
        ):
            op.detach()
            op.erase()
    _only_read_inputs(function)
    function.res_attrs = None
    types = [output.type for output in outputs]
    function.function_type = FunctionType.from_lists(
        [argument.type for argument in block.args], types
    )
    _only_called(module, function)
    return module


def of_each_function(module: ModuleOp) -> list[ModuleOp]:
    """For each function that a network calls, a module of which it is the network."""
    main = network(module)
    found: list[ModuleOp] = []
    for function in functions(module):
        if function is not main:
            own = function.clone()
            own.sym_name = StringAttr(MAIN)
            found.append(ModuleOp([own]))
    return found


def _outputs(function: FuncOp, kept: set[Operation]) -> list[SSAValue]:
    """What of the kept operators was an output, or is read by none of them."""
    terminator = function.get_return_op()
    assert terminator is not None
    found = dict.fromkeys(value for value in terminator.operands if value.owner in kept)
    for op in function.body.block.ops:
        for result in op.results if op in kept else ():
            if not any(use.operation in kept for use in result.uses):
                found[result] = None
    return list(found)


def _new_input(function: FuncOp, value: SSAValue) -> BlockArgument:
    """An input in place of a value, of which the same is known."""
    block = function.body.block
    argument = block.insert_arg(value.type, len(block.args))
    argument.name_hint = value.name_hint
    if function.arg_attrs is not None:
        function.arg_attrs = ArrayAttr([*function.arg_attrs, DictionaryAttr({})])
    say_alike(argument, value)
    return argument


def _only_read_inputs(function: FuncOp) -> None:
    """Leave out the inputs that nothing reads."""
    block = function.body.block
    read = [each for each in block.args if each.uses.get_length()]
    if function.arg_attrs is not None:
        function.arg_attrs = ArrayAttr(
            DictionaryAttr(dict(argument_attributes(each))) for each in read
        )
    for argument in [each for each in block.args if each not in read]:
        block.erase_arg(argument)


def _only_called(module: ModuleOp, main: FuncOp) -> None:
    """Leave out the functions that the network does not come to."""
    known = {each.sym_name.data: each for each in functions(module)}
    reached, waiting = {main}, [main]
    while waiting:
        for op in waiting.pop().walk():
            if isinstance(op, CallOp):
                callee = known.get(op.callee.string_value())
                if callee is not None and callee not in reached:
                    reached.add(callee)
                    waiting.append(callee)
    for function in known.values():
        if function not in reached:
            function.detach()
            function.erase()
