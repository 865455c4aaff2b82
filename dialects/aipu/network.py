"""What the entry points make together: tensors, and the segments between them."""

from collections.abc import Sequence

from xdsl.dialects.builtin import DenseArrayBase, StringAttr, TensorType, i64
from xdsl.ir import Attribute, Block, Operation, Region
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    opt_prop_def,
    prop_def,
    region_def,
    traits_def,
)
from xdsl.traits import HasParent, NoTerminator

from .program import NamesAttr, ProgramOp


@irdl_op_definition
class NetworkOp(IRDLOperation):
    """What a driver runs: segments that turn the input tensors into the outputs."""

    name = "aipu.network"

    inputs = prop_def(NamesAttr)
    outputs = prop_def(NamesAttr)
    body = region_def("single_block")

    traits = traits_def(NoTerminator(), HasParent(ProgramOp))
    assembly_format = "`inputs` $inputs `outputs` $outputs $body attr-dict"

    def __init__(
        self,
        inputs: Sequence[str],
        outputs: Sequence[str],
        ops: Sequence[Operation],
    ):
        super().__init__(
            properties={
                "inputs": NamesAttr(tuple(inputs)),
                "outputs": NamesAttr(tuple(outputs)),
            },
            regions=[Region(Block(ops))],
        )


@irdl_op_definition
class TensorOp(IRDLOperation):
    """A tensor; its axis i is axis `layout[i]` of an input or output of the model."""

    name = "aipu.tensor"

    tensor_name = prop_def(StringAttr)
    layout = opt_prop_def(DenseArrayBase.constr(i64))
    type = prop_def(TensorType)

    traits = traits_def(HasParent(NetworkOp))
    assembly_format = "$tensor_name (`layout` $layout^)? `:` $type attr-dict"

    def __init__(self, name: str, type: TensorType[Attribute], layout: Sequence[int]):
        super().__init__(
            properties={
                "tensor_name": StringAttr(name),
                "type": type,
                "layout": DenseArrayBase.from_list(i64, layout) if layout else None,
            }
        )


@irdl_op_definition
class SegmentOp(IRDLOperation):
    """A step of the network: an entry point, or operators of the host."""

    name = "aipu.segment"

    segment_name = prop_def(StringAttr)
    inputs = prop_def(NamesAttr)
    outputs = prop_def(NamesAttr)

    traits = traits_def(HasParent(NetworkOp))
    assembly_format = "$segment_name `inputs` $inputs `outputs` $outputs attr-dict"

    def __init__(self, name: str, inputs: Sequence[str], outputs: Sequence[str]):
        super().__init__(
            properties={
                "segment_name": StringAttr(name),
                "inputs": NamesAttr(tuple(inputs)),
                "outputs": NamesAttr(tuple(outputs)),
            }
        )
