"""Random sound networks of a program's entry points."""

from collections.abc import Sequence

from hypothesis import strategies as st

from aipu.backend_aipu.network import KINDS, Network, Segment, Tensor
from aipu.backend_aipu.program import Program
from aipu.backend_aipu.validate.network import INTEGERS

SCALES = st.floats(1e-30, 1e30)


@st.composite
def networks(
    draw: st.DrawFn, program: Program, names: st.SearchStrategy[str]
) -> Network:
    """The entries in their order, and the host before and behind them, now and then.

    Every tensor that an entry takes is an input of the network.
    """
    hosts = draw(st.lists(names, unique=True, max_size=2))
    entries = {entry.name: entry for entry in program.entries}
    steps = [*entries, *(host for host in hosts if host not in entries)]
    sizes = {
        name: [
            [program.buffer(b).bytes * program.buffer(b).slots for b in buffers]
            for buffers in (entry.inputs, entry.outputs)
        ]
        for name, entry in entries.items()
    }
    count = sum(len(own) for pair in sizes.values() for own in pair)
    own = iter(draw(st.lists(names, unique=True, min_size=count, max_size=count)))
    tensors: list[Tensor] = []
    segments: list[Segment] = []
    for step in steps:
        ends: list[tuple[str, ...]] = []
        for wanted in sizes.get(step, [[], []]):
            made = [draw(_tensor(next(own), size)) for size in wanted]
            tensors += made
            ends.append(tuple(tensor.name for tensor in made))
        segments.append(Segment(step, ends[0], ends[1]))
    inputs = tuple(name for step in segments for name in step.inputs)
    outputs = [name for step in segments for name in step.outputs]
    shown = draw(st.permutations(outputs)) if outputs else []
    return Network(inputs, tuple(shown), tuple(tensors), tuple(segments))


@st.composite
def _tensor(draw: st.DrawFn, name: str, size: int) -> Tensor:
    """A tensor of so many bytes."""
    fitting = [kind for kind, each in KINDS.items() if size % each.bytes == 0]
    kind = draw(st.sampled_from(fitting))
    shape = draw(_shape(size // KINDS[kind].bytes))
    layout = draw(st.just(()) | st.permutations(range(len(shape))).map(tuple))
    scaled = kind in INTEGERS and draw(st.booleans())
    if not scaled:
        return Tensor(name, kind, shape, layout=layout)
    zero_point = draw(st.integers(0 if kind.startswith("u") else -128, 127))
    return Tensor(name, kind, shape, draw(SCALES), zero_point, layout)


def _shape(elements: int) -> st.SearchStrategy[tuple[int, ...]]:
    shapes: Sequence[tuple[int, ...]] = [
        (elements,),
        (1, elements, 1),
        *([()] if elements == 1 else []),
        *([(elements // 2, 2)] if elements % 2 == 0 else []),
    ]
    return st.sampled_from(shapes)
