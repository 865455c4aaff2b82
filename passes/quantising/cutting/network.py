"""A network as a cut sees it: what every operator takes of the host, what tensors do.

Operators and tensors are numbers. A tensor passes once however many readers it has, and
whoever hands it over converts it; inputs come from the host and outputs end there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import NamedTuple, TypeAlias

from xdsl.ir import Block, SSAValue

from ....backend_aipu.host import Host, Work
from ....dialects import nn
from ....dialects.quant import quantisation
from ...authoring.operators import computed_operands, is_weight, operators
from ..placement.host_work import bytes_of, host_ms, moved_ms
from ..placement.seams import moves_of_integers

Sides: TypeAlias = tuple[bool, ...]
"""By its number, whether the machine runs an operator."""


class Tensor(NamedTuple):
    """A tensor that operators make or read.

    maker: the operator that makes it; None of an input of the network.
    readers: the operators that read it, each once.
    leaves: whether the network gives it away.
    crossing_ms: the time to hand it over to the other side, converted.
    """

    maker: int | None
    readers: tuple[int, ...]
    leaves: bool
    crossing_ms: float

    def crosses(self, sides: Sides) -> bool:
        """Whether any reader is on the other side than the maker."""
        made = self.maker is not None and sides[self.maker]
        return (made and self.leaves) or any(sides[n] != made for n in self.readers)


@dataclass(frozen=True)
class Network:
    """The operators of a block in order, and the tensors between them.

    host_ms: of every operator on the host; moved_ms if it moves integers there.
    handing_ms: to hand over a tensor that is not converted.
    """

    operators: Sequence[nn.Operator]
    values: Sequence[SSAValue]
    tensors: Sequence[Tensor]
    host_ms: Sequence[float]
    moved_ms: Sequence[float] = ()
    handing_ms: float = 0.0

    @cached_property
    def reads(self) -> Sequence[Sequence[int]]:
        """The tensors that each operator reads."""
        found: list[list[int]] = [[] for _ in self.operators]
        for number, tensor in enumerate(self.tensors):
            for reader in tensor.readers:
                found[reader].append(number)
        return found

    def levels(self, sides: Sides) -> list[int]:
        """How often data has crossed on its way to each operator.

        An input that the machine reads has crossed once: the host converts it.
        """
        found: list[int] = []
        for number, side in enumerate(sides):
            makers = [self.tensors[tensor].maker for tensor in self.reads[number]]
            before = [
                int(side) if maker is None else found[maker] + (sides[maker] != side)
                for maker in makers
            ]
            found.append(max(before, default=0))
        return found

    def moves(self, sides: Sides) -> set[int]:
        """The operators of the host that only move integers of the machine."""
        on_machine = {
            op for op, side in zip(self.operators, sides, strict=True) if side
        }
        found = moves_of_integers(self.operators, on_machine.__contains__)
        return {number for number, op in enumerate(self.operators) if op in found}

    def passing(self, sides: Sides, moves: set[int]) -> dict[int, float]:
        """The milliseconds of each tensor that passes, by its number."""
        found: dict[int, float] = {}
        for number, tensor in enumerate(self.tensors):
            if tensor.crosses(sides):
                made = tensor.maker is not None and sides[tensor.maker]
                on_host = (n for n in tensor.readers if not sides[n])
                stays = (
                    not tensor.leaves and moves.issuperset(on_host)
                    if made
                    else tensor.maker in moves
                )
                found[number] = self.handing_ms if stays else tensor.crossing_ms
        return found


def weighed_network(block: Block, host: Host) -> Network:
    """The network that a block is, with the times that a host takes for it."""
    found = operators(block)
    number = {op: index for index, op in enumerate(found)}
    values = [*block.args, *(op.ofm for op in found)]
    tensors: list[Tensor] = []
    for value in values:
        users = dict.fromkeys(use.operation for use in value.uses)
        readers = tuple(sorted(number[user] for user in users if user in number))
        maker = number.get(value.owner) if not isinstance(value.owner, Block) else None
        leaves = len(readers) < len(users)
        tensors.append(Tensor(maker, readers, leaves, crossing_ms(value, host)))
    return Network(
        found,
        values,
        tensors,
        [host_ms(op, host) for op in found],
        [moved_ms(op, host) for op in found],
        host.crossing_ms,
    )


def crossing_ms(value: SSAValue, host: Host) -> float:
    """The time to hand a tensor over: from reals to int8, or back, unless it is int8.

    Every element is read and written once, four bytes on one side and one on the other.
    """
    if quantisation(value) is not None:
        return host.crossing_ms
    elements = prod(nn.shape(value))
    converting = Work("", elements, bytes_of(value) + elements, 0)
    return host.crossing_ms + host.milliseconds(converting)


def weight_elements(op: nn.Operator) -> int:
    """The elements of all constants that an operator reads."""
    return sum(prod(nn.shape(value)) for value in op.operands if is_weight(value))


def map_elements(op: nn.Operator) -> int:
    """The elements of all feature maps that an operator reads and makes."""
    return sum(prod(nn.shape(value)) for value in (*computed_operands(op), op.ofm))
