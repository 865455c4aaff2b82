"""Some formats put channels first, `nn` puts them last: the steps between, any rank."""

from xdsl.ir import SSAValue

from ...dialects import nn
from ..network import Emitter


def channels_last(node: Emitter, value: SSAValue) -> SSAValue:
    """[N, C, ...] to [N, ..., C]."""
    rank = len(nn.shape(value))
    if rank <= 2:
        return value
    return node.emit(nn.TransposeOp(value, (0, *range(2, rank), 1)))


def channels_first(node: Emitter, value: SSAValue) -> SSAValue:
    """[N, ..., C] to [N, C, ...]."""
    rank = len(nn.shape(value))
    if rank <= 2:
        return value
    return node.emit(nn.TransposeOp(value, (0, rank - 1, *range(1, rank - 1))))


def feature_map(node: Emitter, value: SSAValue) -> SSAValue:
    """[N, C, H, W] to NHWC; [N, C, W] to NHWC with one row."""
    rank = len(nn.shape(value))
    if rank not in (3, 4):
        raise node.unsupported(f"a window over a tensor of rank {rank}")
    last = channels_last(node, value)
    if rank == 4:
        return last
    images, columns, channels = nn.shape(last)
    return node.emit(nn.ReshapeOp(last, (images, 1, columns, channels)))


def from_feature_map(node: Emitter, value: SSAValue, rank: int) -> SSAValue:
    """Back from NHWC to the rank that `feature_map` was given."""
    if rank == 4:
        return channels_first(node, value)
    images, _, columns, channels = nn.shape(value)
    last = node.emit(nn.ReshapeOp(value, (images, columns, channels)))
    return channels_first(node, last)
