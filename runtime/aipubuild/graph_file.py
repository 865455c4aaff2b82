"""`graph.json` and `profile_data.bin`: the layers, and what each of them costs.

The vendor's simulator leaves the second full of zeros. Here it is, little-endian:

    u32  24, the size of this header
    u32  the size of the file
    u32  the number of layers
    u32  the clock in kHz
    u64  cycles of the whole network
    then for each layer: u64 cycles, u64 MACs, u64 bytes from and to DRAM
"""

import struct

import msgspec

from ..building.package import Package
from .settings import Settings

HEADER = struct.Struct("<4IQ")
RECORD = struct.Struct("<3Q")


def graph_file(package: Package, wanted: Settings) -> bytes:
    """The layers that the machine runs, with their operations (two a MAC)."""
    layers = package.profile.layers
    graph = {
        "graph_name": wanted.name,
        "platform target": wanted.target.name,
        "total nodes number": len(layers),
        "perf nodes number": len(layers),
        "nodes": [
            {
                "layer node name": layer.name,
                "op_type": "SubGraph",
                "running on": 0,
                "ops_count": 2 * layer.macs,
                "perf_node": True,
                "internal_nodes": [layer.name],
                "cycles": layer.cycles,
                "dram_bytes": layer.dram_bytes,
            }
            for layer in layers
        ],
    }
    return msgspec.json.format(msgspec.json.encode(graph), indent=2) + b"\n"


def profile_file(package: Package) -> bytes:
    """The cycles, MACs and bytes of every layer."""
    layers, machine = package.profile.layers, package.machine
    size = HEADER.size + RECORD.size * len(layers)
    kilohertz, cycles = machine.clock_hz // 1000, package.profile.cycles
    header = HEADER.pack(HEADER.size, size, len(layers), kilohertz, cycles)
    records = (
        RECORD.pack(layer.cycles, layer.macs, layer.dram_bytes) for layer in layers
    )
    return header + b"".join(records)
