"""Cut networks of ncnn's benchmark by every rule, and write the table of results.

    python benchmarks/cuts.py ../ncnn/benchmark -o docs/results.md [NET ...]

Nothing is built: what `aipu cut` says of each, by the strategy `dp`.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from aipu.errors import AipuError
from aipu.passes.quantising.cutting.search import THROUGHPUT, Demand
from aipu.runtime.building.driver import Options
from aipu.runtime.inspecting.cutting import ModeCost, cut

STRATEGY = "dp"
SHAPES = {
    "FastestDet": {"data": (1, 3, 352, 352)},
    "vision_transformer": {"data": (1, 3, 384, 384)},
}
HEAD = f"""\
# Results

## Cutting

What `aipu cut NET --strategy {STRATEGY} --min-gain 0` says of networks of ncnn's
benchmark on the R329, in milliseconds: the latency of a frame by itself, and, piped,
the time between frames of many where each side works on one of its own. By the rules,
which are the default, by [cost](cutting.md), as Tengine cuts, and with all of it on the
host. Piped by cost is with `--frames throughput`. All are estimates, before anything is
built. Written by [cuts.py](../benchmarks/cuts.py).

"""
COLUMNS = (
    "network",
    *("rules", "cost", "tengine", "all-host"),
    *("piped: rules", "cost", "tengine"),
    *("segments: rules", "cost"),
)


def row(file: Path) -> str:
    """A line of the table."""
    name = file.stem
    options = Options(strategy=STRATEGY, random_weights=0, shapes=SHAPES.get(name, {}))
    try:
        alone = modes(file, options, Demand(min_gain=0))
        many = modes(file, options, Demand(THROUGHPUT, min_gain=0))
    except AipuError as error:
        return f"| {name} | {error.message} |||||||||"
    rules, cost, tengine = (alone[mode] for mode in ("rules", "cost", "tengine"))
    numbers = [
        *(each.latency_ms for each in (rules, cost, tengine, alone["all-host"])),
        *(each.interval_ms for each in (rules, many["cost"], tengine)),
    ]
    shown = " | ".join(f"{number:.1f}" for number in numbers)
    return f"| {name} | {shown} | {rules.segments} | {cost.segments} |"


def modes(file: Path, options: Options, demand: Demand) -> Mapping[str, ModeCost]:
    return {each.mode: each for each in cut(file, options, demand).modes}


def lines(files: Sequence[Path]) -> Iterator[str]:
    for file in files:
        line = row(file)
        print(line, file=sys.stderr, flush=True)
        yield line


def main() -> None:
    folder, _, page, *names = sys.argv[1:]
    files = sorted(Path(folder).glob("*.param"))
    chosen = [file for file in files if not names or file.stem in names]
    head = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    Path(page).write_text(HEAD + "\n".join([*head, *lines(chosen)]) + "\n")


if __name__ == "__main__":
    main()
