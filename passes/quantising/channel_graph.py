"""Which channels of which tensors the columns of products are multiplied with.

Between a tensor and a product may lie what moves its elements, joins them with others,
or pools them: what a factor goes through.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf

import numpy as np
from numpy.typing import NDArray
from xdsl.dialects.builtin import f32
from xdsl.ir import Block, Operation, SSAValue

from ...dialects import nn
from ...dialects.semantics.evaluate import evaluate_operator
from ..authoring.constants import has_scale
from ..authoring.operators import computed_operands, is_weight, operators
from ..authoring.pinned import pinned
from ..authoring.places import runs_on_machine

HANDING_ON = (
    nn.ConcatOp,
    nn.MaxPool2dOp,
    nn.AvgPool2dOp,
    nn.ReshapeOp,
    nn.SliceOp,
    nn.TransposeOp,
)


@dataclass(frozen=True)
class Component:
    """Tensors, and the products that read them; nothing else does.

    The channels of all tensors are numbered one after another, from `first` of each.
    """

    sources: Sequence[SSAValue]
    products: Sequence[nn.WeightedSums]

    @property
    def first(self) -> Mapping[SSAValue, int]:
        counts = accumulate(map(channels_of, self.sources), initial=0)
        return dict(zip(self.sources, counts, strict=False))

    def columns(self) -> Mapping[nn.WeightedSums, NDArray[np.int64]] | None:
        """Which channel each column of a product is multiplied with.

        None if some column is multiplied with several.
        """
        numbers, found = (
            ChannelNumbers(self.first),
            dict[nn.WeightedSums, NDArray[np.int64]](),
        )
        for product in self.products:
            pixels = numbers.of(product.ifm).reshape(-1, channels_of(product.ifm))
            if not (pixels == pixels[0]).all():
                return None
            found[product] = pixels[0].astype(np.int64)
        return found


def channels_of(value: SSAValue) -> int:
    """The extent of the last axis."""
    return nn.shape(value)[-1]


def hands_on(op: Operation) -> bool:
    """Whether a factor before an operator is the same factor after it."""
    if isinstance(op, nn.ClampOp):
        return is_homogeneous(op.bounds)
    return isinstance(op, HANDING_ON)


def is_homogeneous(clamp: nn.ClampAttr) -> bool:
    """Whether a clamp commutes with positive factors."""
    low, high = clamp.data
    return low in (0.0, -inf) and high == inf


def can_scale(op: Operation) -> bool:
    """Whether the columns of a product are free to change."""
    return (
        isinstance(op, nn.WeightedSums)
        and runs_on_machine(op)
        and is_weight(op.weight)
        and not has_scale(op.weight)
        and (not isinstance(op, nn.Conv2dOp) or op.groups.value.data == 1)
    )


def components(block: Block) -> Iterator[Component]:
    """All such tensors with their products."""
    products = [op for op in operators(block) if can_scale(op)]
    seen: set[Operation] = set()
    for op in products:
        if op not in seen:
            found = Collector(block).collect(op)
            seen |= found.products
            if found.is_closed:
                yield found.component()


class Collector:
    """Goes from a product to all tensors it depends on, and to their other readers."""

    def __init__(self, block: Block):
        self.block = block
        self.products: set[Operation] = set()
        self.sources: dict[SSAValue, None] = {}
        self.seen: set[SSAValue] = set()
        self.is_closed = True

    def collect(self, op: Operation) -> "Collector":
        waiting = [op.operands[0]]
        self.products.add(op)
        while waiting:
            value = waiting.pop()
            if value in self.seen:
                continue
            self.seen.add(value)
            self.is_closed &= nn.element_type(value) == f32 and pinned(value) is None
            maker = value.owner
            if isinstance(maker, nn.Operator) and hands_on(maker):
                waiting += maker.operands
            else:
                self.sources[value] = None
            for use in value.uses:
                reader = use.operation
                if isinstance(reader, nn.Operator) and hands_on(reader):
                    waiting.append(reader.ofm)
                elif can_scale(reader) and use.index == 0:
                    self.products.add(reader)
                else:
                    self.is_closed = False
        return self

    def component(self) -> Component:
        """What was found, in the order of the block."""
        products = [
            op for op in operators(self.block) if isinstance(op, nn.WeightedSums)
        ]
        return Component(
            list(self.sources), [op for op in products if op in self.products]
        )


class ChannelNumbers:
    """The number of the channel that each element of a tensor comes from."""

    def __init__(self, first: Mapping[SSAValue, int]):
        self.known = {
            source: np.broadcast_to(
                np.arange(start, start + channels_of(source), dtype=np.float64),
                nn.shape(source),
            )
            for source, start in first.items()
        }

    def of(self, value: SSAValue) -> np.ndarray:
        if value not in self.known:
            maker = value.owner
            assert isinstance(maker, nn.Operator)
            before = [self.of(each) for each in computed_operands(maker)]
            self.known[value] = (
                before[0]
                if isinstance(maker, nn.ClampOp)
                else evaluate_operator(maker, before)
            )
        return self.known[value]
