"""Small graphs of operators on rows, of any shape."""

from hypothesis import strategies as st

from aipu.passes.machine_forms.stage import Kind, Map, Stage, Window
from aipu.passes.scheduling.striped.graph import Graph, Operator


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A chain of windowed operators, some with a sum of what was made before; others
    read some of what is made. Of one image, or of a batch.
    """
    images = draw(st.sampled_from((1, 1, 2, 4)))
    shape: Map = (images, draw(st.integers(3, 24)), draw(st.integers(1, 9)), 4)
    maps: list[Map] = [shape]
    operators: list[Operator] = []
    for _ in range(draw(st.integers(1, 5))):
        alike = [number for number, each in enumerate(maps[:-1]) if each == maps[-1]]
        if alike and draw(st.booleans()):
            reads = (draw(st.sampled_from(alike)), len(maps) - 1)
            operators.append(Operator(summed(maps[-1]), reads))
            maps.append(maps[-1])
            continue
        stage = draw(windowed(maps[-1]))
        operators.append(Operator(stage, (len(maps) - 1,)))
        maps.append(stage.ofm)
    inner = [n for n in range(1, len(maps) - 1) if maps[n][1]]
    also = draw(st.sets(st.sampled_from(inner))) if inner else ()
    return Graph((shape,), tuple(operators), also=tuple(sorted(also)))


@st.composite
def windowed(draw: st.DrawFn, ifm: Map) -> Stage:
    """A convolution, depthwise or not, or a pool; some windows lie in padding only."""
    sizes = [draw(st.integers(1, min(3, ifm[axis]))) for axis in (1, 2)]
    strides = [draw(st.integers(1, 3)) for _ in sizes]
    pads = [draw(st.integers(0, size)) for size in sizes]
    rows, columns = (
        (ifm[axis] + 2 * pad - size) // stride + 1
        for axis, pad, size, stride in zip((1, 2), pads, sizes, strides, strict=True)
    )
    window = Window(
        (sizes[0], sizes[1]),
        (strides[0], strides[1]),
        (1, 1),
        (pads[0], pads[1], pads[0], pads[1]),
    )
    kind = draw(st.sampled_from((Kind.CONVOLUTION, Kind.DEPTHWISE, Kind.POOL)))
    mnemonics = {
        Kind.CONVOLUTION: "mac.conv",
        Kind.DEPTHWISE: "mac.depthwise",
        Kind.POOL: "vector.max_pool",
    }
    weights = 0 if kind is Kind.POOL else sizes[0] * sizes[1] * 4
    return Stage(
        "a",
        "nn.a",
        mnemonics[kind],
        kind,
        ifm,
        (ifm[0], rows, columns, 4),
        window=window,
        weight_bytes=weights * (4 if kind is Kind.CONVOLUTION else 1),
        parameter_bytes=32 if weights else 0,
    )


def summed(shape: Map) -> Stage:
    """A sum of two maps."""
    return Stage(
        "s", "nn.add", "vector.add", Kind.ELEMENTWISE, shape, shape, ("lhs", "rhs")
    )
