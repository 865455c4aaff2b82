"""Cut networks of ncnn's benchmark by every mode, and write the tables of results.

    python benchmarks/cuts.py ../ncnn/benchmark [NET ...]
    python benchmarks/cuts.py ../ncnn/benchmark --build [NET ...]

Without names it is all networks; the rows of others stay. The first table is what
`aipu cut` says of each, by the strategy `dp`, and nothing is built for it. With --build
they are built as they were cut by cost, for what was said to stand beside what the
report says.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
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

    def lines(self, text: str, chosen: Sequence[Candidate]) -> list[str]:
        """The table of a page, with the rows of some networks made anew."""
        head = self.line(self.columns)
        _, _, rest = text.partition(head)
        rows = {
            line.split(" | ")[0].removeprefix("| "): line
            for line in rest.partition("\n\n")[0].splitlines()[2:]
        }
        for each in chosen:
            rows[each.name] = self.line([each.name, *self.cells(each)])
            print(rows[each.name], file=sys.stderr, flush=True)
        return [
            head,
            "|---" * len(self.columns) + "|",
            *(rows[name] for name in sorted(rows)),
        ]

    def cells(self, network: Candidate) -> Sequence[str]:
        """A row, but for the name; what cannot be done says so."""
        try:
            return self.row(network)
        except AipuError as error:
            return [error.head, *[""] * (len(self.columns) - 2)]

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


def main() -> None:
    folder, *words = sys.argv[1:]
    builds = "--build" in words
    names = [word for word in words if word != "--build"] or [ALL]
    chosen = candidates(names, Path(folder), Options())
    before = section(TITLE)
    text = TEXT.format(
        cut="\n".join(CUT.lines(before, [] if builds else chosen)),
        built="\n".join(BUILT.lines(before, chosen if builds else [])),
    )
    put(TITLE, text)


if __name__ == "__main__":
    main()
