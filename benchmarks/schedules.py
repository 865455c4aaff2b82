"""Schedule networks by every strategy, and write the tables of results.

    python benchmarks/schedules.py MODEL[@BATCH] ...

Frames a second are simulated, of the machine alone, on the R329; weights are drawn
where a model has none. What the bounds are is in docs/machine.md.
"""

import sys
from pathlib import Path
from typing import NamedTuple

from results_page import put, table

from aipu.backend_aipu.machine import Machine
from aipu.passes.scheduling.strategies.goal import LATENCY
from aipu.runtime.building.driver import Options
from aipu.runtime.building.levels import AIPU, QUANTISED
from aipu.runtime.building.scheduling import begun
from aipu.runtime.figures.figures import Figures, figures

STRATEGIES = ("layerwise", "packed", "dp")
HEAD = ("network", *STRATEGIES, "bound", "of it", "MB: layerwise", "dp")
LAUNCHES = ("network", *(f"free: {each}" for each in STRATEGIES), "an operator: dp")


class Scheduled(NamedTuple):
    """A network by every strategy."""

    name: str
    machine: Machine
    found: dict[str, Figures]

    def speeds(self) -> list[str]:
        """Frames a second, beside the bound, and what crosses the bus."""
        best = self.found["dp"]
        bound = 1000 * best.batch / best.bounds.latency_ms_sram
        speed = 1000 * best.batch / best.machine_ms
        return [
            *(f"{each.machine_fps:.2f}" for each in self.found.values()),
            f"{bound:.2f}",
            f"{100 * speed / bound:.0f} %",
            *(
                f"{self.found[strategy].dram_bytes / best.batch / 1e6:.2f}"
                for strategy in ("layerwise", "dp")
            ),
        ]

    def launches(self) -> list[str]:
        """Frames a second if a launch costs nothing, and if each operator costs one."""
        each = self.machine.launch_cycles
        free = {
            strategy: found.cycles
            - each * sum(layer.launches for layer in found.layers)
            for strategy, found in self.found.items()
        }
        operators = len(self.found["layerwise"].layers)
        taken = [*free.values(), free["dp"] + each * operators]
        batch = self.found["dp"].batch
        return [f"{batch * self.machine.clock_hz / cycles:.2f}" for cycles in taken]


def scheduled(model: Path, batch: int) -> Scheduled:
    """A network by every strategy; it is quantised once."""
    build = begun(model, Options(batch=batch))
    build.reach(QUANTISED)
    found: dict[str, Figures] = {}
    for strategy in STRATEGIES:
        steps = build.again(strategy, LATENCY)
        steps.reach(AIPU)
        found[strategy] = figures(steps.package().report)
    name = model.stem if batch == 1 else f"{model.stem}, batch {batch}"
    return Scheduled(name, build.machine, found)


TEXT = """\
Frames a second of the machine alone, simulated from the binary on the R329, by three
[strategies](strategies.md), beside the [bound](machine.md) that no schedule beats, and
what share of that `dp` reaches; and the megabytes of a frame that cross the bus.
Written by [schedules.py](../benchmarks/schedules.py).

{speeds}

What a launch costs was calibrated from `layerwise`, which cannot tell whether it is
paid for each launch or for each operator. So the same with launches that are free, and
`dp` with the cost of a launch for each operator.

{launches}
"""


def main() -> None:
    """Write the section."""
    rows: list[Scheduled] = []
    for model, _, batch in (each.partition("@") for each in sys.argv[1:]):
        rows.append(scheduled(Path(model), int(batch or 1)))
        print(rows[-1].name, *rows[-1].speeds(), file=sys.stderr, flush=True)
    speeds = table(HEAD, ([each.name, *each.speeds()] for each in rows))
    launches = table(LAUNCHES, ([each.name, *each.launches()] for each in rows))
    put("Schedules", TEXT.format(speeds=speeds, launches=launches))


if __name__ == "__main__":
    main()
