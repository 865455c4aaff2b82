"""The buffers of a program while it is lowered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from ...backend_aipu.program import Buffer
from ...dialects.aipu import Space
from ...dialects.semantics.weights import WeightStore
from ..scheduling.allocation import aligned, in_a_row
from ..scheduling.striped.buffers.windows import Layout
from ..scheduling.tiled.nest import Nest


@dataclass
class BufferTable:
    """Buffers by name, in the order of their first use; equal ones are one.

    The result of a piece of work has the work's name: it is found by it. So no other
    buffer takes one of the names of `works`.
    """

    alignment: int
    works: Collection[str] = ()
    buffers: dict[str, Buffer] = field(default_factory=dict)
    weights_end: int = 0
    contents: dict[bytes, str] = field(default_factory=dict)

    def add_result(self, buffer: Buffer) -> str:
        """The name of the buffer of a piece of work: its own."""
        self.buffers[buffer.name] = buffer
        return buffer.name

    def add(self, buffer: Buffer) -> str:
        """The name that a buffer has in the table: its own, made unique."""
        name, count = buffer.name, 1
        while name in self.buffers or name in self.works:
            if self.buffers.get(name) == replace(buffer, name=name):
                return name
            count += 1
            name = f"{buffer.name}.{count}"
        self.buffers[name] = replace(buffer, name=name)
        return name

    def weight(self, key: str, weights: WeightStore) -> str:
        """The buffer of a weight, placed behind the others at its first use.

        Its name is a key of the store: another one if a feature map has that name.
        Weights of the same bytes have one buffer, called after the first of them.
        """
        array = weights[key]
        content = sha256(array.data).digest()
        if content in self.contents:
            return self.contents[content]
        while self._is_taken(key):
            key = weights.add(f"{key}/weights", array)
        if key not in self.buffers:
            address = aligned(self.weights_end, self.alignment)
            self.buffers[key] = Buffer(key, Space.WEIGHTS, address, array.nbytes)
            self.weights_end = address + array.nbytes
        self.contents[content] = key
        return key

    def _is_taken(self, name: str) -> bool:
        buffer = self.buffers.get(name)
        other = buffer is not None and buffer.space is not Space.WEIGHTS
        return other or name in self.works

    def homes(
        self, work: str, layout: Layout, stays: Mapping[str, str]
    ) -> Mapping[str, str]:
        """The SRAM buffers of a group that runs in stripes, by role.

        Those of what stays on chip between groups have names of their own.
        """
        return {
            home.name: self.add(
                Buffer(
                    stays.get(home.name, f"{work}/{home.name}"),
                    Space.SRAM,
                    home.address,
                    home.bytes,
                    home.slots,
                )
            )
            for home in layout.homes
        }

    def rings(self, work: str, nest: Nest[int]) -> Mapping[str, str]:
        """The SRAM buffers of a nest's rings, by role."""
        sizes = [(ring.name, ring.bytes * ring.slots) for ring in nest.rings]
        addresses = in_a_row(sizes, self.alignment)
        return {
            ring.name: self.add(
                Buffer(
                    f"{work}/{ring.name}",
                    Space.SRAM,
                    addresses[ring.name],
                    ring.bytes,
                    ring.slots,
                )
            )
            for ring in nest.rings
        }
