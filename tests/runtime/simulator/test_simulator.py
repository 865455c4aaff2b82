"""What a run takes, gives and refuses."""

from pathlib import Path

import numpy as np
import pytest

from aipu.backend_aipu.assembly import parse_assembly
from aipu.backend_aipu.machine import load_machine
from aipu.backend_aipu.program import Program
from aipu.errors import AipuError
from aipu.runtime.simulator.memory import Memory
from aipu.runtime.simulator.simulator import Simulator
from aipu.tests.backend_aipu.programs import weights_of
from aipu.tests.machines import tiny_machine
from aipu.tests.runtime.simulator.assembled import (
    copy_pixels,
    launch,
    load,
    program,
    requantise,
    store,
)
from aipu.tests.runtime.simulator.bound import contents
from aipu.tests.runtime.simulator.plain_machine import PlainMachine

COPY = program(
    launch("first"),
    load("p", "x", "signal a"),
    requantise("p", "q", "wait a signal b"),
    store("q", "y", "wait b"),
    launch("second"),
    load("p", "y", "signal a"),
    requantise("p", "p", "wait a signal b"),
    store("p", "y", "wait b"),
    outputs="y",
)
BYTES = np.arange(-8, 8, dtype=np.int8)


def simulator(text: Program = COPY) -> Simulator:
    return Simulator(text, {"const": np.ones(48, np.int8)}, tiny_machine())


def test_outputs_come_by_name() -> None:
    outputs = simulator().run("main", {"x": BYTES})
    assert outputs.keys() == {"y"}
    assert outputs["y"].tolist() == BYTES.tolist()


def test_maps_are_joined_where_they_lie() -> None:
    """Two maps of four pixels of two channels become one of four channels."""
    joined = program(
        launch(),
        load("p", "x", "signal a"),
        copy_pixels("p", "q", (1, 4, 2), "wait a", ifm="8, 2", ofm="16, 4"),
        copy_pixels("p + 8", "q + 2", (1, 4, 2), "signal b", ifm="8, 2", ofm="16, 4"),
        store("q", "y", "wait b"),
        outputs="y",
    )
    outputs = simulator(joined).run("main", {"x": BYTES})
    maps = BYTES.reshape(2, 4, 2)
    assert outputs["y"].tolist() == np.concatenate(maps, axis=1).reshape(-1).tolist()


def test_a_pixel_may_be_read_for_all() -> None:
    """No bytes between pixels: the first two channels for each of eight."""
    repeated = program(
        launch(),
        load("p", "x", "signal a"),
        copy_pixels("p", "q", (2, 4, 2), "wait a signal b", ofm="8, 2"),
        store("q", "y", "wait b"),
        outputs="y",
    )
    outputs = simulator(repeated).run("main", {"x": BYTES})
    assert outputs["y"].tolist() == BYTES[:2].tolist() * 8


def test_runs_do_not_depend_on_runs_before() -> None:
    machine = simulator()
    first = machine.run("main", {"x": BYTES})
    machine.run("main", {"x": BYTES[::-1]})
    assert machine.run("main", {"x": BYTES})["y"].tolist() == first["y"].tolist()


def test_an_observer_sees_the_memory_after_every_work() -> None:
    seen: list[tuple[str, list[int]]] = []

    def observe(work: str, memory: Memory) -> None:
        seen.append((work, memory.read("y").tolist()))

    simulator().run("main", {"x": BYTES}, observe)
    assert seen == [("first", BYTES.tolist()), ("second", BYTES.tolist())]


def test_an_input_may_have_any_shape_of_its_size() -> None:
    outputs = simulator().run("main", {"x": BYTES.reshape(4, 4).view(np.uint8)})
    assert outputs["y"].tolist() == BYTES.tolist()


@pytest.mark.parametrize("size", [15, 17])
def test_an_input_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(AipuError, match=f"'x': expected 16 bytes, found {size}"):
        simulator().run("main", {"x": np.zeros(size, np.int8)})


def test_a_missing_input_is_refused() -> None:
    with pytest.raises(AipuError, match="the input 'x' of 'main' is missing"):
        simulator().run("main", {})


def test_an_unknown_entry_is_refused_with_the_nearest() -> None:
    with pytest.raises(AipuError, match="did you mean 'main'"):
        simulator().run("maim", {"x": BYTES})


def test_a_program_for_another_machine_is_refused() -> None:
    with pytest.raises(AipuError, match="the program is for 'tiny', the machine is"):
        Simulator(COPY, {"const": np.ones(48, np.int8)}, load_machine("r329"))


def test_missing_weights_are_refused() -> None:
    with pytest.raises(AipuError, match="no weights for the buffer 'const'"):
        Simulator(COPY, {}, tiny_machine())


def test_weights_of_another_size_are_refused() -> None:
    with pytest.raises(AipuError, match="'const': expected 48 bytes, found 47"):
        Simulator(COPY, {"const": np.ones(47, np.int8)}, tiny_machine())


def test_a_program_that_goes_wrong_is_neither_run_nor_timed() -> None:
    wrong = simulator(program(launch(), store("p", "y"), outputs="y"))
    with pytest.raises(AipuError, match="where nobody wrote"):
        wrong.run("main", {"x": BYTES})
    with pytest.raises(AipuError, match="where nobody wrote"):
        _ = wrong.entry("main").profile


def test_the_example_of_the_manual_computes_what_the_manual_says() -> None:
    """It uses every instruction."""
    text = Path(__file__).parents[3] / "docs" / "example.s"
    example = parse_assembly(text.read_text(), text.name)
    generator = np.random.default_rng(0)
    weights = {
        name: array.view(np.int8) for name, array in weights_of(example, 0).items()
    }
    machine = Simulator(example, weights, load_machine("r329"))
    (entry,) = example.entries
    for name in entry.inputs:
        size = example.buffer(name).bytes
        machine.memory.write(name, generator.integers(-128, 128, size, np.int8))
    plain = PlainMachine(example, machine.memory.spaces)
    plain.run()
    inputs = {name: machine.memory.read(name) for name in entry.inputs}
    machine.run(entry.name, inputs)
    assert list(contents(machine.memory)) == list(plain.memory.values())
