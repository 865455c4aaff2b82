"""Copies of boxes of tensors between DRAM and SRAM."""

from abc import ABC

from xdsl.dialects.builtin import DenseArrayBase, IntegerAttr, i64
from xdsl.irdl import irdl_op_definition, operand_def, prop_def

from .index import IndexAttr, IndicesAttr
from .instruction import SRAM, ZERO, InstructionOp
from .program import BufferType


class DmaOp(InstructionOp, ABC):
    """A box of a 4-dimensional tensor of bytes in DRAM, and its dense image in SRAM.

    Element [a, b, c, d] of the tensor lies at `dram + a*strides[0] + b*strides[1] +
    c*strides[2] + d*strides[3]`. The box has its corner at `origin`, which may lie
    outside of the tensor's `shape`, and the extents `box`.
    """

    sram = operand_def(SRAM)
    dram = operand_def(BufferType)
    sram_slot = prop_def(IndexAttr, default_value=ZERO)
    sram_byte = prop_def(IndexAttr, default_value=ZERO)
    dram_slot = prop_def(IndexAttr, default_value=ZERO)
    dram_byte = prop_def(IndexAttr, default_value=ZERO)
    shape = prop_def(DenseArrayBase.constr(i64))
    strides = prop_def(DenseArrayBase.constr(i64))
    origin = prop_def(IndicesAttr)
    box = prop_def(DenseArrayBase.constr(i64))


@irdl_op_definition
class LoadOp(DmaOp):
    """`sram[i] = dram[origin + i]`, or `fill` where that is outside of the tensor."""

    name = "aipu.dma.load"

    fill = prop_def(IntegerAttr.constr(i64), default_value=IntegerAttr(0, i64))

    assembly_format = (
        "$sram (`slot` $sram_slot^)? (`byte` $sram_byte^)? `,` "
        "$dram (`slot` $dram_slot^)? (`byte` $dram_byte^)? "
        "`shape` $shape `strides` $strides `origin` $origin `box` $box "
        "(`fill` $fill^)? "
        "(`wait` $wait^)? (`signal` $signal^)? attr-dict `:` type($dram)"
    )


@irdl_op_definition
class StoreOp(DmaOp):
    """`dram[origin + i] = sram[i]`, but for what lies outside of the tensor."""

    name = "aipu.dma.store"

    assembly_format = (
        "$sram (`slot` $sram_slot^)? (`byte` $sram_byte^)? `,` "
        "$dram (`slot` $dram_slot^)? (`byte` $dram_byte^)? "
        "`shape` $shape `strides` $strides `origin` $origin `box` $box "
        "(`wait` $wait^)? (`signal` $signal^)? attr-dict `:` type($dram)"
    )
