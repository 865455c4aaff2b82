"""Machines for tests: so small that everything is tiled, with cycles easy to add up."""

import json
from collections.abc import Mapping
from pathlib import Path

import msgspec

from aipu.backend_aipu.machine import Machine
from aipu.backend_aipu.strict_toml import convert

Numbers = Mapping[str, object]

TINY: Mapping[str, Numbers] = {
    "array": {
        "rows": 4,
        "columns": 4,
        "dataflows": ["ws", "os", "is"],
        "double_buffered_weights": True,
        "accumulator_bytes": 256,
    },
    "sram": {"bytes": 4096, "alignment": 16},
    "dram": {
        "bytes": 1 << 20,
        "bandwidth": 1_000_000_000,
        "latency": 10,
        "burst": 4,
    },
    "vector": {"lanes": 4},
    "control": {"launch": 1, "issue": 1, "queue": 4},
    "energy": {
        "mac": 1,
        "sram_byte": 10,
        "dram_byte": 100,
        "vector_element": 5,
        "idle_milliwatts": 2,
    },
}
"""At 1 GHz a byte takes a cycle on the bus, a latency 10, a launch 1000."""


def tiny_machine(**changes: Numbers) -> Machine:
    """The tiny machine, some of its numbers changed: `sram={"bytes": 512}`."""
    sections = {name: {**TINY[name], **changes.get(name, {})} for name in TINY}
    numbers = {"name": "tiny", "description": "for tests", "clock_hz": 1_000_000_000}
    return convert({**numbers, **sections}, Machine, "tests/machines.py")


def target_file(machine: Machine, folder: Path) -> Path:
    """A target file that says what a machine is."""
    path = folder / f"{machine.name}.toml"
    path.write_text("\n".join(_section("", msgspec.to_builtins(machine))), "utf-8")
    return path


def _section(name: str, numbers: Numbers) -> list[str]:
    """The lines of a section, then of those in it; what is not there has none."""
    lines, inner = [f"[{name}]"] if name else [], []
    for key, value in numbers.items():
        if isinstance(value, dict):
            inner += _section(f"{name}.{key}" if name else key, value)
        elif value is not None:
            lines.append(f"{key} = {json.dumps(value)}")
    return [*lines, *inner]
