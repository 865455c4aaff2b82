"""Shows that the suite notices faults: `python tests/mutations.py`.

Each mutation changes one place of a copy of the package; the tests named beside it
must then fail. It ends with 1 if a mutation survives, or if its place is gone.
"""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
IGNORED = ignore_patterns(".*", "__pycache__", "build", "dist", "*.egg-info")

LEVELS = "tests/test_levels.py"
SIMULATOR = "tests/runtime/simulator"
STRIPED = "tests/passes/scheduling/striped"


class Mutation(NamedTuple):
    """`old` stands once in `file`; with `new` in its place, `tests` must fail."""

    what: str
    file: str
    old: str
    new: str
    tests: str


MUTATIONS = (
    # Values, as operators mean them
    Mutation(
        "requantise: round half up, not to even",
        "dialects/semantics/requantise.py",
        "np.rint(scaled, out=scaled)",
        "np.floor(scaled + 0.5, out=scaled)",
        "tests/dialects/semantics/test_requantise.py",
    ),
    Mutation(
        "requantise: the upper clamp bound is one less",
        "dialects/semantics/requantise.py",
        "np.clip(scaled, low, high, out=scaled)",
        "np.clip(scaled, low, high - 1, out=scaled)",
        "tests/dialects/semantics/test_requantise.py",
    ),
    Mutation(
        "sums: one term more than float32 holds exactly",
        "dialects/semantics/integer/accumulation.py",
        "LARGEST_EXACT = 1 << 24",
        "LARGEST_EXACT = 1 << 26",
        "tests/dialects/semantics/integer/test_accumulation.py",
    ),
    Mutation(
        "operators: the zero point is added, not taken away",
        "dialects/semantics/integer/narrowing.py",
        "return np.subtract(array, ",
        "return np.add(array, ",
        "tests/dialects/semantics/integer",
    ),
    # Values, as the simulator computes them
    Mutation(
        "simulator: round half up, not to even",
        "runtime/simulator/values.py",
        "np.rint(scaled, out=scaled)",
        "np.floor(scaled + 0.5, out=scaled)",
        f"{SIMULATOR}/test_exact_sums.py",
    ),
    Mutation(
        "simulator: round towards zero",
        "runtime/simulator/values.py",
        "np.rint(scaled, out=scaled)",
        "np.trunc(scaled, out=scaled)",
        LEVELS,
    ),
    Mutation(
        "simulator: the lower clamp bound is one more",
        "runtime/simulator/values.py",
        "np.clip(scaled, low, high, out=scaled)",
        "np.clip(scaled, low + 1, high, out=scaled)",
        f"{SIMULATOR}/test_values.py",
    ),
    Mutation(
        "simulator: operands lie one byte further",
        "runtime/simulator/operands.py",
        "slot + self.issue.evaluate(reference.byte) + skip,",
        "slot + self.issue.evaluate(reference.byte) + skip + 1,",
        f"{SIMULATOR}/test_values.py",
    ),
    Mutation(
        "simulator: every tile is dense",
        "backend_aipu/views.py",
        "        if self.pitches:\n",
        "        if self.pitches and self.share:\n",
        f"{SIMULATOR}/test_values.py",
    ),
    Mutation(
        "simulator: all tiles lie in the first slot",
        "runtime/simulator/operands.py",
        "turn = self.issue.evaluate(reference.slot) % buffer.slots",
        "turn = self.issue.evaluate(reference.slot) * 0",
        f"{SIMULATOR}/test_races.py",
    ),
    Mutation(
        "simulator: the sum of a tile begins anew with every share of the depth",
        "runtime/simulator/values.py",
        'sums += records["bias"] if first[instance] else state.accumulators',
        'sums += records["bias"]',
        f"{SIMULATOR}/test_values.py",
    ),
    Mutation(
        "simulator: long sums of float32 are not cut into exact parts",
        "runtime/simulator/values.py",
        "    if pieces <= 1:",
        "    if pieces <= 9:",
        f"{SIMULATOR}/test_exact_sums.py",
    ),
    Mutation(
        "simulator: the product with a float32 is not rounded",
        "runtime/simulator/values.py",
        "rounded = sums.astype(np.float32) * scale.astype(np.float32)",
        "rounded = sums * scale",
        f"{SIMULATOR}/test_exact_sums.py",
    ),
    # Tokens, hazards and time
    Mutation(
        "races: a token that is waited for orders nothing",
        "runtime/simulator/races.py",
        "clock = tuple(map(max, clock, given.popleft()))",
        "given.popleft()",
        f"{SIMULATOR}/test_races.py",
    ),
    Mutation(
        "races: every token orders everything",
        "runtime/simulator/races.py",
        "self._check_races(accesses, past[clock[other] :])",
        "self._check_races(accesses, past[len(past) :])",
        f"{SIMULATOR}/test_races.py",
    ),
    Mutation(
        "races: a wait is ignored",
        "runtime/simulator/races.py",
        "for token in issue.instruction.wait:",
        "for token in issue.instruction.wait[1:]:",
        f"{SIMULATOR}/test_races.py",
    ),
    Mutation(
        "races: in place, bytes may move",
        "runtime/simulator/races.py",
        "to == of",
        "to >= 0",
        f"{SIMULATOR}/test_races.py",
    ),
    Mutation(
        "races: the last byte of an access is not seen",
        "runtime/simulator/races.py",
        "and access.first <= other.last",
        "and access.first < other.last",
        f"{SIMULATOR}/test_races.py",
    ),
    Mutation(
        "timing: a wait is ignored",
        "backend_aipu/queues.py",
        "for token in self.wait[self.issue_of[head]]:",
        "for token in self.wait[self.issue_of[head]][1:]:",
        f"{SIMULATOR}/test_timing.py",
    ),
    Mutation(
        "timing: load and store do not share the bus",
        "backend_aipu/queues.py",
        "on_bus = max(on_bus, bus_idle)",
        "on_bus = max(on_bus, 0)",
        f"{SIMULATOR}/test_timing.py",
    ),
    Mutation(
        "cycles: weight and input stationary are swapped",
        "backend_aipu/systolic.py",
        "Dataflow.WS: (reduction, channels, pixels),",
        "Dataflow.WS: (reduction, pixels, channels),",
        "tests/backend_aipu/test_systolic.py",
    ),
    Mutation(
        "cycles: one cycle less to fill and drain the array",
        "backend_aipu/systolic.py",
        "fill = 2 * rows + columns - 2",
        "fill = 2 * rows + columns - 3",
        "tests/backend_aipu/test_systolic.py",
    ),
    # Lowering
    Mutation(
        "lowering: a load does not wait for a free slot",
        "passes/lowering/emit.py",
        "wait, signal = (_free(ring),), (_full(ring),)",
        "wait, signal = (), (_full(ring),)",
        LEVELS,
    ),
    Mutation(
        "lowering: a step gives no slot back",
        "passes/lowering/emit.py",
        "(*(_free(ring) for ring in reads if frees), *map(_full, writes)),",
        "(*map(_full, writes),),",
        LEVELS,
    ),
    Mutation(
        "lowering: a step does not wait for its operands",
        "passes/lowering/emit.py",
        "(*map(_full, reads), *(_free(ring) for ring in writes if frees)),",
        "(*(_free(ring) for ring in writes if frees),),",
        LEVELS,
    ),
    Mutation(
        "lowering: tiles in DRAM lie one byte further",
        "passes/lowering/emit.py",
        "first = tensor.byte + transfer.view.offset",
        "first = tensor.byte + transfer.view.offset + 1",
        LEVELS,
    ),
    Mutation(
        "lowering: the next tile begins one row late",
        "passes/scheduling/tiled/plan/boxes.py",
        "return Share(size, total, LoopIndex(0, {loop: size}))",
        'return Share(size, total, LoopIndex(0, {loop: size + (loop == "row")}))',
        LEVELS,
    ),
    Mutation(
        "lowering: the zero point of the ifm is not folded into the bias",
        "passes/machine_forms/multiplying.py",
        "folded = bias.astype(np.int64) - zero_point * sums",
        "folded = bias.astype(np.int64)",
        LEVELS,
    ),
    Mutation(
        "lowering: padding holds 0, not the zero point",
        "passes/lowering/emit.py",
        "self.names.fill if transfer.padded else 0",
        "0",
        LEVELS,
    ),
    Mutation(
        "lowering: feature maps that are alive together share bytes",
        "passes/scheduling/allocation.py",
        "if until < first or last < since:",
        "if until <= first or last <= since:",
        LEVELS,
    ),
    # Stripes
    Mutation(
        "stripes: bytes that are read may be written over at once",
        "passes/scheduling/striped/program/synchronise.py",
        "            *(self.read[:, self._cells(each)] for each in action.writes),\n",
        "",
        f"{STRIPED}/test_striped.py",
    ),
    Mutation(
        "stripes: one wait for an engine is taken for all that it did",
        "passes/scheduling/striped/program/synchronise.py",
        "clock[engine] = count",
        "clock[engine] = len(done[engine])",
        f"{STRIPED}/test_striped.py",
    ),
    Mutation(
        "stripes: a row too few is kept for the next",
        "passes/scheduling/striped/stripes.py",
        "return start, end, np.maximum(first, min(top, 0))",
        "return start, end, np.maximum(first + 1, min(top, 0))",
        f"{STRIPED}/test_stripes.py",
    ),
    Mutation(
        "stripes: of what others read only rows are made that the group needs",
        "passes/scheduling/striped/stripes.py",
        "ends[tensor] = heights[tensor] * (result_rows == heights[-1])",
        "ends[tensor] = 0",
        f"{STRIPED}/test_stripes.py",
    ),
    Mutation(
        "stripes: no rows of padding below a map",
        "passes/scheduling/striped/stripes.py",
        "end = made[tensor] + below * (made[tensor] == height)",
        "end = made[tensor]",
        f"{STRIPED}/test_stripes.py",
    ),
    Mutation(
        "stripes: rows that are kept move all at once, over one another",
        "passes/scheduling/striped/program/transfers.py",
        "step = way if same else max(end - start, 1)",
        "step = max(end - start, 1)",
        f"{STRIPED}/test_striped.py",
    ),
    Mutation(
        "stripes: turns of a loop need not move by the same steps",
        "passes/scheduling/striped/program/roll.py",
        "if steps is not None and found != steps:",
        "if steps is not None and len(found) != len(steps):",
        f"{STRIPED}/test_roll.py",
    ),
    Mutation(
        "stripes: weights that are held come again for all that take them",
        "passes/scheduling/striped/graph.py",
        "return held is None or (held.comes and number == held.first)",
        "return True",
        f"{STRIPED}/test_held.py",
    ),
    Mutation(
        "stripes: weights that are held stay for the last that takes them alone",
        "passes/scheduling/striped/buffers/arrange.py",
        "first = found[key].first if key in found else at",
        "first = at",
        f"{STRIPED}/test_held.py",
    ),
    Mutation(
        "launches: their descriptors are not counted",
        "backend_aipu/launch_size.py",
        "WORD_BYTES + (0 if data in stored else len(data))",
        "WORD_BYTES",
        "tests/passes/lowering/test_launches.py",
    ),
    # Quantisation
    Mutation(
        "quantisation: the zero point is one too high",
        "passes/quantising/arithmetic/scales.py",
        "zero_point = round(-128 - low / scale)",
        "zero_point = round(-127 - low / scale)",
        "tests/passes/quantising/arithmetic/test_scales.py",
    ),
    Mutation(
        "quantisation: the finer side of a sum sets its scale",
        "passes/quantising/arithmetic/rescales.py",
        "coarser = max(lhs, rhs)",
        "coarser = min(lhs, rhs)",
        "tests/passes/quantising/arithmetic/test_rescales.py",
    ),
    # The binary
    Mutation(
        "binary: the checksum of the file is not compared",
        "backend_aipu/binary/file.py",
        "if file_digest(data) == note.digest:",
        "if note.digest:",
        "tests/backend_aipu/test_binary_damage.py",
    ),
)


def main() -> int:
    """Apply all mutations, one at a time; the number that were not noticed."""
    with TemporaryDirectory(prefix="aipu-mutations-") as folder:
        package = Path(copytree(ROOT, Path(folder) / "aipu", ignore=IGNORED))
        if _pytest(package, sorted({t for m in MUTATIONS for t in m.tests.split()})):
            print("the tests fail without any mutation")
            return 1
        unnoticed = sum(not _is_noticed(mutation, package) for mutation in MUTATIONS)
    print(f"{len(MUTATIONS) - unnoticed} of {len(MUTATIONS)} mutations were noticed")
    return min(unnoticed, 1)


def _is_noticed(mutation: Mutation, package: Path) -> bool:
    """Whether the tests fail with a mutation; prints a row of the table."""
    start = perf_counter()
    verdict = _verdict(mutation, package)
    print(f"{verdict:9} {perf_counter() - start:4.1f} s  {mutation.what}", flush=True)
    return verdict == "killed"


def _verdict(mutation: Mutation, package: Path) -> str:
    file = package / mutation.file
    source = file.read_text("utf-8")
    if source.count(mutation.old) != 1:
        return "not found"
    file.write_text(source.replace(mutation.old, mutation.new), "utf-8")
    try:
        status = _pytest(package, mutation.tests.split())
    finally:
        file.write_text(source, "utf-8")
    return {0: "SURVIVED", 1: "killed"}.get(status, "not run")


def _pytest(package: Path, tests: list[str]) -> int:
    """The exit code of the tests of a copy: 0 if all passed, 1 if one failed."""
    options = ("-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=mutations")
    environment = {
        **os.environ,
        "PYTHONPATH": str(package.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "pytest", *options, *tests]
    return subprocess.run(
        command, cwd=package, env=environment, capture_output=True, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
