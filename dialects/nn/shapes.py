"""The shapes of results: pure functions of integers, one for each way to compute.

All feature maps are NHWC, `pad` is [top, left, bottom, right]. A shape that cannot
be is a `VerifyException` that says what does not fit.
"""

from collections.abc import Sequence
from math import prod

from xdsl.utils.exceptions import VerifyException

Shape = tuple[int, ...]


def check_entries(name: str, values: Sequence[int], count: int) -> None:
    """A property that is a list has as many entries as there are axes for it."""
    if len(values) != count:
        raise VerifyException(f"'{name}' has {count} entries, found {list(values)}")


def window_count(extent: int, window: int, stride: int, dilation: int = 1) -> int:
    """How many windows fit into a padded extent."""
    reach = (window - 1) * dilation + 1
    if reach > extent:
        raise VerifyException(f"a window of {reach} does not fit into {extent}")
    return (extent - reach) // stride + 1


def windows(
    ifm: Shape,
    kernel: Sequence[int],
    stride: Sequence[int],
    pad: Sequence[int],
    dilation: Sequence[int] = (1, 1),
) -> tuple[int, int]:
    """Rows and columns of windows over an NHWC feature map."""
    if len(ifm) != 4:
        raise VerifyException(f"expected an NHWC feature map, found rank {len(ifm)}")
    check_entries("kernel", kernel, 2)
    check_entries("stride", stride, 2)
    check_entries("pad", pad, 4)
    check_entries("dilation", dilation, 2)
    top, left, bottom, right = pad
    if min(*pad, 0) < 0 or min(*kernel, *stride, *dilation) < 1:
        raise VerifyException(
            f"kernel {list(kernel)}, stride {list(stride)} and dilation "
            f"{list(dilation)} must be positive, pad {list(pad)} not negative"
        )
    return (
        window_count(ifm[1] + top + bottom, kernel[0], stride[0], dilation[0]),
        window_count(ifm[2] + left + right, kernel[1], stride[1], dilation[1]),
    )


def conv2d(
    ifm: Shape,
    weight: Shape,
    stride: Sequence[int],
    pad: Sequence[int],
    dilation: Sequence[int],
    groups: int,
) -> Shape:
    """`[N, H, W, C]` with weight `[M, KH, KW, C / groups]`."""
    if len(weight) != 4:
        raise VerifyException(f"expected an OHWI weight, found rank {len(weight)}")
    rows, columns = windows(ifm, weight[1:3], stride, pad, dilation)
    if groups < 1 or ifm[3] != weight[3] * groups:
        raise VerifyException(
            f"the ifm has {ifm[3]} channels, the weight {weight[3]} in {groups} groups"
        )
    if weight[0] % groups:
        raise VerifyException(f"{weight[0]} ofm channels in {groups} groups")
    return (ifm[0], rows, columns, weight[0])


def conv_transpose2d(
    ifm: Shape,
    weight: Shape,
    stride: Sequence[int],
    pad: Sequence[int],
    extra: Sequence[int],
    dilation: Sequence[int],
    groups: int,
) -> Shape:
    """`[N, H, W, C]` with weight `[M, KH, KW, C / groups]`."""
    if len(ifm) != 4 or len(weight) != 4:
        raise VerifyException(
            f"expected an NHWC feature map and an OHWI weight, found ranks {len(ifm)} "
            f"and {len(weight)}"
        )
    if groups < 1 or ifm[3] != weight[3] * groups or weight[0] % groups:
        raise VerifyException(
            f"{ifm[3]} ifm channels and {weight[0]} ofm channels in {groups} groups, "
            f"the weight takes {weight[3]}"
        )
    check_entries("stride", stride, 2)
    check_entries("pad", pad, 4)
    check_entries("extra", extra, 2)
    check_entries("dilation", dilation, 2)
    if min(*stride, *dilation) < 1 or min(*pad, *extra) < 0:
        raise VerifyException(
            f"stride {list(stride)} and dilation {list(dilation)} must be positive, "
            f"pad {list(pad)} and extra {list(extra)} not negative"
        )
    spread = (
        (ifm[1 + axis] - 1) * stride[axis]
        + (weight[1 + axis] - 1) * dilation[axis]
        + 1
        + extra[axis]
        - pad[axis]
        - pad[axis + 2]
        for axis in (0, 1)
    )
    rows, columns = spread
    if min(rows, columns) < 1:
        raise VerifyException(f"pad {list(pad)} leaves nothing of the result")
    return (ifm[0], rows, columns, weight[0])


def fully_connected(ifm: Shape, weight: Shape) -> Shape:
    """`[N, K]` with weight `[M, K]`."""
    if len(ifm) != 2 or len(weight) != 2:
        raise VerifyException(
            f"expected ifm [N, K] and weight [M, K], found ranks {len(ifm)} "
            f"and {len(weight)}"
        )
    if ifm[1] != weight[1]:
        raise VerifyException(f"the ifm has {ifm[1]} features, the weight {weight[1]}")
    return (ifm[0], weight[0])


def matmul(lhs: Shape, rhs: Shape, *, transposed: bool = False) -> Shape:
    """`[..., M, K]` times `[..., K, N]`, leading dimensions broadcast.

    If `transposed`, the second is `[..., N, K]`.
    """
    if len(lhs) < 2 or len(rhs) < 2:
        raise VerifyException(f"cannot multiply {list(lhs)} by {list(rhs)}")
    depth, features = rhs[-2:] if not transposed else rhs[:-3:-1]
    if lhs[-1] != depth:
        raise VerifyException(f"cannot multiply {list(lhs)} by {list(rhs)}")
    return (*broadcast(lhs[:-2], rhs[:-2]), lhs[-2], features)


def broadcast(*shapes: Shape) -> Shape:
    """The numpy broadcast of shapes."""
    rank = max(map(len, shapes))
    aligned = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    result: list[int] = []
    for extents in zip(*aligned, strict=True):
        wide = {extent for extent in extents if extent != 1}
        if len(wide) > 1:
            listed = " and ".join(str(list(shape)) for shape in shapes)
            raise VerifyException(f"cannot broadcast {listed}")
        result.append(wide.pop() if wide else 1)
    return tuple(result)


def reduce(ifm: Shape, axes: Sequence[int], keep: bool) -> Shape:
    """`ifm` without the reduced axes, or with extent 1 in their place."""
    check_axes(ifm, axes)
    if keep:
        return tuple(1 if axis in axes else n for axis, n in enumerate(ifm))
    return tuple(n for axis, n in enumerate(ifm) if axis not in axes)


def check_axes(ifm: Shape, axes: Sequence[int]) -> None:
    """Axes are distinct and count from 0."""
    if len(set(axes)) != len(axes) or any(not 0 <= a < len(ifm) for a in axes):
        raise VerifyException(f"axes {list(axes)} of a tensor of rank {len(ifm)}")


def concat(shapes: Sequence[Shape], axis: int) -> Shape:
    """The shapes joined along one axis; the others must agree."""
    first = shapes[0]
    check_axes(first, [axis])
    for other in shapes[1:]:
        if len(other) != len(first) or any(
            a != b
            for i, (a, b) in enumerate(zip(first, other, strict=True))
            if i != axis
        ):
            raise VerifyException(
                f"cannot join {list(first)} and {list(other)} along axis {axis}"
            )
    joined = sum(shape[axis] for shape in shapes)
    return (*first[:axis], joined, *first[axis + 1 :])


def slice(
    ifm: Shape, starts: Sequence[int], sizes: Sequence[int], strides: Sequence[int]
) -> Shape:
    """`sizes[i]` elements of axis i, from `starts[i]` in steps of `strides[i]`."""
    if not len(ifm) == len(starts) == len(sizes) == len(strides):
        raise VerifyException(f"starts, sizes and strides must have {len(ifm)} entries")
    for extent, start, size, stride in zip(ifm, starts, sizes, strides, strict=True):
        last = start + (size - 1) * stride
        if size < 1 or stride == 0 or not (0 <= start < extent and 0 <= last < extent):
            raise VerifyException(
                f"{size} elements from {start} in steps of {stride} "
                f"do not lie in an extent of {extent}"
            )
    return tuple(sizes)


def pad(ifm: Shape, low: Sequence[int], high: Sequence[int]) -> Shape:
    """`low[i]` elements before and `high[i]` after axis i."""
    if not len(ifm) == len(low) == len(high) or min(*low, *high, 0) < 0:
        raise VerifyException(f"pad {list(low)}, {list(high)} of rank {len(ifm)}")
    return tuple(a + n + b for a, n, b in zip(low, ifm, high, strict=True))


def transpose(ifm: Shape, permutation: Sequence[int]) -> Shape:
    """Axis i of the result is axis `permutation[i]` of `ifm`."""
    if sorted(permutation) != list(range(len(ifm))):
        raise VerifyException(f"{list(permutation)} does not permute rank {len(ifm)}")
    return tuple(ifm[axis] for axis in permutation)


def same_size(ifm: Shape, ofm: Shape) -> None:
    """A reshape keeps the number of elements."""
    if prod(ifm) != prod(ofm):
        raise VerifyException(f"cannot reshape {list(ifm)} to {list(ofm)}")
