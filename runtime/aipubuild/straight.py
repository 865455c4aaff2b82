"""The network of a module as one list of operators, whatever its segments."""

from collections.abc import Iterator

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import CallOp, FuncOp
from xdsl.ir import SSAValue

from ...dialects import nn
from ...errors import AipuError
from ...passes.authoring.functions import input_name, main_function, output_name
from .writer.straight import Straight


def straightened(module: ModuleOp) -> Straight:
    """`@main`, and in the place of each call what is called.

    Raises:
        AipuError: a call is of a function that the module lacks.
    """
    main = main_function(module)
    origins: dict[SSAValue, SSAValue] = {}
    operators = list(_operators(main, module, origins))
    return Straight(
        inputs={input_name(argument): argument for argument in main.args},
        operators=operators,
        origins=origins,
        outputs=[
            (output_name(main, number), value)
            for number, value in enumerate(_returned(main))
        ],
    )


def _operators(
    function: FuncOp, module: ModuleOp, origins: dict[SSAValue, SSAValue]
) -> Iterator[nn.Operator]:
    for op in function.body.block.ops:
        if isinstance(op, nn.Operator):
            yield op
        elif isinstance(op, CallOp):
            called = _function(module, op.callee.string_value())
            origins.update(zip(called.args, op.operands, strict=True))
            yield from _operators(called, module, origins)
            origins.update(zip(op.results, _returned(called), strict=True))


def _returned(function: FuncOp) -> list[SSAValue]:
    end = function.get_return_op()
    return [] if end is None else list(end.operands)


def _function(module: ModuleOp, name: str) -> FuncOp:
    for op in module.ops:
        if isinstance(op, FuncOp) and op.sym_name.data == name:
            return op
    raise AipuError(f"no function @{name}")
