"""Lower bounds: the figures of ResNet-50 on the R329, and how tight they are."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipu.backend_aipu.machine import Machine, load_machine
from aipu.backend_aipu.systolic import gemm_cycles
from aipu.passes.machine_forms.stage import Kind, Map, Stage, Window
from aipu.passes.scheduling.bounds.bounds import (
    LayerWork,
    array_use,
    compute_cycles,
    dram_bytes_fused,
    dram_bytes_layerwise,
    lower_bounds,
    sram_aware_cycles,
)

from ...resnet50 import residual_adds, resnet50

MEGABYTE = 10**6

INPUT_BYTES = 224 * 224 * 3
OUTPUT_BYTES = 1000


@pytest.fixture
def r329() -> Machine:
    """The R329 at the effective bandwidth that the figures here are quoted for."""
    machine = load_machine("r329")
    dram = msgspec.structs.replace(machine.dram, bandwidth=900_000_000)
    return msgspec.structs.replace(machine, dram=dram)


def resnet50_layers(frames: int = 1) -> list[LayerWork]:
    """ResNet-50 v1's layers of MACs, weights shared by a batch of frames."""
    return [
        LayerWork(
            layer.name,
            macs=layer.macs * frames,
            ifm_bytes=layer.ifm_bytes * frames,
            constants={layer.name: layer.weight_bytes},
            ofm_bytes=layer.ofm_bytes * frames,
        )
        for layer in resnet50()
    ]


def milliseconds(cycles: int, machine: Machine) -> float:
    return 1000 * machine.seconds(cycles)


def test_resnet50_computes_for_38_ms(r329):
    """3,857,973,248 MACs on 128 PEs: 26.5 frames a second."""
    cycles = compute_cycles(resnet50_layers(), r329)
    assert cycles == 30_140_416
    assert round(1 / r329.seconds(cycles), 1) == 26.5


def test_resnet50_layer_by_layer_moves_61_megabytes():
    """18.6 MB of inputs and outputs, 25.5 MB of weights, 16.6 MB of additions."""
    layers = resnet50_layers()
    weights = sum(sum(layer.constants.values()) for layer in layers)
    adds = [LayerWork(name, 0, 2 * size, {}, size) for name, size in residual_adds()]
    assert round(weights / MEGABYTE, 1) == 25.5
    assert round((dram_bytes_layerwise(layers) - weights) / MEGABYTE, 1) == 18.6
    assert round(dram_bytes_layerwise(adds) / MEGABYTE, 1) == 16.6


def test_resnet50_fused_moves_its_weights_input_and_output():
    layers = resnet50_layers()
    assert dram_bytes_fused(layers, INPUT_BYTES, OUTPUT_BYTES) == (
        25_502_912 + 150_528 + 1000
    )


@pytest.mark.parametrize(
    ("frames", "frame_ms", "frames_per_second"), [(1, 49.1, 20.4), (4, 38.2, 26.2)]
)
def test_resnet50_waits_for_weights(r329, frames, frame_ms, frames_per_second):
    """The last stage has few MACs for its weights; a batch of four shares them."""
    cycles = sram_aware_cycles(resnet50_layers(frames), r329)
    assert round(milliseconds(cycles, r329) / frames, 1) == frame_ms
    assert round(frames / r329.seconds(cycles), 1) == frames_per_second


def test_resnet50_at_a_glance(r329):
    """Compute exceeds the fused traffic, and the SRAM-aware bound exceeds both."""
    found = lower_bounds(resnet50_layers(), r329, INPUT_BYTES, OUTPUT_BYTES)
    assert found.compute_cycles == found.cycles < found.cycles_sram
    assert found.dram_bytes_fused < found.dram_bytes_layerwise


def test_traffic_bounds_a_network_of_few_macs(r329):
    """9 MB of weights take 10 ms at 0.9 GB/s, however little they compute."""
    layer = LayerWork("fc", 9_000_000, 0, {"weight": 9_000_000}, 0)
    assert lower_bounds([layer], r329, 0, 0).cycles == 8_000_000


def test_sram_hides_the_weights_that_fit(r329):
    """While the first layer computes, 1 ms, one SRAM of weights comes in."""
    first = LayerWork("conv", 102_400_000, 0, {}, 0)
    second = LayerWork("fc", 0, 0, {"weight": r329.sram.bytes + 900_000}, 0)
    assert sram_aware_cycles([first, second], r329) == 800_000 + 800_000


def test_weights_that_layers_share_count_once(r329):
    """Three steps of a recurrent layer: 1 MB of weights, and 0.1 MB of the last."""
    steps = [LayerWork(f"step{n}", 0, 10, {"cell": 1_000_000}, 20) for n in range(3)]
    layers = [*steps, LayerWork("fc", 0, 20, {"fc": 100_000, "cell": 1_000_000}, 5)]
    assert dram_bytes_fused(layers, 10, 5) == 1_100_000 + 15
    assert dram_bytes_layerwise(layers) == 1_100_000 + 3 * 30 + 25
    assert sram_aware_cycles(layers, r329) == ceil(Fraction(1_100_000 * 8, 9))


def test_all_is_launched_at_least_once(r329):
    found = lower_bounds([], r329, 0, 0, launches=2)
    assert found.cycles_sram == 2 * r329.launch_cycles
    assert found.cycles == 0


def convolution(
    ifm: Map, channels: int, kernel: tuple[int, int] = (1, 1), groups: int = 1
) -> Stage:
    """A convolution without padding; depthwise if every channel is a group."""
    images, rows, columns, _ = ifm
    ofm = (images, rows - kernel[0] + 1, columns - kernel[1] + 1, channels)
    kind = Kind.DEPTHWISE if groups == ifm[3] > 1 else Kind.CONVOLUTION
    return Stage("", "", "", kind, ifm, ofm, window=Window(kernel), groups=groups)


@pytest.mark.parametrize(
    ("stage", "share"),
    [
        (convolution((1, 9, 9, 64), 64, (3, 3)), Fraction(1)),
        (convolution((1, 9, 9, 64), 64, (3, 3), groups=64), Fraction(16, 128)),
        (convolution((1, 9, 9, 5), 5, (3, 3), groups=5), Fraction(5, 128)),
        (convolution((1, 9, 9, 3), 64), Fraction(3, 8)),
        (convolution((1, 9, 9, 64), 10), Fraction(1)),
        (convolution((1, 9, 9, 64), 4), Fraction(4, 8)),
        (convolution((1, 1, 1, 64), 10), Fraction(10, 128)),
        (convolution((1, 1, 1, 64), 64), Fraction(1, 8)),
        (convolution((4, 1, 1, 64), 64), Fraction(4, 8)),
        (convolution((1, 16, 16, 3), 4), Fraction(3 * 4, 8 * 8)),
    ],
)
def test_a_layer_fills_what_its_extents_allow_of_the_array(r329, stage, share):
    """8 rows and 16 columns. Where channels are few, pixels fill the columns."""
    assert array_use(stage, r329.array) == share


EXTENT = st.integers(1, 40)


@given(
    extents=st.tuples(EXTENT, EXTENT, EXTENT),
    tiles=st.tuples(EXTENT, EXTENT, EXTENT),
    data=st.data(),
)
def test_no_mix_of_tiles_and_dataflows_uses_more_of_the_array(extents, tiles, data):
    """A product cut into tiles, each in a dataflow of its own."""
    pixels, reduction, channels = extents
    array = load_machine("r329").array
    stage = convolution((1, pixels, 1, reduction), channels)
    cycles = 0
    for tile in product(*map(pieces_of, extents, tiles)):
        dataflow = data.draw(st.sampled_from(array.dataflows))
        cycles += gemm_cycles(array, dataflow, *tile).total
    places = array.rows * array.columns
    least = pixels * reduction * channels / (places * array_use(stage, array))
    assert cycles >= least


def pieces_of(extent: int, size: int) -> list[int]:
    return [min(size, extent - start) for start in range(0, extent, size)]


LAYERS = st.lists(
    st.builds(
        LayerWork,
        name=st.just("layer"),
        macs=st.integers(0, 3000),
        ifm_bytes=st.just(0),
        constants=st.just({}) | st.builds(lambda n: {"": n}, st.integers(1, 300)),
        ofm_bytes=st.just(0),
    ),
    max_size=6,
).map(
    lambda layers: [
        replace(layer, constants={f"{number}": sum(layer.constants.values())})
        for number, layer in enumerate(layers)
    ]
)
"""Each with weights of its own."""


@given(layers=LAYERS, sram_bytes=st.integers(2, 400))
def test_a_machine_that_fetches_byte_by_byte_comes_close(layers, sram_bytes):
    """It is late by no more than a byte's fetch and use in each layer."""
    bound = sram_aware_cycles(layers, one_by_one(sram_bytes))
    reached = byte_by_byte(layers, sram_bytes)
    assert bound <= ceil(reached)
    assert reached <= bound + sum(1 + macs_per_byte(layer) for layer in layers)


def one_by_one(sram_bytes: int) -> Machine:
    """A machine of one MAC and one byte a cycle."""
    r329 = load_machine("r329")
    return msgspec.structs.replace(
        r329,
        array=msgspec.structs.replace(r329.array, rows=1, columns=1),
        sram=msgspec.structs.replace(r329.sram, bytes=sram_bytes),
        dram=msgspec.structs.replace(r329.dram, bandwidth=r329.clock_hz),
    )


def byte_by_byte(layers: list[LayerWork], sram_bytes: int) -> Fraction:
    """When all is done, if a byte is fetched once the one an SRAM before it is used."""
    used: list[Fraction] = []
    fetched = done = Fraction(0)
    for layer in layers:
        if not weight_bytes(layer):
            done += layer.macs
        for _ in range(weight_bytes(layer)):
            room = used[-sram_bytes] if len(used) >= sram_bytes else Fraction(0)
            fetched = max(fetched, room) + 1
            done = max(done, fetched) + macs_per_byte(layer)
            used.append(done)
    return done


def macs_per_byte(layer: LayerWork) -> Fraction:
    return (
        Fraction(layer.macs, weight_bytes(layer))
        if weight_bytes(layer)
        else Fraction(0)
    )


def weight_bytes(layer: LayerWork) -> int:
    return sum(layer.constants.values())
