"""Cut networks of ncnn's benchmark by every mode, and write the tables of results.

    python benchmarks/cuts.py ../ncnn/benchmark [NET ...]
    python benchmarks/cuts.py ../ncnn/benchmark --build [NET ...]

Without names it is all networks; the rows of others stay. The first table is what
`aipu cut` says of each, by the strategy `dp`, and nothing is built for it. With --build
they are built as they were cut by cost, for what was said to stand beside what the
report says. Each network has a process of its own, and its row is written when it is
there: a process that ends is one row, which says how.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from results_page import put, section

import aipu
from aipu.errors import AipuError
from aipu.passes.quantising.cutting.search import THROUGHPUT, Demand
from aipu.runtime.benchmarking.networks import ALL, Candidate, candidates
from aipu.runtime.building.driver import Options
from aipu.runtime.figures.figures import figures
from aipu.runtime.inspecting.cutting import ModeCost, Weighed, mode_costs, weigh

STRATEGY = "dp"
ALONE, MANY = Demand(min_gain=0), Demand(THROUGHPUT, min_gain=0)


class Table(NamedTuple):
    """A table of the page: a line for each network."""

    columns: Sequence[str]
    row: Callable[[Candidate], Sequence[str]]

    def rows(self, text: str) -> dict[str, str]:
        """The rows of a page, by the networks."""
        _, _, rest = text.partition(self.line(self.columns))
        return {
            line.split(" | ")[0].removeprefix("| "): line
            for line in rest.partition("\n\n")[0].splitlines()[2:]
        }

    def written(self, rows: Mapping[str, str]) -> str:
        """The table with these rows."""
        rule = "|---" * len(self.columns) + "|"
        return "\n".join(
            [self.line(self.columns), rule, *(rows[name] for name in sorted(rows))]
        )

    def cells(self, network: Candidate) -> Sequence[str]:
        """A row, but for the name; what cannot be done says so."""
        try:
            return self.row(network)
        except AipuError as error:
            return self.without(error.head)

    def without(self, reason: str) -> Sequence[str]:
        """A row that only says why there is nothing."""
        return [reason, *[""] * (len(self.columns) - 2)]

    @staticmethod
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"


def read(network: Candidate) -> Weighed:
    return weigh(network.model(), replace(network.options, strategy=STRATEGY))


def cut(network: Candidate) -> Sequence[str]:
    """What every mode makes of a network."""
    weighed = read(network)
    alone, many = (mode_costs(weighed, demand) for demand in (ALONE, MANY))
    shown = [alone[mode] for mode in ("rules", "cost", "tengine", "all-host")]
    piped = [alone["rules"], many["cost"], alone["tengine"]]
    return [
        *(_ms(each, each.latency_ms) for each in shown),
        *(_ms(each, each.interval_ms) for each in piped),
        *(str(alone[mode].segments) for mode in ("rules", "cost")),
    ]


def _ms(cost: ModeCost, ms: float) -> str:
    return f"{ms:.1f}" if cost.fits else f"({ms:.1f})"


def built(network: Candidate) -> Sequence[str]:
    """What was said of a network that is cut by cost, and what its package takes."""
    said = mode_costs(read(network), ALONE)["cost"]
    package = aipu.compile(
        network.model(),
        shapes=network.options.shapes,
        random_weights=0,
        strategy=STRATEGY,
        quantise={"mode": "cost", "min-gain": "0"},
    )
    found = figures(package.report)
    pairs = (
        (said.latency_ms, found.latency_ms),
        (said.machine_ms, found.machine_ms),
    )
    return [
        cell
        for one, other in pairs
        for cell in (f"{one:.2f}", f"{other:.2f}", f"{100 * (one / other - 1):+.1f} %")
    ]


CUT = Table(
    (
        "network",
        *("rules", "cost", "tengine", "all-host"),
        *("piped: rules", "cost", "tengine"),
        *("segments: rules", "cost"),
    ),
    cut,
)
BUILT = Table(
    ("cut by cost", "said", "built", "apart", "machine: said", "built", "apart"), built
)
TITLE = "Cutting"
TEXT = f"""\
What `aipu cut NET --strategy {STRATEGY} --min-gain 0` says of networks of ncnn's
benchmark on the R329, in milliseconds: the latency of a frame by itself, and, piped,
the time between frames of many where each side works on one of its own. By the rules,
which are the default, by [cost](cutting.md), as Tengine cuts, and with all of it on the
host. Piped by cost is with `--frames throughput`. In parentheses: what does not fit the
memory of the machine. All are estimates, before anything is built. Written by
[cuts.py](../benchmarks/cuts.py).

{{cut}}

### Said and built

Networks that were built as they were cut by cost, with weights at random: milliseconds
of a frame, and of the machine's part of it, as said before and as in the report of the
package, where the machine is simulated.

{{built}}
"""


TABLES = {"cut": CUT, "built": BUILT}


def cells_of(table: str, folder: Path, name: str) -> Sequence[str]:
    """A row of a network that is called by its name."""
    (network,) = candidates([name], folder, Options())
    return TABLES[table].cells(network)


def apart(table: str, folder: Path, name: str) -> Sequence[str]:
    """The same in a process of its own, whatever becomes of that."""
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as process:
        try:
            return process.submit(cells_of, table, folder, name).result()
        except BrokenProcessPool:
            return TABLES[table].without("its process ended: no memory, or killed")


def main() -> None:
    folder, *words = sys.argv[1:]
    chosen = "built" if "--build" in words else "cut"
    names = [word for word in words if word != "--build"] or [ALL]
    for network in candidates(names, Path(folder), Options()):
        before = section(TITLE)
        rows = {name: table.rows(before) for name, table in TABLES.items()}
        found = apart(chosen, Path(folder), network.name)
        line = rows[chosen][network.name] = Table.line([network.name, *found])
        print(line, file=sys.stderr, flush=True)
        tables = {name: table.written(rows[name]) for name, table in TABLES.items()}
        put(TITLE, TEXT.format(**tables))


if __name__ == "__main__":
    main()
