"""A strategy of one's own, compared with the one that comes with the compiler.

    python examples/fewest_bytes.py tiny.onnx images.npy

`fewest-bytes` takes for every layer the tiles that move the fewest bytes, where
`layerwise` takes those that need the fewest cycles.
"""

import sys
from collections.abc import Mapping

import aipu
from aipu.extend import (
    Group,
    GroupGraph,
    GroupSchedule,
    Machine,
    candidates,
    cost,
    fits,
    plan,
    strategy,
)


@strategy("fewest-bytes")
class FewestBytes:
    """Every group by itself, with the least traffic; then the fewest cycles."""

    def schedule(
        self, graph: GroupGraph, machine: Machine
    ) -> Mapping[str, GroupSchedule]:
        return {group.name: fewest_bytes(group, machine) for group in graph.groups}


def fewest_bytes(group: Group, machine: Machine) -> GroupSchedule:
    choices = []
    for schedule in candidates(group, machine, slots=2):
        spent = cost(plan(group, schedule), machine)
        if fits(spent, machine):
            choices.append((spent.dram_bytes, spent.cycles, schedule))
    return min(choices)[2]


def main() -> None:
    _, model, samples = sys.argv
    for name in ("layerwise", "fewest-bytes"):
        report = aipu.compile(model, strategy=name, calibration=samples).report
        print(f"{name:13}{report['cycles']:10,} cycles{report['dram_bytes']:10,} bytes")


if __name__ == "__main__":
    main()
