"""Which int8 stands for each input and output of a package."""

from collections.abc import Sequence

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import CallOp, FuncOp
from xdsl.ir import OpResult, SSAValue

from ...dialects import nn
from ...dialects.quant import UniformType, quantisation
from ...errors import AipuError
from ...passes.calibration.attributes import read_range
from ...passes.functions import (
    input_name,
    main_function,
    output_name,
    stored_type,
)
from ...passes.quantisation.scales import uniform_type

Types = dict[str, UniformType]


def input_types(module: ModuleOp) -> Types:
    """The integers that each input of a quantised network is given as.

    Those that the model keeps it as, if it does; else by its calibrated range.
    """
    return {
        input_name(each): stored_type(each) or uniform_type(*read_range(each))
        for each in main_function(module).args
    }


def output_types(module: ModuleOp) -> Types:
    """The type of each output: of the integers that it was, or else of its range."""
    main = main_function(module)
    return {
        output_name(main, number): _type(value, module)
        for number, value in enumerate(_returned(main))
    }


def _type(value: SSAValue, module: ModuleOp) -> UniformType:
    if not isinstance(value, OpResult):
        return uniform_type(*read_range(value))
    match value.op:
        case CallOp():
            returned = _returned(_function(module, value.op))
            return _type(returned[value.index], module)
        case nn.DequantiseOp(ifm=ifm) if element := quantisation(ifm):
            return element
        case nn.ReshapeOp(ifm=ifm) | nn.TransposeOp(ifm=ifm):
            return _type(ifm, module)
        case _:
            return uniform_type(*read_range(value))


def _returned(function: FuncOp) -> Sequence[SSAValue]:
    returned = function.get_return_op()
    return () if returned is None else returned.operands


def _function(module: ModuleOp, call: CallOp) -> FuncOp:
    for op in module.ops:
        if isinstance(op, FuncOp) and op.sym_name.data == call.callee.string_value():
            return op
    raise AipuError(f"no function @{call.callee.string_value()}")
