"""Make the features of an input less unlike in size, and scale their weights back.

                                                %s = nn.mul %x, %scale
    %1 = nn.fully_connected %x, %w, %b    ==>   %1 = nn.fully_connected %s, %w', %b

                                                w' = w / scale

In integers all features of an input have one scale. Where the first reaches to 60 and
the last to 3, as cepstral coefficients do, little would be left of the last. The host
multiplies while numbers are real, by powers of two, so that nothing is rounded.

Needs `place-operators` before, comes before `calibrate`. Features lie along the last
axis of an input; an input that anything but products and moves reads stays as it is,
and so does one whose integers the model says.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, BlockArgument, SSAValue

from ...dialects import nn
from ...dialects.locations import named
from ...dialects.semantics.evaluate import evaluate_operator
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import has_scale, key_of
from ..authoring.context import weights_of
from ..authoring.functions import input_name, main_function
from ..authoring.operators import is_weight
from ..authoring.pinned import pinned
from ..authoring.places import run_on_host
from ..authoring.promises import EXACT, AipuPass
from .arithmetic.arithmetic import arithmetic
from .calibration.given_samples import given_samples
from .calibration.network_input import network_inputs
from .calibration.samples import Samples

UNLIKE = 2.0
"""By how much two features must be scaled differently, for it to matter."""

Columns = Mapping[nn.FullyConnectedOp, np.ndarray]
"""For each product, which feature each column of its weight is multiplied with."""


@dataclass(frozen=True)
class ScaleFeaturesPass(AipuPass):
    """The features of an input are less unlike in size.

    data: an `.npy` or `.npz` of samples, in place of those of the context; without
        either nothing is done.
    arithmetic: as in `quantise-operators`; Arm-China's leaves features as they are.
    """

    name = "scale-features"
    semantics = EXACT

    data: str = ""
    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        if not arithmetic(self.arithmetic).compensates:
            return
        function = main_function(op)
        readers = {
            argument: columns(argument)
            for argument in function.args
            if pinned(argument) is None
        }
        if not any(readers.values()):
            return
        samples = self.samples(ctx, function)
        if samples is None:
            return
        for argument, found in readers.items():
            scale = scales(samples[input_name(argument)])
            if found and scale.max() >= UNLIKE * scale.min():
                scale_input(argument, found, scale, weights_of(ctx))

    def samples(self, ctx: Context, function: FuncOp) -> Samples | None:
        """What `calibrate` will see, too."""
        inputs = network_inputs(function)
        return given_samples(ctx, inputs, self.data)


def scales(samples: np.ndarray) -> np.ndarray:
    """What brings each feature half of the way to a root mean square of 1.

    The whole way would only make the weights as unlike as the features were: G. Xiao
    et al., "SmoothQuant", 2022. A feature that is always 0 stays so.
    """
    features = samples.reshape(-1, samples.shape[-1]).astype(np.float64)
    squares = np.mean(features**2, axis=0)
    return 2.0 ** -np.round(np.log2(np.where(squares > 0, squares, 1.0)) / 4)


def columns(argument: BlockArgument) -> Columns:
    """The products that read an input, if nothing else does."""
    shape = nn.shape(argument)
    if len(shape) < 2:
        return {}
    features = np.broadcast_to(np.arange(shape[-1], dtype=np.float32), shape)
    found: dict[nn.FullyConnectedOp, np.ndarray] = {}
    waiting: list[tuple[SSAValue, np.ndarray]] = [(argument, features)]
    while waiting:
        value, numbers = waiting.pop()
        for use in value.uses:
            reader = use.operation
            if isinstance(reader, nn.Moves):
                waiting.append((reader.ofm, evaluate_operator(reader, [numbers])))
            elif isinstance(reader, nn.FullyConnectedOp) and can_scale(reader, numbers):
                found[reader] = numbers[0].astype(np.int64)
            else:
                return {}
    return found


def can_scale(op: nn.FullyConnectedOp, numbers: np.ndarray) -> bool:
    """Whether columns of a weight are of one feature each, and free to change."""
    constant = is_weight(op.weight) and not has_scale(op.weight)
    return constant and bool((numbers == numbers[0]).all())


def scale_input(
    argument: BlockArgument, readers: Columns, scale: np.ndarray, store: WeightStore
) -> None:
    """Multiply an input by `scale`, and divide the weights of its readers by it."""
    block = argument.owner
    assert isinstance(block, Block)
    name = input_name(argument)
    factors = store.add(f"{name}/scale", scale.astype(np.float32))
    constant = nn.WeightOp(factors, nn.tensor_like(argument, scale.shape))
    product = nn.MulOp(argument, constant.value)
    run_on_host(product, "it scales features while they are real")
    argument.replace_uses_with_if(product.ofm, lambda use: use.operation != product)
    constant.location = product.location = named(name)
    first = block.first_op
    assert first is not None
    block.insert_ops_before([constant, product], first)
    for reader, numbers in readers.items():
        key = key_of(reader.weight)
        array = (store[key] / scale[numbers]).astype(np.float32)
        weight = nn.WeightOp(
            store.add(f"{key}/unscaled", array), nn.tensor_type(reader.weight)
        )
        weight.location = reader.location
        block.insert_op_before(weight, reader)
        reader.operands[1] = weight.value
