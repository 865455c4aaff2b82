"""`graph.json`: the layers of a network on the machine, and what each of them costs."""

import msgspec

from ..simulator.profile import NetworkProfile


def graph_json(name: str, target: str, profile: NetworkProfile) -> bytes:
    """The layers that the machine runs, with their operations (two a MAC)."""
    layers = profile.layers
    graph = {
        "graph_name": name,
        "platform target": target,
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
