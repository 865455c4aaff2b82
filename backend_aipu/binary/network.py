"""The network of a program as tables of bytes, and back.

    .aipu.tensors  of each tensor: name (uint32), number of its kind, axes, axes of its
                   layout, none or all (uint16 each), scale (float64), zero point
                   (int32), then extents (uint32 each) and layout (uint16 each)
    .aipu.network  numbers of the network's inputs and outputs (uint16 each), then
                   these as numbers of tensors (uint32 each); of each segment the same
                   behind its name (uint32)

Both are empty where there is no network.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..network import KINDS, Network, Segment, Tensor
from .elf import FormatError

TENSOR = struct.Struct("<IHHHdi")
ENDS = struct.Struct("<HH")
NAME = struct.Struct("<I")
KIND_NAMES = {kind.number: name for name, kind in KINDS.items()}
NETWORK_TABLES = (".aipu.tensors", ".aipu.network")


class TensorHead(NamedTuple):
    """How a tensor begins in `.aipu.tensors`."""

    name: int
    kind: int
    axes: int
    layout: int
    scale: float
    zero_point: int


def encode_network(
    network: Network | None, strings: Mapping[str, int]
) -> dict[str, bytes]:
    """The contents of both sections; `strings` numbers a string when it is asked."""
    if network is None:
        return dict.fromkeys(NETWORK_TABLES, b"")
    numbers = {tensor.name: number for number, tensor in enumerate(network.tensors)}
    table = [_tensor(tensor, strings[tensor.name]) for tensor in network.tensors]
    steps = [
        NAME.pack(strings[step.name]) + _ends(step, numbers)
        for step in network.segments
    ]
    contents = b"".join(table), _ends(network, numbers) + b"".join(steps)
    return dict(zip(NETWORK_TABLES, contents, strict=True))


def _tensor(tensor: Tensor, name: int) -> bytes:
    head = TensorHead(
        name=name,
        kind=KINDS[tensor.kind].number,
        axes=len(tensor.shape),
        layout=len(tensor.layout),
        scale=tensor.scale,
        zero_point=tensor.zero_point,
    )
    layout = f"<{head.axes}I{head.layout}H"
    return TENSOR.pack(*head) + struct.pack(layout, *tensor.shape, *tensor.layout)


def _ends(part: Network | Segment, numbers: Mapping[str, int]) -> bytes:
    names = *part.inputs, *part.outputs
    head = ENDS.pack(len(part.inputs), len(part.outputs))
    return head + struct.pack(f"<{len(names)}I", *(numbers[name] for name in names))


def decode_network(
    sections: Mapping[str, bytes], strings: Sequence[str]
) -> Network | None:
    """The network of sections; it can still be unsound (see `validate`).

    Raises:
        FormatError, IndexError, struct.error: the tables do not fit each other.
    """
    tensors, steps = (sections.get(name, b"") for name in NETWORK_TABLES)
    if not steps:
        return None
    table = tuple(_tensors(tensors, strings))
    names = [tensor.name for tensor in table]
    inputs, outputs, offset = _read_ends(steps, 0, names)
    segments: list[Segment] = []
    while offset < len(steps):
        (name,) = NAME.unpack_from(steps, offset)
        takes, gives, offset = _read_ends(steps, offset + NAME.size, names)
        segments.append(Segment(strings[int(name)], takes, gives))
    return Network(inputs, outputs, table, tuple(segments))


def _tensors(table: bytes, strings: Sequence[str]) -> Iterator[Tensor]:
    offset = 0
    while offset < len(table):
        head = TensorHead(*TENSOR.unpack_from(table, offset))
        if head.kind not in KIND_NAMES:
            raise FormatError(f"damaged: unknown kind of elements {head.kind:#x}")
        numbers = struct.Struct(f"<{head.axes}I{head.layout}H")
        found = numbers.unpack_from(table, offset + TENSOR.size)
        offset += TENSOR.size + numbers.size
        yield Tensor(
            strings[head.name],
            KIND_NAMES[head.kind],
            found[: head.axes],
            head.scale,
            head.zero_point,
            found[head.axes :],
        )


def _read_ends(
    table: bytes, offset: int, names: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """Inputs and outputs of a network or segment, and where they end."""
    inputs, outputs = ENDS.unpack_from(table, offset)
    numbers = struct.Struct(f"<{inputs + outputs}I")
    found = numbers.unpack_from(table, offset + ENDS.size)
    tensors = tuple(names[int(number)] for number in found)
    return tensors[:inputs], tensors[inputs:], offset + ENDS.size + numbers.size
