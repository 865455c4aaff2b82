"""`profile_data.bin`: what each layer costs, in the driver's profiler tensor too.

The vendor's simulator leaves it full of zeros. Here it is, little-endian:

    u32  24, the size of this header
    u32  the size of the file
    u32  the number of layers
    u32  the clock in kHz
    u64  cycles of the whole network
    then for each layer: u64 cycles, u64 MACs, u64 bytes from and to DRAM
"""

import struct

from ..simulator.profile import NetworkProfile

HEADER = struct.Struct("<4IQ")
RECORD = struct.Struct("<3Q")


def profile_data(profile: NetworkProfile) -> bytes:
    """The cycles, MACs and bytes of every layer."""
    layers = profile.layers
    size = HEADER.size + RECORD.size * len(layers)
    kilohertz = profile.machine.clock_hz // 1000
    header = HEADER.pack(HEADER.size, size, len(layers), kilohertz, profile.cycles)
    records = (
        RECORD.pack(layer.cycles, layer.macs, layer.dram_bytes) for layer in layers
    )
    return header + b"".join(records)
