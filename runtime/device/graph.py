"""A graph: what was loaded, on a simulator that all of its jobs share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

import numpy as np

from ...backend_aipu.network import KINDS, Network, Tensor
from ..figures.profile_data import profile_data
from ..simulator.profile import NetworkProfile
from ..simulator.simulator import Simulator
from .codes import DataType, TensorType
from .structures import TensorDescriptor

HostSegment = Callable[[Sequence[np.ndarray]], Sequence[np.ndarray]]
"""Takes and gives the tensors of a segment of the host."""

SHAPE_TYPE = np.dtype("<u4")


@dataclass(frozen=True, eq=False)
class Graph:
    """A network that can be run.

    version: of the format of its binary.
    hosts: the segments of the host between those of the machine, by name.
    """

    network: Network
    simulator: Simulator
    version: int
    binary: bytes
    hosts: Mapping[str, HostSegment]
    one_at_a_time: Lock = field(default_factory=Lock)

    @cached_property
    def inputs(self) -> list[Tensor]:
        return [self.network.tensor(name) for name in self.network.inputs]

    @cached_property
    def outputs(self) -> list[Tensor]:
        return [self.network.tensor(name) for name in self.network.outputs]

    @cached_property
    def profile(self) -> NetworkProfile:
        """Where the time goes on the machine: the same for every job."""
        entries = self.simulator.entries.values()
        return NetworkProfile(
            self.simulator.machine, [entry.profile for entry in entries]
        )

    def run(self, inputs: Sequence[bytes]) -> list[bytes]:
        """The outputs, one job at a time: there is one machine, and one memory.

        Args:
            inputs: the bytes of each input, as many as it takes.

        Raises:
            AipuError: the program would not run right on the machine.
        """
        with self.one_at_a_time:
            return self._run(inputs)

    def _run(self, inputs: Sequence[bytes]) -> list[bytes]:
        values = {
            tensor.name: _array(tensor, np.frombuffer(data, np.uint8))
            for tensor, data in zip(self.inputs, inputs, strict=True)
        }
        for segment in self.network.segments:
            given = [values[name] for name in segment.inputs]
            if segment.name in self.hosts:
                made = self.hosts[segment.name](given)
            else:
                entry = self.simulator.entry(segment.name).entry
                buffers = dict(zip(entry.inputs, given, strict=True))
                results = self.simulator.run(segment.name, buffers)
                made = [results[buffer] for buffer in entry.outputs]
            for name, array in zip(segment.outputs, made, strict=True):
                values[name] = _array(self.network.tensor(name), array)
        return [values[tensor.name].tobytes() for tensor in self.outputs]

    def descriptors(self, type: TensorType) -> list[TensorDescriptor]:
        """The tensors of a type, in order; none of the types that are not here."""
        match type:
            case TensorType.INPUT:
                return list(map(_descriptor, range(len(self.inputs)), self.inputs))
            case TensorType.OUTPUT:
                return list(map(_descriptor, range(len(self.outputs)), self.outputs))
            case TensorType.PROFILER:
                return [_plain(0, len(self.profile_data), DataType.U8)]
            case TensorType.OUT_TENSOR_SHAPE:
                return [
                    _plain(number, len(shape), DataType.U32)
                    for number, shape in enumerate(self.shapes)
                ]
            case _:
                return []

    @cached_property
    def profile_data(self) -> bytes:
        """Cycles, MACs and bytes of every layer, as `profile_data.bin` has them."""
        return profile_data(self.profile)

    @cached_property
    def shapes(self) -> list[bytes]:
        """The shape of each output, uint32."""
        return [np.array(t.shape, SHAPE_TYPE).tobytes() for t in self.outputs]


def _plain(number: int, size: int, type: DataType) -> TensorDescriptor:
    """Of numbers that stand for themselves."""
    return TensorDescriptor(number, size, 1.0, 0, type)


def _descriptor(number: int, tensor: Tensor) -> TensorDescriptor:
    type = DataType(KINDS[tensor.kind].number)
    scale = tensor.scale or 1.0
    return TensorDescriptor(number, tensor.bytes, scale, tensor.zero_point, type)


def _array(tensor: Tensor, data: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(data).view(tensor.kind).reshape(tensor.shape)
