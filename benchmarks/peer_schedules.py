"""Layers of well-known networks as ZigZag would run them, beside the strategies here.

    python benchmarks/peer_schedules.py PYTHON ANSWERS.jsonl [NETWORK ...]

PYTHON has ZigZag; `make bench-peers` installs it. What it finds is kept in the file of
answers, so that a run that was interrupted goes on. Writes a section of the results.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from typing import NamedTuple

from results_page import put, table
from zigzag_layers import Words, accelerator, layer

from aipu.backend_aipu.machine import Machine
from aipu.dialects.locations import source_name
from aipu.examples.networks import NETWORKS
from aipu.passes.authoring.segments import machine_functions
from aipu.passes.machine_forms.forms import stage_of
from aipu.passes.machine_forms.stage import Kind, Stage
from aipu.passes.scheduling.network.groups import groups_of, operators_of
from aipu.passes.scheduling.strategies.goal import LATENCY, Goal
from aipu.runtime.building.driver import Options
from aipu.runtime.building.levels import AIPU, QUANTISED, TILE
from aipu.runtime.building.scheduling import begun
from aipu.runtime.figures.figures import figures

STRATEGIES = {
    "layerwise": ("layerwise", LATENCY),
    "for bytes": ("layerwise", Goal("dram")),
    "dp": ("dp", LATENCY),
}
"""By the name of their column."""
PEERS = ("resnet50", "resnet18", "mobilenet_v2")


class Spent(NamedTuple):
    """Cycles without launches, and bytes over the bus."""

    cycles: int
    dram_bytes: int


class Answer(NamedTuple):
    """What ZigZag makes of a layer, and by how many factors it searched."""

    cycles: float
    bits: int
    factors: int


class Layers(NamedTuple):
    """Layers of one shape: how they are asked for, how many, what they take by whom."""

    name: str
    question: str
    times: int
    taken: Mapping[str, Spent]


def layers_of(model: Path) -> tuple[Machine, list[Layers]]:
    """The layers of a network that multiply, with what each strategy makes of them."""
    build = begun(model, Options())
    build.reach(QUANTISED)
    stages: dict[str, Stage] = {}
    taken: dict[str, dict[str, Spent]] = {}
    for column, (strategy, goal) in STRATEGIES.items():
        steps = build.again(strategy, goal)
        steps.reach(AIPU)
        for function in machine_functions(steps.modules[TILE]):
            for op in (
                each for group in groups_of(function) for each in operators_of(group)
            ):
                stages[source_name(op)] = stage_of(op)
        taken[column] = {
            piece.name: Spent(
                piece.cycles - piece.cycles_by_cause.get("launch", 0), piece.dram_bytes
            )
            for each in figures(steps.package().report).layers
            for piece in each.operators
        }
    multiply = {
        name: stage
        for name, stage in stages.items()
        if stage.kind in (Kind.CONVOLUTION, Kind.DEPTHWISE)
    }
    alike: dict[str, list[str]] = {}
    for name, stage in multiply.items():
        question = json.dumps(layer(stage, build.machine))
        alike.setdefault(question, []).append(name)
    return build.machine, [
        Layers(
            _shape(multiply[names[0]]),
            question,
            len(names),
            {each: _sum(taken[each][name] for name in names) for each in STRATEGIES},
        )
        for question, names in alike.items()
    ]


def _shape(stage: Stage) -> str:
    """`3x3/2 depthwise, 96 at 112x112 to 96`, the ofm channels behind it."""
    _, rows, columns, channels = stage.ifm
    stride = f"/{stage.window.stride[0]}" if max(stage.window.stride) > 1 else ""
    kind = " depthwise" if stage.kind is Kind.DEPTHWISE else ""
    return (
        f"{stage.kernel_name}{stride}{kind}, {channels} at {rows}x{columns} to "
        f"{stage.ofm[3]}"
    )


def _sum(spent: Iterable[Spent]) -> Spent:
    cycles, dram_bytes = zip(*spent, strict=True)
    return Spent(sum(cycles), sum(dram_bytes))


def answered(
    questions: Sequence[str], machine: Machine, python: Path, file: Path
) -> Mapping[str, Answer]:
    """What ZigZag makes of a layer each; what the file knows is not asked again."""
    target = accelerator(machine)
    keys = {each: _digest([target, each]) for each in questions}
    known: dict[str, Answer] = {}
    if file.is_file():
        for line in file.read_text().splitlines():
            key, *numbers = json.loads(line)
            known[key] = Answer(*numbers)
    new = [each for each, key in keys.items() if key not in known]
    with file.open("a") as out:
        for question, answer in zip(new, _asked(new, target, python), strict=True):
            known[keys[question]] = answer
            print(json.dumps([keys[question], *answer]), file=out, flush=True)
    return {question: known[key] for question, key in keys.items()}


def _digest(words: object) -> str:
    return sha256(json.dumps(words).encode()).hexdigest()


def _asked(questions: Sequence[str], target: Words, python: Path) -> Iterator[Answer]:
    if not questions:
        return
    runner = Path(__file__).with_name("zigzag_run.py")
    with Popen([python, "-P", runner], stdin=PIPE, stdout=PIPE, text=True) as peer:
        assert peer.stdin is not None and peer.stdout is not None
        layers = [json.loads(each) for each in questions]
        json.dump({"accelerator": target, "layers": layers}, peer.stdin)
        peer.stdin.close()
        for line in peer.stdout:
            yield Answer(**json.loads(line))


def rows(layers: Sequence[Layers], peer: Mapping[str, Answer]) -> Iterator[list[str]]:
    """A row for each shape, and one for all."""
    total = [Spent(0, 0)] * (1 + len(STRATEGIES))
    most = max(each.factors for each in peer.values())
    for each in layers:
        answer = peer[each.question]
        fewer = f" ({answer.factors} factors)" if answer.factors < most else ""
        spent = [
            Spent(int(answer.cycles) * each.times, answer.bits // 8 * each.times),
            *each.taken.values(),
        ]
        total = [_sum(pair) for pair in zip(total, spent, strict=True)]
        yield [each.name + fewer, str(each.times), *_cells(spent)]
    yield ["all", str(sum(each.times for each in layers)), *_cells(total)]


def _cells(spent: Sequence[Spent]) -> list[str]:
    return [
        *(f"{each.cycles / 1e3:,.0f}" for each in spent),
        *(f"{each.dram_bytes / 1e3:,.0f}" for each in spent),
    ]


HEAD = (
    "layers",
    "times",
    *("kcycles: ZigZag", *STRATEGIES),
    *("kB: ZigZag", *STRATEGIES),
)
TEXT = (Path(__file__).parent / "peer_schedules.md").read_text


def main() -> None:
    python, file, *names = sys.argv[1:]
    whole: list[list[str]] = []
    pages: list[str] = []
    for name in names or PEERS:
        with TemporaryDirectory() as folder:
            model = Path(folder, f"{name}.onnx")
            model.write_bytes(NETWORKS[name](0).SerializeToString())
            machine, layers = layers_of(model)
        questions = [each.question for each in layers]
        peer = answered(questions, machine, Path(python), Path(file))
        lines = list(rows(layers, peer))
        whole.append([name, *lines[-1][1:]])
        pages.append(f"### {name}, layer by layer\n\n{table(HEAD, lines)}")
        print(*whole[-1], sep=" | ", file=sys.stderr, flush=True)
    put(
        "A peer",
        TEXT().format(
            whole=table(("network", *HEAD[1:]), whole), layers="\n\n".join(pages)
        ),
    )


if __name__ == "__main__":
    main()
