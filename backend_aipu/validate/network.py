"""Whether the network of a program is sound: its names resolve, its tensors fit."""

from collections.abc import Iterator, Mapping
from math import isfinite

from ..faults import Fault, name_faults, unknown
from ..network import KINDS, Network, Segment, Tensor
from ..program import Entry, Program

LARGEST = 1 << 32
MOST_AXES = 1 << 8
MOST = (1 << 31) - 1
INTEGERS = {name for name in KINDS if "int" in name}


def network_faults(program: Program) -> Iterator[Fault]:
    """What is wrong with the network of a program, if it has one."""
    if program.network is None:
        return
    for fault in _faults(program.network, program):
        yield fault._replace(in_network=True)


def _faults(network: Network, program: Program) -> Iterator[Fault]:
    tensors: dict[str, Tensor] = {}
    for number, tensor in enumerate(network.tensors):
        for fault in (
            *name_faults("tensor", tensor.name, tensors),
            *_tensor_faults(tensor),
        ):
            yield fault._replace(tensor=number)
        tensors[tensor.name] = tensor
    for part, names in (("inputs", network.inputs), ("outputs", network.outputs)):
        yield from _unknown(part, names, tensors)
    entries = {entry.name: entry for entry in program.entries}
    made, seen = set(network.inputs), set[str]()
    for number, segment in enumerate(network.segments):
        for fault in (
            *name_faults("segment", segment.name, seen),
            *_unknown("inputs", segment.inputs, tensors),
            *_unknown("outputs", segment.outputs, tensors),
            *_unmade("inputs", segment.inputs, made),
            *_entry_faults(segment, entries, program, tensors),
        ):
            yield fault._replace(segment=number)
        seen.add(segment.name)
        made |= {*segment.outputs}
    yield from _unmade("outputs", network.outputs, made)
    for name in entries.keys() - seen:
        yield Fault(f"the entry '{name}' is no segment of the network")


def _tensor_faults(tensor: Tensor) -> Iterator[Fault]:
    if tensor.kind not in KINDS:
        yield unknown("kind of elements", tensor.kind, KINDS, "kind")
        return
    if len(tensor.shape) >= MOST_AXES:
        yield Fault(f"a tensor has fewer than {MOST_AXES} axes", part="shape")
    if not all(0 < extent < LARGEST for extent in tensor.shape):
        yield Fault(f"the extents must be 1 to {LARGEST - 1}", part="shape")
    elif tensor.bytes >= LARGEST:
        yield Fault(f"the tensor takes {LARGEST} bytes or more", part="shape")
    if tensor.layout and sorted(tensor.layout) != list(range(len(tensor.shape))):
        yield Fault(
            f"the layout must be the axes 0 to {len(tensor.shape) - 1} in some order",
            part="layout",
        )
    yield from _scale_faults(tensor)


def _scale_faults(tensor: Tensor) -> Iterator[Fault]:
    if not (isfinite(tensor.scale) and tensor.scale >= 0):
        yield Fault(f"the scale must be positive, found {tensor.scale}", part="scale")
    if tensor.scale and tensor.kind not in INTEGERS:
        yield Fault(f"{tensor.kind} has no scale", part="scale")
    low, high = _limits(tensor)
    if not low <= tensor.zero_point <= high:
        yield Fault(
            f"the zero point must be {low} to {high}, found {tensor.zero_point}",
            part="zero_point",
        )


def _limits(tensor: Tensor) -> tuple[int, int]:
    """Where a zero point may lie; reals and what stands for itself have that of 0."""
    if not tensor.scale or tensor.kind not in INTEGERS:
        return 0, 0
    bits = 8 * KINDS[tensor.kind].bytes
    if tensor.kind.startswith("u"):
        return 0, min((1 << bits) - 1, MOST)
    half = 1 << min(bits, 32) - 1
    return -half, half - 1


def _unknown(
    part: str, names: tuple[str, ...], tensors: Mapping[str, Tensor]
) -> Iterator[Fault]:
    for name in names:
        if name not in tensors:
            yield unknown("tensor", name, tensors, part)


def _unmade(part: str, names: tuple[str, ...], made: set[str]) -> Iterator[Fault]:
    for name in names:
        if name not in made:
            yield Fault(
                f"nothing makes the tensor '{name}' before", part=part, word=name
            )


def _entry_faults(
    segment: Segment,
    entries: Mapping[str, Entry],
    program: Program,
    tensors: Mapping[str, Tensor],
) -> Iterator[Fault]:
    """How the tensors of a segment of the machine do not fit its buffers."""
    entry = entries.get(segment.name)
    if entry is None:
        return
    for part, buffers, names in (
        ("inputs", entry.inputs, segment.inputs),
        ("outputs", entry.outputs, segment.outputs),
    ):
        if len(buffers) != len(names):
            yield Fault(
                f"the entry has {len(buffers)} {part}, the segment {len(names)}",
                part=part,
            )
        for buffer, name in zip(buffers, names, strict=False):
            size = program.buffer(buffer).bytes * program.buffer(buffer).slots
            if name in tensors and tensors[name].bytes != size:
                yield Fault(
                    f"the tensor '{name}' takes {tensors[name].bytes} bytes, its "
                    f"buffer '{buffer}' {size}",
                    part=part,
                    word=name,
                )
