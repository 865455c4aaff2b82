"""A network as a text that ncnn reads, without weights: no time hangs on values.

So ncnn can be timed on whatever comes from another format.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xdsl.ir import Block, BlockArgument, SSAValue

from ...dialects import nn
from ...errors import AipuError
from ...frontends.ncnn.param_file import FIRST_ARRAY, MAGIC
from ...passes.authoring.functions import input_name
from ...passes.authoring.operator_names import operator_names
from ...passes.authoring.operators import computed_operands, operators
from .ncnn_layers import CHANNELS_LAST, Numbers, layers_in_ncnn


@dataclass(frozen=True)
class Param:
    """A network for ncnn.

    text: of a `.param` file.
    inputs: the shapes of what it is fed with, [1, C, H, W] or with fewer extents.
    """

    text: str
    inputs: Mapping[str, Sequence[int]]


def as_param(block: Block) -> Param:
    """A network in reals for ncnn.

    Raises:
        AipuError: an operator has no layers there, or the batch is not 1.
    """
    writer = _Writer(block)
    inputs = {input_name(value): _fed(value) for value in block.args}
    for value in block.args:
        writer.feed(value, inputs[input_name(value)])
    names = operator_names(operators(block))
    for op in operators(block):
        writer.write(op, names[op])
    return Param(writer.text, inputs)


def _fed(value: SSAValue) -> Sequence[int]:
    """The shape of an input, channels first."""
    extents = nn.shape(value)
    if extents[:1] != (1,):
        raise AipuError(f"ncnn takes one frame at a time, not {list(extents)}")
    last = any(
        isinstance(use.operation, nn.TransposeOp)
        and tuple(use.operation.permutation.get_values()) == CHANNELS_LAST
        for use in value.uses
    )
    if len(extents) != 4 or last:
        return extents
    _, rows, columns, channels = extents
    return 1, channels, rows, columns


class _Writer:
    """Writes layers; who reads a value finds it in a blob of its own."""

    def __init__(self, block: Block):
        self.readers = Counter(
            value for op in operators(block) for value in computed_operands(op)
        )
        self.blobs: dict[SSAValue, Iterator[str]] = {}
        self.lines: list[str] = []
        self.tops = 0

    @property
    def text(self) -> str:
        return "\n".join([MAGIC, f"{len(self.lines)} {self.tops}", *self.lines, ""])

    def feed(self, value: BlockArgument, shape: Sequence[int]) -> None:
        """An input of the network."""
        name, (_, *extents) = input_name(value), shape
        self.line("Input", [], [name], dict(enumerate(reversed(extents))))
        self.made(value, name)

    def write(self, op: nn.Operator, name: str) -> None:
        """The layers of an operator; what has none hands on what it reads."""
        bottoms = [next(self.blobs[value]) for value in computed_operands(op)]
        layers = layers_in_ncnn(op)
        if layers is None:
            raise AipuError(f"ncnn has nothing that is known for {op.name}", place=name)
        for kind, numbers in layers:
            top = f"blob{self.tops}"
            self.line(kind, bottoms, [top], numbers)
            bottoms = [top]
        self.made(op.results[0], bottoms[0])

    def made(self, value: SSAValue, blob: str) -> None:
        """Split a blob for all who read it: ncnn gives each to one."""
        blobs = [blob]
        if self.readers[value] > 1:
            blobs = [f"{blob}_{each}" for each in range(self.readers[value])]
            self.line("Split", [blob], blobs, {})
        self.blobs[value] = iter(blobs)

    def line(
        self, kind: str, bottoms: Sequence[str], tops: Sequence[str], numbers: Numbers
    ) -> None:
        """A layer, called by its number."""
        name = f"layer{len(self.lines)}"
        words = [kind, name, f"{len(bottoms)} {len(tops)}", *bottoms, *tops]
        self.lines.append(" ".join([*words, *map(_word, numbers.items())]))
        self.tops += len(tops)


def _word(number: tuple[int, float | Sequence[float]]) -> str:
    key, value = number
    if isinstance(value, Sequence):
        return f"{FIRST_ARRAY - key}={len(value)},{','.join(f'{v:g}' for v in value)}"
    return f"{key}={value}"
