"""Convolutions of one tile on the systolic array.

The ifm tile is dense [rows, `ifm_columns`, `ifm_pitch` bytes a pixel] and holds its
padding. Parameters are 8 bytes a channel: bias (int32), then 16 bits of the multiplier,
6 of the shift, 9 more of the multiplier, and one that says how it multiplies. The ofm
tile is [rows, columns, channels] of full tiles; it may lie in a larger map, of
`ofm_columns` columns and `ofm_pitch` bytes a pixel, and is dense where these are 0.

    ofm = min(max((bias + sum) * multiplier >> shift + zero_point, low), high)

The product is exact and is rounded once, half to even, by the shift. Where the last bit
is set, multiplier and shift are those of a float32: the sum is rounded to float32, so
is the product, and that to an integer.

What is `leaky` scales sums below 0 in another way, each channel by itself: its
parameters are 12 bytes a channel, and in the last four stand the multiplier and shift
of such sums, as the others do; but there the last bit is the sign of the multiplier.
"""

from abc import ABC

from xdsl.dialects.builtin import DenseArrayBase, IntegerAttr, i64
from xdsl.dialects.utils import EnumAttribute
from xdsl.ir import SpacedOpaqueSyntaxAttribute
from xdsl.irdl import irdl_attr_definition, irdl_op_definition, operand_def, prop_def
from xdsl.utils.str_enum import StrEnum

from .index import ExtentAttr, IndexAttr
from .instruction import NO_NUMBER, SRAM, ZERO, InstructionOp


class Dataflow(StrEnum):
    """What stays in the array while the rest streams through it."""

    WS = "ws"
    OS = "os"
    IS = "is"


@irdl_attr_definition
class DataflowAttr(EnumAttribute[Dataflow], SpacedOpaqueSyntaxAttribute):
    name = "aipu.dataflow"


class MacOp(InstructionOp, ABC):
    """A convolution of one tile."""

    ifm = operand_def(SRAM)
    weight = operand_def(SRAM)
    parameters = operand_def(SRAM)
    ofm = operand_def(SRAM)
    ifm_slot = prop_def(IndexAttr, default_value=ZERO)
    ifm_byte = prop_def(IndexAttr, default_value=ZERO)
    weight_slot = prop_def(IndexAttr, default_value=ZERO)
    weight_byte = prop_def(IndexAttr, default_value=ZERO)
    parameters_slot = prop_def(IndexAttr, default_value=ZERO)
    parameters_byte = prop_def(IndexAttr, default_value=ZERO)
    ofm_slot = prop_def(IndexAttr, default_value=ZERO)
    ofm_byte = prop_def(IndexAttr, default_value=ZERO)
    ifm_columns = prop_def(IntegerAttr.constr(i64))
    ifm_pitch = prop_def(IntegerAttr.constr(i64))
    ofm_columns = prop_def(IntegerAttr.constr(i64), default_value=NO_NUMBER)
    ofm_pitch = prop_def(IntegerAttr.constr(i64), default_value=NO_NUMBER)
    rows = prop_def(ExtentAttr)
    columns = prop_def(ExtentAttr)
    channels = prop_def(ExtentAttr)
    kernel = prop_def(DenseArrayBase.constr(i64))
    stride = prop_def(DenseArrayBase.constr(i64))
    dilation = prop_def(DenseArrayBase.constr(i64))
    zero_point = prop_def(IntegerAttr.constr(i64))
    low = prop_def(IntegerAttr.constr(i64))
    high = prop_def(IntegerAttr.constr(i64))


OPERANDS = (
    "$ifm (`slot` $ifm_slot^)? (`byte` $ifm_byte^)? `,` "
    "$weight (`slot` $weight_slot^)? (`byte` $weight_byte^)? `,` "
    "$parameters (`slot` $parameters_slot^)? (`byte` $parameters_byte^)? `->` "
    "$ofm (`slot` $ofm_slot^)? (`byte` $ofm_byte^)? "
    "(`ofm_columns` $ofm_columns^)? (`ofm_pitch` $ofm_pitch^)? "
    "`ifm` `columns` $ifm_columns `pitch` $ifm_pitch "
    "`rows` $rows `columns` $columns `channels` $channels "
)
WINDOW = (
    "`kernel` $kernel `stride` $stride `dilation` $dilation "
    "`zero_point` $zero_point `clamp` $low `to` $high "
)
TOKENS = "(`wait` $wait^)? (`signal` $signal^)? attr-dict"


@irdl_op_definition
class ConvOp(MacOp):
    """`sum = sum(ifm[y*s+i*d, x*s+j*d, k] * weight[m, i, j, k])` over i, j and k.

    k runs over `depth`: the tile's share of the ifm channels. The accumulators start at
    the bias with the first share, and leave for the ofm with the last.
    """

    name = "aipu.mac.conv"

    depth = prop_def(ExtentAttr)
    dataflow = prop_def(DataflowAttr)

    assembly_format = OPERANDS + "`depth` $depth " + WINDOW + "$dataflow " + TOKENS


@irdl_op_definition
class LeakyConvOp(MacOp):
    """As `mac.conv`, and a sum below 0 has a multiplier and a shift of its own."""

    name = "aipu.mac.conv_leaky"

    depth = prop_def(ExtentAttr)
    dataflow = prop_def(DataflowAttr)

    assembly_format = ConvOp.assembly_format


@irdl_op_definition
class DepthwiseOp(MacOp):
    """`sum = sum(ifm[y*s+i*d, x*s+j*d, m] * weight[m, i, j])` over i and j."""

    name = "aipu.mac.depthwise"

    assembly_format = OPERANDS + WINDOW + TOKENS


@irdl_op_definition
class LeakyDepthwiseOp(MacOp):
    """As `mac.depthwise`, and a sum below 0 has a multiplier and a shift of its own."""

    name = "aipu.mac.depthwise_leaky"

    assembly_format = OPERANDS + WINDOW + TOKENS
