"""A minimum cut is the cheapest of all placements, where costs add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.dialects.builtin import TensorType, f32
from xdsl.ir import Block

from aipu.dialects import nn
from aipu.passes.quantising.cutting.minimum_cut import Weights, added_up, minimum_cut
from aipu.passes.quantising.cutting.network import Network, Tensor

MOST = 12
MS = st.integers(0, 40).map(lambda steps: steps / 8)


@st.composite
def networks(draw: st.DrawFn) -> tuple[Network, list[float], dict[int, bool]]:
    """Any graph of operators, what the machine takes for each, and what is fixed."""
    count = draw(st.integers(1, MOST))
    value = Block(arg_types=[TensorType(f32, [1])]).args[0]
    inputs = draw(st.integers(1, 2))
    readers: list[set[int]] = [set() for _ in range(inputs + count)]
    for number in range(count):
        for source in draw(
            st.sets(st.integers(0, inputs + number - 1), min_size=1, max_size=3)
        ):
            readers[source].add(number)
    tensors = [
        Tensor(
            None if number < inputs else number - inputs,
            tuple(sorted(reading)),
            number >= inputs and (not reading or draw(st.booleans())),
            draw(MS),
        )
        for number, reading in enumerate(readers)
    ]
    host, machine = (
        draw(st.lists(MS, min_size=count, max_size=count)) for _ in range(2)
    )
    operators = [nn.AbsOp(value) for _ in range(count)]
    fixed = draw(st.dictionaries(st.integers(0, count - 1), st.booleans()))
    return Network(operators, [], tensors, host), machine, fixed


def all_costs(
    network: Network, machine: list[float], weights: Weights
) -> tuple[np.ndarray, np.ndarray]:
    """Every placement, and what each costs, summed up tensor by tensor."""
    count = len(machine)
    sides = (np.arange(1 << count)[:, np.newaxis] >> np.arange(count)) & 1 == 1
    cost = weights.machine * (sides @ np.array(machine))
    cost += weights.host * (~sides @ np.array(network.host_ms))
    for tensor in network.tensors:
        maker = tensor.maker
        made = np.zeros(1 << count, bool) if maker is None else sides[:, maker]
        differs = made & tensor.leaves
        for reader in tensor.readers:
            differs |= sides[:, reader] != made
        cost += weights.host * tensor.crossing_ms * differs
    return sides, cost


@settings(max_examples=60)
@given(networks(), st.sampled_from([Weights(), Weights(0.25, 0.75)]))
def test_no_placement_is_cheaper(
    drawn: tuple[Network, list[float], dict[int, bool]], weights: Weights
) -> None:
    network, machine, fixed = drawn
    sides, costs = all_costs(network, machine, weights)
    allowed = np.ones(len(costs), bool)
    for number, on_machine in fixed.items():
        allowed &= sides[:, number] == on_machine
    found = minimum_cut(network, machine, fixed, weights)
    assert all(found[number] == side for number, side in fixed.items())
    number = sum(side << n for n, side in enumerate(found))
    assert costs[number] == pytest.approx(costs[allowed].min(), abs=1e-4)
    if weights == Weights():
        total = sum(added_up(network, machine, found))
        assert total == pytest.approx(costs[number])


def test_a_tensor_is_paid_once_for_all_its_readers() -> None:
    """Three readers save 1.0 each on the machine, and one tensor passes for 2.5."""
    value = Block(arg_types=[TensorType(f32, [1])]).args[0]
    operators = [nn.AbsOp(value) for _ in range(3)]
    tensors = [Tensor(None, (0, 1, 2), False, 2.5)]
    network = Network(operators, [], tensors, [1.0, 1.0, 1.0])
    assert minimum_cut(network, [0.0, 0.0, 0.0], {}) == (True, True, True)
    assert minimum_cut(network, [0.5, 0.5, 0.5], {}) == (False, False, False)
