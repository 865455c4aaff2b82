"""What the ideas of a schedule are worth to networks, into the page of results.

    python benchmarks/ablation.py MODEL[@BATCH] ...

As `aipu ablate` says it, on the R329; weights are drawn where a model has none.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from results_page import put, table

from aipu.passes.scheduling.strategies.goal import LATENCY
from aipu.runtime.building.driver import Options
from aipu.runtime.building.scheduling import begun
from aipu.runtime.exploring.ablation import Ablation, Spent, ablation

HEAD = ("network", "idea", "alone: ms saved", "MB", "last: ms saved", "MB")

TEXT = """\
What each idea of `dp` saves, of the time of the machine and of the traffic of the bus:
as the only one, and as the last, where all others are there. As [aipu
ablate](strategies.md) says it; written by
[ablation.py](../benchmarks/ablation.py).

{table}
"""


def rows(found: Ablation, name: str) -> Iterator[Sequence[str]]:
    """A line for each idea, and two for none and all."""
    for what, spent in (("none", found.nothing), ("all", found.everything)):
        taken = f"{spent.machine_ms:.2f} ms", f"{spent.dram_bytes / 1e6:.2f} MB"
        yield name, what, *taken, "", ""
    for each in found.ideas:
        alone = saved(found.nothing, each.alone)
        yield name, f"`{each.switch}`", *alone, *saved(each.without, found.everything)


def saved(before: Spent, after: Spent) -> tuple[str, str]:
    """Milliseconds and megabytes."""
    moved = (before.dram_bytes - after.dram_bytes) / 1e6
    return f"{before.machine_ms - after.machine_ms:.2f}", f"{moved:.2f}"


def main() -> None:
    """Write the section."""
    lines: list[Sequence[str]] = []
    for model, _, batch in (each.partition("@") for each in sys.argv[1:]):
        build = begun(Path(model), Options(batch=int(batch or 1)))
        name = Path(model).stem + (f", batch {batch}" if batch else "")
        lines += rows(ablation(build, None, LATENCY), name)
        print(name, file=sys.stderr, flush=True)
    put("Ideas", TEXT.format(table=table(HEAD, lines)))


if __name__ == "__main__":
    main()
