"""What stands for each input and output of a package in a raw file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from xdsl.dialects.builtin import IntegerType, ModuleOp
from xdsl.dialects.func import CallOp, FuncOp
from xdsl.ir import OpResult, SSAValue

from ...dialects import nn
from ...dialects.quant import UniformType, quantisation
from ...dialects.semantics.real.onnx_node import kind_of
from ...errors import AipuError
from ...passes.authoring.functions import (
    input_name,
    main_function,
    output_name,
    stored_type,
)
from ...passes.authoring.ranges import RANGE, as_range, read
from ...passes.quantising.arithmetic.scales import uniform_type


@dataclass(frozen=True)
class Raw:
    """The elements of a raw file.

    kind: how they lie there; element: the reals that integers stand for. Without it
    they stand for themselves, as ids do, and as reals do that nothing has a scale for.
    """

    kind: np.dtype
    element: UniformType | None = None

    def __str__(self) -> str:
        """`int8, output_scale:[8.488549]`: stored = real * scale + zero point."""
        if self.element is None:
            return str(self.kind)
        zero = self.element.zero_point
        behind = f", zero_point:[{zero}]" if zero else ""
        return f"{self.kind}, output_scale:[{1 / self.element.scale:.6f}]{behind}"


def inputs_of(module: ModuleOp) -> dict[str, Raw]:
    """What each input of a quantised network is given as.

    The integers that the model keeps it as, if it does; else those of its range.
    """
    found: dict[str, Raw] = {}
    for each in main_function(module).args:
        stored = stored_type(each)
        found[input_name(each)] = _stored(stored) if stored else _of_range(each)
    return found


def outputs_of(module: ModuleOp) -> dict[str, Raw]:
    """What each output is given as: the integers that it was, or else of its range."""
    main = main_function(module)
    return {
        output_name(main, number): _output(value, module)
        for number, value in enumerate(_returned(main))
    }


def _stored(element: UniformType) -> Raw:
    return Raw(kind_of(element.storage), element)


def _of_range(value: SSAValue) -> Raw:
    """Integers of a range; none has what no operator on the machine comes near to."""
    plain, limits = nn.element_type(value), as_range(read(value, RANGE))
    if isinstance(plain, IntegerType) or limits is None:
        return Raw(kind_of(plain))
    return _stored(uniform_type(*limits))


def _output(value: SSAValue, module: ModuleOp) -> Raw:
    if not isinstance(value, OpResult):
        return _of_range(value)
    match value.op:
        case CallOp():
            returned = _returned(_function(module, value.op))
            return _output(returned[value.index], module)
        case nn.DequantiseOp(ifm=ifm) if element := quantisation(ifm):
            return _stored(element)
        case nn.ReshapeOp(ifm=ifm) | nn.TransposeOp(ifm=ifm):
            return _output(ifm, module)
        case _:
            return _of_range(value)


def _returned(function: FuncOp) -> Sequence[SSAValue]:
    returned = function.get_return_op()
    return () if returned is None else returned.operands


def _function(module: ModuleOp, call: CallOp) -> FuncOp:
    for op in module.ops:
        if isinstance(op, FuncOp) and op.sym_name.data == call.callee.string_value():
            return op
    raise AipuError(f"no function @{call.callee.string_value()}")
