"""Element-wise work and pooling of one tile on the vector unit.

Element-wise work is on `rows` of `columns` pixels of `elements` bytes each; an operand
has `pitches`, the bytes between its rows and between its pixels. With one row of one
pixel, as without a word on them, a tile is just so many bytes. Other tiles are dense,
but for pools, which may read and write a part of a larger map: of `ifm_pitch` bytes a
pixel, of `ofm_columns` columns and `ofm_pitch` bytes a pixel; 0 where it is dense.

x is an integer less its zero point.
"""

from abc import ABC

from xdsl.dialects.builtin import DenseArrayBase, IntegerAttr, i64
from xdsl.irdl import irdl_op_definition, operand_def, prop_def

from .index import ExtentAttr, IndexAttr
from .instruction import NO_NUMBER, NO_PITCHES, ONE, SRAM, ZERO, InstructionOp

TOKENS = "(`wait` $wait^)? (`signal` $signal^)? attr-dict"
IFM = "$ifm (`slot` $ifm_slot^)? (`byte` $ifm_byte^)? "
OFM = "`->` $ofm (`slot` $ofm_slot^)? (`byte` $ofm_byte^)? "
IFM_PIXELS = IFM + "(`pitches` $ifm_pitches^)? "
OFM_PIXELS = OFM + "(`pitches` $ofm_pitches^)? "
PIXELS = "(`rows` $rows^)? (`columns` $columns^)? `elements` $elements "


class VectorOp(InstructionOp, ABC):
    """One tile in, one tile out."""

    ifm = operand_def(SRAM)
    ofm = operand_def(SRAM)
    ifm_slot = prop_def(IndexAttr, default_value=ZERO)
    ifm_byte = prop_def(IndexAttr, default_value=ZERO)
    ofm_slot = prop_def(IndexAttr, default_value=ZERO)
    ofm_byte = prop_def(IndexAttr, default_value=ZERO)


class PixelsOp(InstructionOp, ABC):
    """Each element by itself, of rows of pixels."""

    rows = prop_def(ExtentAttr, default_value=ONE)
    columns = prop_def(ExtentAttr, default_value=ONE)
    elements = prop_def(ExtentAttr)
    ofm_pitches = prop_def(DenseArrayBase.constr(i64), default_value=NO_PITCHES)


class UnaryOp(VectorOp, PixelsOp, ABC):
    """One tile in, one tile out, element by element."""

    ifm_pitches = prop_def(DenseArrayBase.constr(i64), default_value=NO_PITCHES)


class PairOp(PixelsOp, ABC):
    """Two tiles in, one tile out, element by element."""

    lhs = operand_def(SRAM)
    rhs = operand_def(SRAM)
    ofm = operand_def(SRAM)
    lhs_slot = prop_def(IndexAttr, default_value=ZERO)
    lhs_byte = prop_def(IndexAttr, default_value=ZERO)
    rhs_slot = prop_def(IndexAttr, default_value=ZERO)
    rhs_byte = prop_def(IndexAttr, default_value=ZERO)
    ofm_slot = prop_def(IndexAttr, default_value=ZERO)
    ofm_byte = prop_def(IndexAttr, default_value=ZERO)
    lhs_pitches = prop_def(DenseArrayBase.constr(i64), default_value=NO_PITCHES)
    rhs_pitches = prop_def(DenseArrayBase.constr(i64), default_value=NO_PITCHES)


PAIR = (
    "$lhs (`slot` $lhs_slot^)? (`byte` $lhs_byte^)? (`pitches` $lhs_pitches^)? `,` "
    "$rhs (`slot` $rhs_slot^)? (`byte` $rhs_byte^)? (`pitches` $rhs_pitches^)? "
    + OFM_PIXELS
    + PIXELS
)


@irdl_op_definition
class AddOp(PairOp):
    """`ofm = clamp((lhs * m[1] + rhs * m[2]) * m[0] >> shift + zero_point)`

    m are the `multipliers`; `zero_points` are those of lhs, rhs and ofm. A negative
    m[2] subtracts.
    """

    name = "aipu.vector.add"

    multipliers = prop_def(DenseArrayBase.constr(i64))
    shift = prop_def(IntegerAttr.constr(i64))
    zero_points = prop_def(DenseArrayBase.constr(i64))
    low = prop_def(IntegerAttr.constr(i64))
    high = prop_def(IntegerAttr.constr(i64))

    assembly_format = (
        PAIR + "`rescale` $multipliers `shift` $shift `zero_points` $zero_points "
        "`clamp` $low `to` $high " + TOKENS
    )


@irdl_op_definition
class MultiplyOp(PairOp):
    """`ofm = clamp(lhs * rhs * multiplier >> shift + zero_points[2])`

    The `zero_points` are those of lhs, rhs and ofm.
    """

    name = "aipu.vector.multiply"

    multiplier = prop_def(IntegerAttr.constr(i64))
    shift = prop_def(IntegerAttr.constr(i64))
    zero_points = prop_def(DenseArrayBase.constr(i64))
    low = prop_def(IntegerAttr.constr(i64))
    high = prop_def(IntegerAttr.constr(i64))

    assembly_format = (
        PAIR + "`rescale` $multiplier `shift` $shift "
        "`zero_points` $zero_points `clamp` $low `to` $high " + TOKENS
    )


@irdl_op_definition
class MaximumOp(PairOp):
    """`ofm = clamp(max(lhs, rhs))`"""

    name = "aipu.vector.maximum"

    low = prop_def(IntegerAttr.constr(i64))
    high = prop_def(IntegerAttr.constr(i64))

    assembly_format = PAIR + "`clamp` $low `to` $high " + TOKENS


@irdl_op_definition
class MinimumOp(PairOp):
    """`ofm = clamp(min(lhs, rhs))`"""

    name = "aipu.vector.minimum"

    low = prop_def(IntegerAttr.constr(i64))
    high = prop_def(IntegerAttr.constr(i64))

    assembly_format = PAIR + "`clamp` $low `to` $high " + TOKENS


@irdl_op_definition
class RequantiseOp(UnaryOp):
    """`ofm = clamp(ifm * multiplier >> shift + zero_points[1])`"""

    name = "aipu.vector.requantise"

    multiplier = prop_def(IntegerAttr.constr(i64))
    shift = prop_def(IntegerAttr.constr(i64))
    zero_points = prop_def(DenseArrayBase.constr(i64))
    low = prop_def(IntegerAttr.constr(i64))
    high = prop_def(IntegerAttr.constr(i64))

    assembly_format = (
        IFM_PIXELS + OFM_PIXELS + PIXELS + "`rescale` $multiplier `shift` $shift "
        "`zero_points` $zero_points `clamp` $low `to` $high " + TOKENS
    )


@irdl_op_definition
class LookupOp(UnaryOp):
    """`ofm = table[ifm + 128]`"""

    name = "aipu.vector.lookup"

    table = operand_def(SRAM)
    table_slot = prop_def(IndexAttr, default_value=ZERO)
    table_byte = prop_def(IndexAttr, default_value=ZERO)

    assembly_format = (
        IFM_PIXELS
        + "`,` $table (`slot` $table_slot^)? (`byte` $table_byte^)? "
        + OFM_PIXELS
        + PIXELS
        + TOKENS
    )


@irdl_op_definition
class PermuteOp(VectorOp):
    """`ofm[i] = ifm[i * strides]` for every i in `box`, the ofm dense."""

    name = "aipu.vector.permute"

    box = prop_def(DenseArrayBase.constr(i64))
    strides = prop_def(DenseArrayBase.constr(i64))

    assembly_format = IFM + OFM + "`box` $box `strides` $strides " + TOKENS


@irdl_op_definition
class SoftmaxOp(VectorOp):
    """`ofm = clamp(power * levels / (256 * sum(power)) + zero_point)` for each row

    `power = table[255 + ifm - max(ifm)]`, maximum and sum over the `channels` of a row.
    The table holds 256 values of 16 bits. The quotient is rounded half to even.
    """

    name = "aipu.vector.softmax"

    table = operand_def(SRAM)
    table_slot = prop_def(IndexAttr, default_value=ZERO)
    table_byte = prop_def(IndexAttr, default_value=ZERO)
    rows = prop_def(ExtentAttr)
    channels = prop_def(IntegerAttr.constr(i64))
    levels = prop_def(IntegerAttr.constr(i64))
    zero_point = prop_def(IntegerAttr.constr(i64))
    low = prop_def(IntegerAttr.constr(i64))
    high = prop_def(IntegerAttr.constr(i64))

    assembly_format = (
        IFM
        + "`,` $table (`slot` $table_slot^)? (`byte` $table_byte^)? "
        + OFM
        + "`rows` $rows `channels` $channels `levels` $levels "
        "`zero_point` $zero_point `clamp` $low `to` $high " + TOKENS
    )


class PoolOp(VectorOp, ABC):
    """A window over a tile [rows, `ifm_columns`, channels] that holds its padding."""

    ifm_columns = prop_def(IntegerAttr.constr(i64))
    ifm_pitch = prop_def(IntegerAttr.constr(i64), default_value=NO_NUMBER)
    ofm_columns = prop_def(IntegerAttr.constr(i64), default_value=NO_NUMBER)
    ofm_pitch = prop_def(IntegerAttr.constr(i64), default_value=NO_NUMBER)
    rows = prop_def(ExtentAttr)
    columns = prop_def(ExtentAttr)
    channels = prop_def(IntegerAttr.constr(i64))
    kernel = prop_def(DenseArrayBase.constr(i64))
    stride = prop_def(DenseArrayBase.constr(i64))


IN_MAPS = (
    "(`ofm_columns` $ofm_columns^)? (`ofm_pitch` $ofm_pitch^)? "
    "`ifm` `columns` $ifm_columns (`pitch` $ifm_pitch^)? "
)
POOL = (
    IFM + OFM + IN_MAPS + "`rows` $rows `columns` $columns `channels` $channels "
    "`kernel` $kernel `stride` $stride "
)


@irdl_op_definition
class MaxPoolOp(PoolOp):
    """`ofm[y, x] = max(ifm[y*s+i, x*s+j])`"""

    name = "aipu.vector.max_pool"

    assembly_format = POOL + TOKENS


@irdl_op_definition
class AvgPoolOp(PoolOp):
    """`ofm[y, x] = clamp(sum(ifm[y*s+i, x*s+j]) * multiplier >> shift + zero)`

    The `zero_points` are those of ifm and ofm. Multiplier and shift are those of record
    `count - 1` of the parameters, 8 bytes each as the MAC array's. The count is of the
    window's elements inside of the feature map, `inside` rows and columns, where the
    tile's corner lies at `corner_row` and `corner_column`. With `counts` 1, one record
    serves every count.
    """

    name = "aipu.vector.avg_pool"

    parameters = operand_def(SRAM)
    parameters_slot = prop_def(IndexAttr, default_value=ZERO)
    parameters_byte = prop_def(IndexAttr, default_value=ZERO)
    counts = prop_def(IntegerAttr.constr(i64))
    inside = prop_def(DenseArrayBase.constr(i64))
    corner_row = prop_def(IndexAttr)
    corner_column = prop_def(IndexAttr)
    zero_points = prop_def(DenseArrayBase.constr(i64))
    low = prop_def(IntegerAttr.constr(i64))
    high = prop_def(IntegerAttr.constr(i64))

    assembly_format = (
        IFM + "`,` $parameters (`slot` $parameters_slot^)? "
        "(`byte` $parameters_byte^)? "
        + OFM
        + IN_MAPS
        + "`rows` $rows `columns` $columns `channels` $channels "
        "`kernel` $kernel `stride` $stride `counts` $counts `inside` $inside "
        "`corner` $corner_row `,` $corner_column "
        "`zero_points` $zero_points `clamp` $low `to` $high " + TOKENS
    )
